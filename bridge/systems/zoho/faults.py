"""The meaning of a refusal by Zoho Books: a table from its codes to what happens next.

One envelope, `{"code": n, "message": "…"}`, whatever the HTTP status; the message follows the
user's language, so only codes decide (FACTS Z42). A code that is not in the table is a refusal when
it came with a 4xx, and a doubt otherwise. The sources in the rows: FACTS Z43.
"""

from __future__ import annotations

from typing import Any

from bridge.systems.results import Finding, Row, Then
from bridge.systems.transport import Reply

FAULTS: dict[int, Row] = {
    2: Row(Then.REJECT, "bad_request", "3P live note"),
    4: Row(Then.REJECT, "bad_request", "3P"),
    5: Row(Then.REJECT, "bad_request", "UNVERIFIED"),
    14: Row(Then.LOGIN, "token_refused", "LIVE 2"),
    37: Row(Then.REJECT, "bad_request", "wording UNVERIFIED"),
    44: Row(Then.WAIT, "throttled", "DOC API Call Limit"),
    45: Row(Then.WAIT, "day_used_up", "DOC; LIVE 6"),
    57: Row(Then.LOGIN, "not_authorized", "LIVE 1, 2"),
    1000: Row(Then.DOUBT, "system_failure", "DOC Errors"),
    1001: Row(Then.NUMBER_TAKEN, "number_taken", "LIVE 1; ZINV invoices"),
    1002: Row(Then.GONE, "gone", "DOC Errors; LIVE 1"),
    1038: Row(Then.REJECT, "bad_request", "3P"),
    1040: Row(Then.REJECT, "in_use", "LIVE 6"),
    1070: Row(Then.WAIT, "too_many_at_once", "DOC"),
    2006: Row(Then.REJECT, "inactive_reference", "ZINV items"),
    2049: Row(Then.REJECT, "in_use", "ZINV items"),
    3000: Row(Then.REJECT, "in_use", "ZINV contacts"),
    3004: Row(Then.REJECT, "inactive_reference", "ZINV customer-payments"),
    3009: Row(Then.REJECT, "in_use", "ZINV invoices"),
    3010: Row(Then.REJECT, "in_use", "ZINV invoices"),
    3013: Row(Then.REJECT, "bad_name", "ZINV contacts"),
    3031: Row(Then.DONE, "done", "3P kalkillp"),
    3032: Row(Then.DONE, "done", "3P kalkillp"),
    3062: Row(Then.NAME_TAKEN, "name_taken", "LIVE 3; ZINV contacts"),
    4001: Row(Then.REJECT, "in_use", "ZINV invoices"),
    4038: Row(Then.REJECT, "inactive_reference", "LIVE 1"),
    4097: Row(Then.REJECT, "own_numbers_off", "3P live note"),
    6041: Row(Then.LOGIN, "wrong_company", "LIVE 3"),
    9004: Row(Then.REJECT, "no_currency", "ZINV contacts"),
    12003: Row(Then.REJECT, "credit_used_up", "ZINV credit-notes"),
    12004: Row(Then.REJECT, "credit_used_up", "ZINV credit-notes"),
    12005: Row(Then.REJECT, "invoice_not_open", "ZINV credit-notes"),
    12006: Row(Then.REJECT, "invoice_not_open", "ZINV credit-notes"),
    12007: Row(Then.REJECT, "invoice_not_open", "ZINV credit-notes"),
    12008: Row(Then.REJECT, "in_use", "ZINV invoices; LIVE 6"),
    12018: Row(Then.NUMBER_TAKEN, "number_taken", "ZINV credit-notes"),
    21004: Row(Then.REJECT, "bad_request", "LIVE 1"),
    24016: Row(Then.REJECT, "over_applied", "LIVE 1, 142 times"),
    103001: Row(Then.WAIT, "subscription_ended", "LIVE 11"),
    120104: Row(Then.REJECT, "missing_field", "LIVE 6"),
}

MINUTE_WAIT_S = 60.0
"""44: blocked for the rest of the minute, however long that is (FACTS Z41)."""
BUSY_WAIT_S = 5.0
"""1070: too many at once."""
LONG_WAIT_S = 3600.0
"""45 and 103001: nobody says when the day turns (FACTS Z41), or somebody pays. Ask every hour."""

_WAITS = {44: MINUTE_WAIT_S, 1070: BUSY_WAIT_S, 45: LONG_WAIT_S, 103001: LONG_WAIT_S}
_FOR_RATE = frozenset({44, 45, 1070})
_LOCK_WORDS = ("lock", "bloque")
"""The code of a locked period is UNVERIFIED (FACTS Z44). It is a 4xx of any code, so a refusal
anyway; the words only choose how it is called."""
_SHORT_BODY = 2000
_CODE_DIGITS = 10
_REASON_MAX = 400


def code_of(content: Any) -> int | None:
    """The code of an envelope; None when it is not one."""
    code = content.get("code") if isinstance(content, dict) else None
    if isinstance(code, str) and code.isascii() and code.isdigit() and len(code) < _CODE_DIGITS:
        return int(code)
    return code if isinstance(code, int) and not isinstance(code, bool) else None


def succeeded(reply: Reply, content: Any) -> bool:
    """2xx and code 0: neither alone says that it went well (FACTS Z42)."""
    return reply.ok and code_of(content) == 0


def refused_for_rate(reply: Reply) -> bool:
    """429, or one of the three codes with whatever status (some clients saw 200: FACTS Z42)."""
    if reply.status == 429:
        return True
    return len(reply.body) < _SHORT_BODY and code_of(reply.json()) in _FOR_RATE


def rate_wait_s(reply: Reply) -> float | None:
    """The seconds that a refusal for rate lasts, by its code; None when it does not say."""
    code = code_of(reply.json())
    if code == 45:
        told = reply.headers.get("X-Rate-Limit-Reset", "")
        if told.isascii() and told.isdigit() and float(told) > 0:
            return min(float(told), LONG_WAIT_S)
    return _WAITS.get(code) if code is not None else None


def judge(reply: Reply, content: Any) -> Finding:
    """The finding that a reply that is not a success comes to."""
    code = code_of(content)
    refused = 400 <= reply.status < 500
    if code is None:
        then = Then.REJECT if reply.status in (400, 405, 406) else Then.DOUBT
        return Finding(then, f"http_{reply.status}", f"HTTP {reply.status} and nothing readable")
    text = " ".join(str(content.get("message") or "").split())
    reason = f"Zoho {code}: {text}"[:_REASON_MAX]
    row = FAULTS.get(code)
    if reply.status >= 500 or (row is None and not refused):
        return Finding(Then.DOUBT, f"zoho_{code}", reason)
    if row is None:
        locked = any(word in text.lower() for word in _LOCK_WORDS)
        return Finding(Then.REJECT, "period_closed" if locked else f"zoho_{code}", reason)
    return Finding(row.then, row.code, reason, _WAITS.get(code, 0))
