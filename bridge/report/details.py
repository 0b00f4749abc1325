"""The particulars of holds and remarks in the reader's language, as far as they are ours.

Planner and readers write particulars once, in English, with plain digits. Here those of a known
form are taken apart and said again; what the accounting system wrote is shown as it came.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from bridge.report import refusals
from bridge.report.figures import Figures
from bridge.report.texts import Texts

_NUMBER = r"-?\d+(?:\.\d+)?"
_DAY = r"\d{4}-\d{2}-\d{2}"
_DAY_FORM = "(?:dd/mm/yyyy|dd/mm/yy|yyyy-mm-dd|Excel day|date cell)"
_COLUMN = "column (?P<column>.*)"
_CELL = r"(?s:.*), row (?P<row>\d+), column (?P<column>.+?): "
_TEXT = r'"(?P<text>(?s:.*))"'


def _amount(name: str = "amount") -> str:
    return rf"(?P<{name}>{_NUMBER})"


def _day(name: str = "day") -> str:
    return rf"(?P<{name}>{_DAY})"


_NAME = r'"(?P<account>.+)"'
_ITEM = r'"(?P<item>.+)"'
_PURPOSES = r"for (?P<purposes>.+)"
_CURRENCY = r"(?P<currency>[A-Z]{3})"
_ROWS = r"(?P<before>\d+)"
_SCHEDULE = rf"(?P<number>\d+) × {_amount('each')} is {_amount('parts')}"
_UNCLEAR = (
    rf"{_amount('shown')} with (?P<rate>{_NUMBER}) % is {_amount()}, "
    rf"or {_NUMBER} is all that is owed"
)

_BEFORE = _amount("shown")
_PLACE = r"(?s:.*), row (?P<row>\d+): "
_AGAINST = r'(?s:.*), row (?P<row2>\d+), column (?P<column2>.+?) has "(?P<text2>(?s:.*))"'
_DECIDE_AMOUNTS = r"Write it with decimals, or set ambiguous_amounts in mappings/deudores\.toml"

_OR_A_VISIT = "write the amount, or that nobody paid"

_CELLS = {
    "no_currency_write": rf"{_CELL}{_TEXT} is not a currency; write its code, such as {_CURRENCY}",
    "currency_of_several": rf"{_CELL}{_TEXT} can be (?P<codes>[A-Z]{{3}}(?:, [A-Z]{{3}})+); "
    "write the code of the one that is meant",
    "not_an_amount_like": rf"{_CELL}{_TEXT} is not an amount; write it like (?P<right>\S+)",
    "not_a_date_like": rf"{_CELL}{_TEXT} is not a date; write dd/mm/yyyy",
    "in_another_currency": rf"{_CELL}{_TEXT} is in (?P<other>[A-Z]{{3}}), the debt is in "
    rf"{_CURRENCY}",
    "not_its_debts_currency": rf"{_CELL}{_TEXT} is not {_CURRENCY}, the currency of its debt",
    "not_a_type": rf"{_CELL}{_TEXT} is not a type; use (?P<words>.+)",
    "debt_without_id": rf"{_CELL}has no id; every debt needs its number",
    "movement_without_id": rf"{_CELL}has no id; every movement needs its number",
    "debt_without_debtor": rf"{_CELL}has no debtor; write the debtor's id",
    "movement_without_debt": rf"{_CELL}has no debt; write the debt's id",
    "debtor_without": rf"{_CELL}is empty or not text; every debtor needs it",
    "visit": rf"{_CELL}{_TEXT} says that nothing was paid",
    "visit_unwritten": rf"{_CELL}nothing was written",
    "unwritten": rf"{_CELL}nothing is written, and no other row has an amount; {_OR_A_VISIT}",
    "unwritten_but_paid": rf"{_CELL}nothing is written, and the rest of the row speaks of money; "
    rf"{_OR_A_VISIT}",
    "below_zero": rf"{_CELL}{_amount()} is below zero",
    "two_ways": rf"{_CELL}{_TEXT} can be read in two ways; {_AGAINST}. {_DECIDE_AMOUNTS}",
    "three_decimals": rf"{_CELL}{_TEXT} can be read in two ways; with the convention of "
    rf"{_CURRENCY} it would have three decimals. {_DECIDE_AMOUNTS}",
    "days_two_ways": rf"{_CELL}{_TEXT} can be read in two ways; {_AGAINST}. Set date_order in "
    r"mappings/deudores\.toml",
    "month_first": rf"{_CELL}{_TEXT} is a date only with the month first; set date_order in "
    r"mappings/deudores\.toml",
    "too_wide": rf"{_PLACE}has (?P<cells>\d+) cells, the heading has (?P<width>\d+); "
    "quote the text that holds the delimiter",
    "broken_quotes": r"(?s:.*), rows (?P<first_row>\d+) to (?P<last_row>\d+): .*; "
    "write two quotes for one inside a text",
    "beyond": r"(?s:.*): row (?P<row>\d+) and what follows was not read "
    r"\(ten empty rows before\)",
    "no_record": r"(?s:.*), record (?P<row>\d+): (?:is not an object|cannot be read \(.*\))",
    "shared_expense": rf"{_PLACE}needs a date and an amount per person",
    "none_of_table": r"none of (?P<number>\d+) rows of (?P<file>.+) could be read",
    "amounts_mixed": rf"{_COLUMN}: (?P<number>\d+) amounts of {_CURRENCY} are not written as "
    rf"[A-Z]{{3}} usually is; the first: {_AGAINST}",
    "amounts_both_ways": rf"{_COLUMN}: 1\.234,56 and 1,234\.56, each read by its currency",
    "numbers_as_text": rf"{_COLUMN}: some amounts are text, not numbers",
    "days_mixed": rf"{_COLUMN}: (?P<day_forms>{_DAY_FORM}(?:, {_DAY_FORM})+)",
    "more_unread": r"(?P<number>\d+) more rows of [a-z]+ could not be read",
}
"""What the readers tell of one cell or row that they could not take as it is."""

FORMS = {
    **_CELLS,
    "because_of": r"because of (?P<document>\S+)",
    "no_loan": r"debt (?P<loan>\S+) (?:is not in the ledger|does not exist)",
    "no_borrower": r"debtor (?P<borrower>\S+) does not exist",
    "loan_gone": "the loan was posted and is gone from the ledger, its movements are not",
    "books_decimals": rf"(?P<exact>{_NUMBER}) {_CURRENCY}, the books keep (?P<number>\d) decimals",
    "closed_edit": rf"posted as {_amount('shown')} {_CURRENCY}, the ledger says {_amount()}; its "
    "period is closed",
    "back_dated": rf"paid {_day()}, the books began on {_day('start')}",
    "merged_into": r"(?P<number>\d+) documents are on customer (?P<keeper>\S+)",
    "period_closed": "changed in the ledger after its period was closed",
    "still_owes": rf"still owes {_amount()} {_CURRENCY}",
    "lost_beyond": rf"{_amount('shown')} {_CURRENCY} written off, {_amount()} was owed",
    "recovery_waits": rf"{_amount()} {_CURRENCY} came in on what was written off",
    "overpaid": rf"{_amount()} {_CURRENCY} more than was owed",
    "balance": rf"the ledger says {_amount('shown')}, its movements make {_amount()} {_CURRENCY}",
    "paid_and_owed": rf"marked as paid with {_amount()} {_CURRENCY} owed",
    "nothing_owed": "nothing owed, not marked",
    "split": rf"principal and interest make {_amount('parts')}, the total is {_amount()}",
    "schedule": rf"(?P<number>\d+) × {_amount('each')} is not {_amount()}",
    "before_loan": rf"paid {_day()}, lent {_day('start')}",
    "due_before_start": rf"due {_day()}, start {_day('start')}",
    "after": rf"{_day()} is after {_day('as_of')}",
    "two_values": rf"{_amount('first')} and {_amount('second')}",
    "alike": rf"(?P<number>\d+) of {_amount()} on {_day()} for debt (?P<loan>\S+)",
    "two_currencies": r"has debts in (?P<first>[A-Z]{3}) and (?P<second>[A-Z]{3})",
    "same_name": r"same name, other phone or document \((?P<number>\d+)\)",
    "same_person": r"same name, same phone \((?P<number>\d+)\)",
    "not_a_currency": rf"{_CELL}{_TEXT} is not a currency",
    "not_an_amount": rf"{_CELL}{_TEXT} is not an amount",
    "not_a_date": rf"{_CELL}{_TEXT} is not a date",
    "text_read_as": rf"{_CELL}{_TEXT} read as (?P<value>\S+)",
    "read_as": rf"{_CELL}read as (?P<value>\S+)",
    "delivery_read": rf"read: (?P<file>.+) \({_day()}\); older: (?P<others>.+)",
    "being_copied": r"(?P<file>.+) is still being copied",
    "old_workbook": r"(?P<file>.+) is an old Excel workbook or has a password: save it as .+",
    "other_sheet": r"(?P<file>.+) is a sheet of another program: save it as .+",
    "no_ledger_file": r"(?P<file>.+) is no file that a ledger comes in",
    "account_of_income": rf"account {_NAME} is of type (?P<type>.+), {_PURPOSES}",
    "account_inactive": rf"account {_NAME} is inactive, {_PURPOSES}",
    "account_absent": rf"account {_NAME} is not there, {_PURPOSES}",
    "account_twice": rf"account {_NAME} is there more than once, {_PURPOSES}",
    "item_inactive": rf"item {_ITEM} is inactive, {_PURPOSES}",
    "item_absent": rf"item {_ITEM} is not there, {_PURPOSES}",
    "item_twice": rf"item {_ITEM} is there more than once, {_PURPOSES}",
    "item_bare": rf"item {_ITEM} has no account, {_PURPOSES}",
    "moved_to_income": rf'from account {_NAME} to account "(?P<other>.+)"',
    "posted_to_income": rf"(?P<number>\d+) lines of item {_ITEM} are on account {_NAME}",
    "days_old": rf"of {_day()}, (?P<number>\d+) days old",
    "not_read_since": rf"last read on {_day()}, was to be read on {_day('start')}",
    "other_company": r"documents of ours: (?P<others>.+); named now: (?P<text>.+)",
    "known_again": r"(?P<number>\d+) of its documents known again",
    "known_again_but": r"(?P<number>\d+) of its documents known again; of (?P<others>.+) nobody "
    r"knows the loan",
    "undone": r"since (?P<run>\S+) was undone",
    "emptied": r"has no loans; the last snapshot had (?P<before>\d+)\. .+",
    "older_delivery": rf"is of {_day()}, older than the last one accepted \({_day('start')}\)\. .+",
    "reinstalled": r"(?P<number>\d+) ids are other people's now \(such as (?P<others>.+)\): .+",
    "fewer_rows": r"has (?P<number>\d+) (?P<entity>\w+), the last snapshot had (?P<before>\d+)\..+",
    "less_money": rf"has loans of {_amount()} {_CURRENCY}, the last snapshot had {_BEFORE}\. .+",
    "less_paid": rf"has payments of {_amount()} {_CURRENCY}, the last snapshot had {_BEFORE}\. .+",
    "without_payments": rf"has loans and no payments; the last one had {_ROWS} payments\. .+",
    "file_missing": r"is missing\. Copy the whole package again\.",
    "bytes_differ": r"has (?P<number>[\d,]+) bytes; the manifest says (?P<before>[\d,]+)\. .+",
    "not_as_exported": r"is not the file that was exported \(.+\)\. .+",
    "records_differ": r"has (?P<number>\d+) records, but counts say (?P<before>\d+)\. .+",
    "mixed_exports": r'"(?P<text>.*)" is not what the manifest says \("(?P<other>.*)"\)\. .+',
    "kind_word": rf"{_CELL}{_TEXT} is not a known kind of debt",
    "kind_unsaid": r"(?s:.*), row (?P<row>\d+): nothing says whether money was lent or goods were "
    r"sold",
    "total_differs": rf"{_CELL}says {_amount('shown')}, its rows make {_amount()}",
    "undated_payment": rf"{_CELL}the payment has no day",
    "no_open_loan": rf"{_CELL}no open loan is in this client's name; write the loan's number "
    r"beside the payment",
    "many_open_loans": rf"{_CELL}the client has (?P<number>\d+) open loans; write the loan's "
    r"number beside the payment",
    "parts_differ": rf"{_CELL}{_TEXT}, but its parts make {_amount()}",
    "columns_unread": r"columns not read: (?P<columns>(?s:.*))",
    "row": r"row (?P<row>\d+)",
    "blank_rows": r"(?P<number>\d+) empty rows",
    "rows_beyond": r"(?P<number>\d+) more rows that are no data",
    "sheet_ignored": r"the mapping leaves the sheet out",
    "sheet_of_text": r"the sheet has text only",
    "sheet_empty": r"the sheet is empty",
    "other_form": r"read as (?P<form>\w+); \[source\] prefer says which form is read",
    "sheet_hidden": r"the sheet",
    "rows_hidden": r"rows (?P<rows>[\d, …-]+) \((?P<number>\d+) in all\)",
    "columns_hidden": r"columns (?P<columns>[A-Z, …-]+) \((?P<number>\d+) in all\)",
    "balance_fell": rf"the balance fell by {_amount()} {_CURRENCY}, nothing says why",
    "balance_rose": rf"the balance rose by {_amount()} {_CURRENCY}, nothing says why",
    "left_of": rf"{_amount('shown')} of {_amount()} {_CURRENCY} is owed, and no payments are told",
    "interest_apart": rf"{_CELL}{_amount()} was lent, or is all that is owed with its interest; "
    rf"{_amount('parts')} of interest was paid",
    "interest_unclear": rf"{_CELL}{_UNCLEAR}",
    "instalments_unclear": rf"{_CELL}{_UNCLEAR}; {_SCHEDULE}",
    "said_paid": rf"said to be paid, and no movement pays the {_amount()} {_CURRENCY}",
    "left_owed": rf"said to be paid, its movements leave {_amount()} {_CURRENCY}",
    "paid_in_all": rf"paid in all: the ledger says {_amount('shown')}, its rows make {_amount()}",
    "nearest_loan": r"debt (?P<loan>\S+) does not exist; the nearest is (?P<near>\S+)",
    "signs_dropped": r"(?P<number>\d+) signs that accounting systems drop",
    "alike_one": r"is gone: row (?P<row>\d+), "
    rf"{_amount()} {_CURRENCY} on {_day()} \((?P<old>\S+)\)",
    "alike_person": r"is gone: row (?P<row>\d+) \((?P<old>\S+)\)",
    "alike_many": r"may be any of these rows: (?P<others>.+)",
    "more_rows": r"(?P<number>\d+) more rows",
    "loans_of_one": r"(?P<number>\d+) loans",
    "interrupted": "the program ended while this was sent",
    "several": r"ambiguous: (?P<number>\d+) documents in the books carry (?P<reference>\S+) "
    r"\(ids (?P<others>.+)\): .+",
    "tried": rf"sent (?P<number>\d+) times since {_day()}: (?P<text>(?s:.*))",
    "no_writes": rf"(?P<number>\d+) writes wait, and none has got through since {_day()}: "
    r"(?P<text>(?s:.*))",
    "no_end": rf"no pass has come to its end since {_day()}: (?P<text>(?s:.*))",
    "asked_for": rf"asked for in (?P<number>\d+) passes since {_day()}: (?P<text>(?s:.*))",
    "invoicing_not_asked": r"nobody has said whether its invoices go to (?P<office>.+)",
    "invoicing_unanswered": r"issues is (?P<issues>\w+), and the accountant's answer is missing",
    "invoicing_unsigned": "the accountant's answer does not say who gave it and on which day",
    "invoicing_not_here": "the accountant's answer is that nothing is to be posted here",
} | refusals.FORMS
"""Entry of the catalogue's table `details` → the form of the particulars that it says."""

