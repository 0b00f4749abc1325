"""The frame around every answer, in JSON or (unless JSON is asked for) in XML."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape

from bridge.sandbox.wire import Response, answer, decode
from bridge.sandbox.xero.tables import Row
from bridge.sandbox.xero.values import new_id

XML = "text/xml; charset=utf-8"
SINGULAR = {
    "Addresses": "Address",
    "TrackingCategories": "TrackingCategory",
    "Currencies": "Currency",
}


def envelope(provider: str, now_ms: int, value: Row) -> Response:
    frame = {
        "Id": new_id(),
        "Status": "OK",
        "ProviderName": provider,
        "DateTimeUTC": f"/Date({now_ms})/",
    }
    return answer({**frame, **value})


def in_xml(response: Response, root: str = "Response") -> Response:
    """Return the same answer in XML: what a client gets that does not ask for JSON."""
    value = decode(response.body)
    root = "ApiException" if response.status >= 400 else root
    body = f'<?xml version="1.0" encoding="utf-8"?>{_element(root, value)}'
    return Response(response.status, body.encode(), XML, response.headers)


def _element(name: str, value: Any) -> str:
    if isinstance(value, dict):
        inner = "".join(_element(str(key), each) for key, each in value.items())
    elif isinstance(value, list):
        one = SINGULAR.get(name, name.removesuffix("s"))
        inner = "".join(_element(one, each) for each in value)
    elif isinstance(value, bool):
        inner = str(value).lower()
    elif isinstance(value, (int, Decimal)):
        inner = format(value, "f") if isinstance(value, Decimal) else str(value)
    else:
        inner = escape("" if value is None else str(value))
    return f"<{name}>{inner}</{name}>" if inner else f"<{name} />"
