"""The envelopes of answers and of faults (FACTS Q38)."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from bridge.sandbox.quickbooks.company import Company
from bridge.sandbox.quickbooks.faults import Refused
from bridge.sandbox.quickbooks.settings import Settings
from bridge.sandbox.wire import XML, Response, encode


def success(value: Any) -> Response:
    return Response(200, encode(value))


def fault_response(fault: Refused, company: Company, settings: Settings) -> Response:
    """Return a fault in the envelope of the layer that refuses: business or gateway."""
    if not fault.gateway:
        body = encode({"Fault": fault.body(), "time": company.time()})
        return Response(fault.status, body, headers=dict(fault.headers))
    throttled = fault.errors[0].code == "3001"
    if throttled and settings.throttle_format == "xml":
        return Response(fault.status, _xml(fault, company), XML, dict(fault.headers))
    envelope: dict[str, Any] = {
        "warnings": None,
        "intuitObject": None,
        "fault": {
            "error": [
                {
                    "message": error.message,
                    "detail": error.detail,
                    "code": error.code,
                    "element": error.element,
                }
                for error in fault.errors
            ],
            "type": fault.type,
        },
        "report": None,
        "queryResponse": None,
        "batchItemResponse": [],
        "attachableResponse": [],
        "syncErrorResponse": None,
        "requestId": None,
        "time": company.now_s() * 1000,
        "status": None,
        "cdcresponse": [],
    }
    return Response(fault.status, encode(envelope), headers=dict(fault.headers))


def _xml(fault: Refused, company: Company) -> bytes:
    error = fault.errors[0]
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
        f"<IntuitResponse time={quoteattr(company.time())} "
        'xmlns="http://schema.intuit.com/finance/v3">\n'
        f"    <Fault type={quoteattr(fault.type)}>\n"
        f"        <Error code={quoteattr(error.code)}>\n"
        f"            <Message>{escape(error.message)}</Message>\n"
        f"            <Detail>{escape(error.detail or '')}</Detail>\n"
        "        </Error>\n    </Fault>\n</IntuitResponse>\n"
    ).encode()