_WORDLESS = {
    "{day}": _day(),
    "{amount} {currency}": rf"{_amount()} {_CURRENCY}",
    "{currency} {day}": rf"{_CURRENCY} {_day()}",
}
_PATTERNS = {key: re.compile(form) for key, form in (FORMS | _WORDLESS).items()}
_NEXT_CELL = re.compile(r"; (?=[^;\"]*, row \d+, column )")
_DAYS = frozenset({"day", "start", "as_of"})
_COUNTS = frozenset({"before", "number"})
_AMOUNTS = frozenset({"amount", "shown", "parts", "each", "first", "second", "value"})


def said(detail: str, texts: Texts, figures: Figures) -> str:
    """The particulars in words; unchanged when their form is not known."""
    cells = _NEXT_CELL.split(detail)
    parts = [_said_as_one(cell, texts, figures) for cell in cells]
    if len(parts) > 1 and None not in parts:
        return "; ".join(part for part in parts if part is not None)
    whole = _said_as_one(detail, texts, figures)
    return detail if whole is None else whole


def _said_as_one(detail: str, texts: Texts, figures: Figures) -> str | None:
    for key, pattern in _PATTERNS.items():
        found = pattern.fullmatch(detail)
        if found:
            parts = found.groupdict()
            values = {name: _value(name, parts, texts, figures) for name in parts}
            return texts.tables["details"].get(key, key).format(**values)
    return None


