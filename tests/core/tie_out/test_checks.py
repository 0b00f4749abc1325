"""Which of a bookkeeper's checks is broken by what a comparison found."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec
import pytest

from bridge.core.books import (
    CreditNote,
    Customer,
    Document,
    Invoice,
    Kind,
    Line,
    PostedDocument,
    PostedLine,
    Receipt,
)
from bridge.core.tie_out.checks import (
    Check,
    CheckCode,
    CheckFigures,
    Evidence,
    Outcome,
    Sign,
    checks,
    left_on_renewals,
    moved_to_income,
    signs_of_document,
    signs_of_items,
)
from bridge.core.tie_out.items import Item, ItemKind
from bridge.core.tie_out.tasks import Task

DAY = date(2026, 9, 1)
ZERO = Decimal(0)


def item(field: str = "", amount: str = "0", **changes: object) -> Item:
    facts: dict[str, object] = {
        "kind": ItemKind.DRIFTED,
        "currency": "COP",
        "amount": Decimal(amount),
        "reference": "DY7F3A-L84",
        "field": field,
        "cause": "books.drifted",
        "action": "drift",
    }
    return Item(**(facts | changes))  # type: ignore[arg-type]


def invoice(*purposes: str, day: date = DAY) -> Invoice:
    lines = tuple(Line(purpose=p, amount=Decimal(1000), account=p) for p in purposes)
    facts = {"reference": "DY7F3A-L84", "loan": "84", "facts": "f", "customer": "DY7F3A-D11"}
    return Invoice(**facts, currency="COP", day=day, due=day, lines=lines)


RECEIPT = Receipt(
    reference="DY7F3A-P1",
    loan="84",
    facts="f",
    customer="DY7F3A-D11",
    currency="COP",
    day=DAY,
    total=Decimal(5000),
    deposit_account="7",
)


def broken(
    document: Document,
    *fields: str,
    amount: str = "0",
    more: str = "0",
    locked: date | None = None,
    now: PostedDocument | None = None,
) -> dict[CheckCode, Decimal]:
    """The checks that these fields of one document break, and by how much."""
    items = [item(field, amount if n == 0 else "0") for n, field in enumerate(fields)]
    signs = signs_of_document(document, items, now, Decimal(more), locked)
    return {sign.code: sign.amount for sign in signs}


def there(day: date | None = DAY, **changes: object) -> PostedDocument:
    facts: dict[str, object] = {"kind": Kind.INVOICE, "external_id": "1", "version": "1"}
    return PostedDocument(day=day, **(facts | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("document", "field", "check"),
    [
        (RECEIPT, "deposit_account", CheckCode.CASH),
        (RECEIPT, "applications", CheckCode.UNAPPLIED),
        (RECEIPT, "day", CheckCode.CUT_OFF),
        (RECEIPT, "status", CheckCode.VOIDS),
        (invoice("principal"), "status", CheckCode.VOIDS),
        (invoice("opening"), "lines", CheckCode.OPENING),
        (invoice("opening"), "accounts", CheckCode.OPENING),
        (invoice("opening"), "currency", CheckCode.OPENING),
        (invoice("write_off"), "total", CheckCode.WRITE_OFF),
        (invoice("interest", "write_off_interest"), "total", CheckCode.WRITE_OFF),
        (invoice("recovery"), "total", CheckCode.RECOVERY),
    ],
)
def test_an_edited_field_breaks_its_own_check_by_the_whole_document(
    document: Invoice | Receipt, field: str, check: CheckCode
) -> None:
    assert broken(document, field) == {check: document.total}


@pytest.mark.parametrize("field", ["memo", "name", "total", "lines"])
def test_what_belongs_to_no_check_breaks_none(field: str) -> None:
    assert broken(invoice("principal"), field) == {}


def test_a_customer_moves_no_account() -> None:
    someone = Customer(reference="DY7F3A-D11", loan="", facts="f", name="Luz", currency="COP")
    assert broken(someone, "name", "currency", locked=DAY) == {}


def test_less_than_one_unit_is_rounding_in_the_total_alone() -> None:
    assert broken(invoice("opening"), "lines", amount="0.5") == {CheckCode.OPENING: Decimal("0.5")}


def test_a_tax_on_what_is_gone_is_what_moved() -> None:
    assert broken(invoice("opening"), "tax", amount="5") == {CheckCode.TAX: Decimal(5)}


def test_what_a_person_took_away_is_told_as_that_alone() -> None:
    assert broken(invoice("opening"), "status", "total", "day", locked=DAY) == {
        CheckCode.VOIDS: Decimal(1000)
    }


def test_the_amount_is_what_moved_where_that_is_known() -> None:
    assert broken(invoice("opening"), "lines", amount="-300") == {CheckCode.OPENING: Decimal(-300)}


@pytest.mark.parametrize(
    ("moved", "check"),
    [
        ("0.01", CheckCode.ROUNDING),
        ("-0.99", CheckCode.ROUNDING),
        ("1", CheckCode.OPENING),
        ("-1", CheckCode.OPENING),
    ],
)
def test_less_than_one_unit_is_rounding(moved: str, check: CheckCode) -> None:
    assert broken(invoice("opening"), "total", amount=moved) == {check: Decimal(moved)}


def test_more_on_income_than_was_posted_is_principal_before_anything_else() -> None:
    changed = broken(invoice("opening"), "lines", more="400", amount="9")
    assert changed == {CheckCode.PRINCIPAL: Decimal(400)}
    assert CheckCode.PRINCIPAL not in broken(invoice("opening"), "lines", more="-400")


def test_tax_is_told_by_its_amount_or_by_what_moved_and_its_total_is_no_second_fault() -> None:
    taxed = there(tax_amount=Decimal(190))
    document = invoice("opening")
    assert broken(document, "tax_amount", "total", amount="5", now=taxed) == {
        CheckCode.TAX: Decimal(190)
    }
    assert broken(document, "tax", amount="5", now=there()) == {CheckCode.TAX: Decimal(5)}


@pytest.mark.parametrize(
    ("locked", "closed"),
    [(date(2026, 8, 31), False), (DAY, True), (date(2026, 9, 2), True), (None, False)],
)
def test_a_change_on_the_last_closed_day_is_one_in_a_closed_period(
    locked: date | None, closed: bool
) -> None:
    found = broken(RECEIPT, "deposit_account", locked=locked)
    assert (CheckCode.CLOSED in found) is closed
    assert (CheckCode.CASH in found) is not closed


def test_a_document_that_was_moved_into_a_closed_period_is_one_there() -> None:
    moved = there(day=date(2026, 8, 15))
    assert broken(RECEIPT, "day", now=moved, locked=date(2026, 8, 31)) == {
        CheckCode.CLOSED: RECEIPT.total
    }


def test_names_in_a_closed_period_may_change() -> None:
    assert broken(RECEIPT, "memo", "customer", locked=DAY) == {}
    assert broken(RECEIPT, "memo", "total", amount="7", locked=DAY) == {
        CheckCode.CLOSED: Decimal(7)
    }


def test_income_is_what_stands_there_more_than_was_posted() -> None:
    posted = invoice("clearing", "clearing", "income")
    now = there(
        lines=(
            PostedLine(amount=Decimal(700), account="income"),
            PostedLine(amount=Decimal(900), item="of_income"),
            PostedLine(amount=Decimal(400), account="clearing"),
            PostedLine(amount=Decimal(1), item="nobody_knows"),
        )
    )
    behind = {"of_income": "income"}
    assert moved_to_income(posted, now, {"income"}, behind) == Decimal(600)
    assert moved_to_income(posted, now, {"clearing"}, behind) == Decimal(-1600)


def test_income_is_not_guessed_where_lines_are_not_told() -> None:
    assert moved_to_income(invoice("income"), there(), {"income"}, {}) == ZERO
    assert moved_to_income(invoice("income"), None, {"income"}, {}) == ZERO
    lines = (PostedLine(amount=Decimal(9), account="income"),)
    facts = {name: getattr(invoice("x"), name) for name in ("reference", "loan", "facts")}
    note = CreditNote(**facts, customer="D", currency="COP", day=DAY, lines=())
    assert moved_to_income(note, there(lines=lines), {"income"}, {}) == ZERO


@pytest.mark.parametrize(
    ("found", "check"),
    [
        (item(kind=ItemKind.PRINCIPAL, cause="principal.income"), CheckCode.PRINCIPAL),
        (item(kind=ItemKind.CHECK, cause="check.renewals"), CheckCode.RENEWALS),
        (item(cause="control.journal"), CheckCode.CONTROL),
        (item(cause="control.manual_entries"), CheckCode.CONTROL),
        (item(cause="books.not_void"), CheckCode.VOIDS),
        (item(cause="books.foreign"), None),
    ],
)
def test_what_is_about_no_document_of_ours_breaks_its_check(
    found: Item, check: CheckCode | None
) -> None:
    assert [sign.code for sign in signs_of_items([found])] == ([check] if check else [])


def test_renewals_that_are_not_at_zero_break_their_check_by_the_balance() -> None:
    left = left_on_renewals("9", "1190 Renewals", "COP", Decimal("-250"))
    (sign,) = signs_of_items([left])
    assert (sign.code, sign.amount, sign.subject) == (
        CheckCode.RENEWALS,
        Decimal(-250),
        "1190 Renewals",
    )


def test_the_rows_task_is_the_one_that_a_check_fails_by() -> None:
    (sign,) = signs_of_items([item(cause="books.not_void", subject="loan:84")])
    assert sign.subject == "loan:84"


def sign(subject: str, currency: str, amount: str) -> Sign:
    return Sign(
        code=CheckCode.CASH,
        cause="books.drifted",
        subject=subject,
        currency=currency,
        amount=Decimal(amount),
    )


def task(subject: str) -> Task:
    return Task(code="books.drifted", action="drift", subject=subject)


def made(evidence: Evidence, *tasks: Task) -> dict[CheckCode, Check]:
    return {check.code: check for check in checks(evidence, tasks)}


def test_a_check_fails_by_open_tasks_alone_and_sums_them_by_currency() -> None:
    evidence = Evidence(
        signs=(
            sign("a", "COP", "100"),
            sign("b", "COP", "-30"),
            sign("c", "MXN", "5"),
            sign("d", "", "7"),
            sign("answered", "COP", "1000"),
        ),
        seen={CheckCode.CASH: CheckFigures(count=40)},
    )
    found = made(evidence, *map(task, "abcd"))[CheckCode.CASH]
    assert found == Check(
        code=CheckCode.CASH,
        outcome=Outcome.FAILS,
        amounts=(("COP", Decimal(130)), ("MXN", Decimal(5))),
        count=4,
    )


def test_what_a_person_answered_breaks_no_check() -> None:
    evidence = Evidence(
        signs=(sign("a", "COP", "100"),), seen={CheckCode.CASH: CheckFigures(count=2)}
    )
    found = made(evidence, task("another"))[CheckCode.CASH]
    assert (found.outcome, found.count) == (Outcome.HOLDS, 2)


def test_what_was_not_read_is_never_said_to_hold() -> None:
    found = made(Evidence())
    assert list(found) == list(CheckCode)
    outcomes = {check.outcome for code, check in found.items() if code is not CheckCode.AGENCY}
    assert outcomes == {Outcome.CANNOT}
    assert found[CheckCode.AGENCY].outcome is Outcome.NONE


def test_what_there_is_nothing_of_is_told_from_what_cannot_be_made() -> None:
    seen = {
        CheckCode.RECOVERY: CheckFigures(why="no_recoveries"),
        CheckCode.CLOSED: CheckFigures(why="lock_unknown", impossible=True),
        CheckCode.OPENING: CheckFigures(amounts={"MXN": Decimal(2), "COP": Decimal(1)}, count=3),
    }
    found = made(Evidence(seen=seen))
    assert found[CheckCode.RECOVERY].outcome is Outcome.NONE
    assert found[CheckCode.CLOSED].outcome is Outcome.CANNOT
    assert msgspec.structs.asdict(found[CheckCode.OPENING]) == {
        "code": CheckCode.OPENING,
        "outcome": Outcome.HOLDS,
        "amounts": (("COP", Decimal(1)), ("MXN", Decimal(2))),
        "count": 3,
        "why": "",
    }
