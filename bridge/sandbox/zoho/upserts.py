"""PUT on a collection: change the record that a unique custom field names, or add it."""

from __future__ import annotations

from collections.abc import Callable

from bridge.sandbox.zoho import custom
from bridge.sandbox.zoho.calls import Answer, Call
from bridge.sandbox.zoho.faults import refused
from bridge.sandbox.zoho.organization import Organization
from bridge.sandbox.zoho.tables import Row

KEY, VALUE = "x-unique-identifier-key", "x-unique-identifier-value"
UPSERT = "x-upsert"

Create = Callable[[Organization, Row], Row]
Update = Callable[[Organization, str, Row], Row]


def upsert(
    call: Call,
    entity: str,
    body: Row,
    create: Create,
    update: Update,
    show: Callable[[Row], Row],
    messages: tuple[str, str],
) -> Answer:
    """Both headers are needed; without a match and without X-Upsert nothing is written."""
    headers = call.request.headers
    key, value = headers.get(KEY, ""), headers.get(VALUE, "")
    if not key or not value:
        raise refused(4, "X-Unique-Identifier-Key")
    settings = call.org.settings
    field, held = custom.found_by(call.org, entity, key, value)
    if settings.header_value_stored == "yes":
        sent = {"customfield_id": field["field_id"], "value": value}
        body = {**body, "custom_fields": [*(body.get("custom_fields") or []), sent]}
    if held:
        row_id = held[call.org.tables[custom.ENTITIES[entity]].key]
        return Answer(show(update(call.org, row_id, body)), messages[1])
    if headers.get(UPSERT, "").lower() != "true":
        raise refused(900006, key, value)
    return Answer(show(create(call.org, body)), messages[0], int(settings.upsert_created_status))