def _value(name: str, parts: dict[str, str], texts: Texts, figures: Figures) -> str:
    text = parts[name]
    if name in _DAYS:
        return _day_of(text, figures)
    if name == "currency":
        return texts.currency(text)
    if name == "needed":
        return _needed(text)
    if name == "entity":
        return texts.of("ledger", text)
    if name in _COUNTS and text.replace(",", "").isdecimal():
        return figures.number(int(text.replace(",", "")))
    if name == "day_forms":
        return ", ".join(texts.tables["day_forms"].get(part, part) for part in text.split(", "))
    if name == "purposes":
        return ", ".join(_purpose(part, texts) for part in text.split(", "))
    if name in _AMOUNTS and re.fullmatch(_NUMBER, text):
        amount = Decimal(text)
        currency = parts.get("currency")
        return figures.amount(amount, currency) if currency else figures.plain(amount)
    return text


def _needed(text: str) -> str:
    """The headings of which a sheet needs one each, without a word of any language."""
    return text.replace('" or "', '" / "').replace("; and ", "; ").replace("(nearest: ", "(≈ ")


def _purpose(text: str, texts: Texts) -> str:
    """What an account is used for, and the item that leads there: `principal "Loan principal"`."""
    word, *item = text.split(" ", 1)
    return " ".join([texts.tables["purposes"].get(word, word), *item])


def _day_of(text: str, figures: Figures) -> str:
    try:
        return figures.short_day(date.fromisoformat(text))
    except ValueError:
        return text
