"""The sorts of values in the fields of Zoho Books' answers, by their names, wherever they stand.

By the official descriptions (FACTS Z7) and their examples: ids come as text or number, amounts
too, empty text is nothing, `page_context` is an object or a list (FACTS Z30).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from bridge.systems import truth
from bridge.systems.apart import BY_THEMSELVES
from bridge.systems.truth import (
    AMOUNT,
    DAY,
    FLAG,
    ID_OR_WHOLE,
    NAME,
    OBJECT,
    OBJECTS,
    RATE,
    TEXT,
    WHOLE,
    WHOLE_TEXT,
    Sort,
    Table,
    either,
    other_than_sent,
)

Raw = dict[str, Any]

_WORD = either("a word", NAME, WHOLE)
_YES_OR_NO = either("yes or no", FLAG, WHOLE)

_BY_SORT: dict[Sort, str] = {
    ID_OR_WHOLE: "contact_id invoice_id creditnote_id payment_id journal_id account_id item_id "
    "currency_id customer_id location_id tag_id tag_option_id tax_id field_id customfield_id "
    "transaction_id categorized_transaction_id creditnote_invoice_id option_id organization_id "
    "line_item_id",
    AMOUNT: "total balance amount unused_amount credited_amount amount_applied item_total quantity "
    "outstanding_receivable_amount tax_total debit_amount credit_amount current_balance",
    RATE: "exchange_rate",
    DAY: "date due_date journal_date transaction_lock_date transaction_date effective_date",
    WHOLE_TEXT: "price_precision",
    _WORD: "status invoice_number creditnote_number reference_number entry_number contact_number "
    "contact_name customer_name contact_type currency_code country_code account_name account_code "
    "account_type api_name label debit_or_credit last_modified_time updated_time created_time "
    "transaction_type transaction_lock_module transaction_lock_status lock_status plan_name "
    "tag_name option_name location_name tax_name name",
    TEXT: "notes terms description invoice_numbers message",
    _YES_OR_NO: "has_more_page is_active is_org_active is_unique",
    OBJECT: "contact invoice creditnote payment journal chart_of_account field einvoice_details "
    "custom_field_hash",
    OBJECTS: "contacts invoices creditnotes customerpayments journals chartofaccounts "
    "organizations currencies line_items custom_fields tags invoices_credited transactions "
    "taxes fields locations reporting_tags exchange_rates",
    either("an object", OBJECT, OBJECTS): "page_context item items transaction_lock "
    "transaction_locks results",
}

SHAPES: Table = {name: sort for sort, names in _BY_SORT.items() for name in names.split()}


def rows_of(content: Mapping[str, Any], name: str, id_field: str, *needed: str) -> list[Raw]:
    """The rows of a list, each with its id. Raises TryLater where there is no such list: what is
    left out of an answer must not pass for absent."""
    found: Any = content.get(name)
    sort = truth.rows(id_field, *needed)
    if not sort.fits(found):
        raise truth.untrue("Zoho", f"it came without {name} as {sort.noun}")
    return list(found)


Came = dict[str, str]
"""Id or name → what came back instead of something that can be used."""
NOTHING: Came = {}


class Rows(msgspec.Struct, frozen=True):
    """A list of an answer of which one row is never the others' trouble."""

    name: str
    id: str
    called: str
    """The fields of a row that have its id and its name."""

    def keep_sound(self, content: Raw, untold: Came) -> None:
        """Leave the rows that can be true in the answer, and note the others in `untold`. Many of
        them are left there too, so that the answer is refused."""
        found = content.get(self.name)
        if not isinstance(found, list):
            return
        judged = [(row, self._wrong(row)) for row in found]
        wrong = [(row, why) for row, why in judged if why]
        if len(wrong) > BY_THEMSELVES:
            return
        content[self.name] = [row for row, why in judged if not why]
        for row, why in wrong:
            names = (row.get(self.id), row.get(self.called)) if isinstance(row, dict) else ()
            untold |= {str(name): why for name in names if isinstance(name, str | int)}

    def _wrong(self, row: Any) -> str:
        if not isinstance(row, dict):
            return "it is no object"
        wrong = truth.flaw(row, SHAPES)
        return wrong or ("" if truth.row(self.id).fits(row) else f"it has no {self.id}")


def list_of(content: Mapping[str, Any], name: str) -> list[Raw]:
    """A list whose rows have no id. Raises TryLater where there is none."""
    found: Any = content.get(name)
    if not OBJECTS.fits(found):
        raise truth.untrue("Zoho", f"it came without {name} as a list of objects")
    return list(found)


_SENT = ("invoice_number", "creditnote_number", "reference_number", "contact_name", "customer_id")
_ALWAYS = frozenset({"invoice_number", "creditnote_number"})
"""What a new document is always answered with."""


def not_what_was_sent(body: Mapping[str, Any], raw: Mapping[str, Any]) -> str:
    """Why an object of an answer is not the one that was sent; empty when it is."""
    for field in _SENT:
        always = field in _ALWAYS
        if wrong := other_than_sent(field, body.get(field), raw.get(field), always=always):
            return wrong
    return ""
