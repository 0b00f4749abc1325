"""The field for our reference on customers: made at a person's wish, where Zoho lets us.

Whether `is_unique` is heeded when a field is made, and what a field that cannot be made is
refused with, nobody says (FACTS Z21): it is read back, and any refusal is told.
"""

from __future__ import annotations

from bridge.errors import LoginRequired, QuestionRefused, TryLater
from bridge.systems.base import Prepared
from bridge.systems.results import Applied, Raw, Refused, Unsent
from bridge.systems.zoho.chart import is_our_field
from bridge.systems.zoho.posted import FIELD_LABEL, text
from bridge.systems.zoho.wire import Wire

WHAT = f"field {FIELD_LABEL!r} on customers"
AGAIN = "ledger-bridge connect zoho --set-up"
BY_HAND = (
    f"Somebody who may change settings can make it: Settings, Customers and Vendors, Field "
    f"Customization, a text field {FIELD_LABEL!r} that takes no duplicates. Until then customers "
    f"are known by their names and remarks."
)
_RIGHTS = (
    "the user may not change settings, or the login lacks the scopes ZohoBooks.settings.CREATE and "
    "UPDATE"
)
_FIELD = {
    "label": FIELD_LABEL,
    "data_type": "string",
    "entity": "contact",
    "show_on_pdf": False,
    "is_mandatory": False,
    "is_unique": True,
    "value_length": 50,
}


def prepare(wire: Wire) -> Prepared:
    """The state of our custom field. Makes it if it is not there, and never two."""
    try:
        field = _read(wire)
    except (QuestionRefused, LoginRequired) as reason:
        return _missing(f"Zoho does not show the custom fields: {reason}")
    if field is None:
        return _made(wire)
    if field.get("is_active", True) in (False, "false"):
        return _missing("it is switched off", f"Mark it as active in Zoho, then run: {AGAIN}")
    if _unique(field):
        return Prepared(what=WHAT, state="there")
    return _made_unique(wire, field)


def _made(wire: Wire) -> Prepared:
    result = wire.write("POST", "settings/fields", _FIELD)
    if isinstance(result, Unsent):
        if not result.login_ended:
            raise TryLater(result.cause, retry_after_s=result.retry_after_s or None)
        return _missing(_RIGHTS)
    told = result.raw.get("field") if isinstance(result, Applied) else None
    field = told if isinstance(told, dict) and told.get("field_id") else _read(wire)
    if field is None:
        if isinstance(result, Refused):
            return _missing(result.finding.reason)
        raise TryLater(f"Zoho does not show yet whether the {WHAT} was made. Run: {AGAIN}")
    if _unique(field):
        return Prepared(what=WHAT, state="made")
    return _made_unique(wire, field)


def _made_unique(wire: Wire, field: Raw) -> Prepared:
    """A field that takes duplicates tells our reference, but protects from nothing."""
    result = wire.write("PUT", f"settings/fields/{text(field, 'field_id')}", {"is_unique": True})
    if isinstance(result, Applied):
        return Prepared(what=WHAT, state="made")
    if isinstance(result, Refused):
        why = f"it is there, but takes duplicates: {result.finding.reason}"
        advice = "Look for two customers with the same value in it and empty one of them"
        return _missing(why, f"{advice}, then run: {AGAIN}")
    if isinstance(result, Unsent) and result.login_ended:
        return _missing(f"it is there, but takes duplicates: {_RIGHTS}")
    raise TryLater(f"{WHAT}: {result.cause}. Run: {AGAIN}")


def _read(wire: Wire) -> Raw | None:
    """The field as Zoho has it now; None when there is none."""
    content = wire.get("settings/fields", entity="contact", filter_custom_fields="true") or {}
    return next((raw for raw in content.get("fields") or () if is_our_field(raw)), None)


def _unique(field: Raw) -> bool:
    return field.get("is_unique") in (True, "true", 1)


def _missing(why: str, advice: str = BY_HAND) -> Prepared:
    return Prepared(what=WHAT, state="missing", why=why, advice=advice)
