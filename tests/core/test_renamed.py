"""What an older program wrote down is read in today's words, and a person's answer stays one."""

from __future__ import annotations

from decimal import Decimal

import msgspec
import pytest

from bridge.core import renamed
from bridge.core.findings import CATALOGUE, Finding
from bridge.core.ledger import Note
from bridge.core.plan import HOLD_CODES, Hold
from bridge.core.tie_out.causes import CODES
from bridge.core.tie_out.tasks import Task

OLD = {
    "debt.orphan": "loan.orphan",
    "debt.amount_edited": "loan.amount_edited",
    "debtor.without_debts": "borrower.without_loans",
    "debtor.homonym": "borrower.homonym",
    "movement.before_debt": "movement.before_loan",
    "movement.orphan": "movement.orphan",
    "debt:W12.3": "loan:W12.3",
    "debtor:11": "borrower:11",
    "file:debt:1.csv": "file:debt:1.csv",
}


@pytest.mark.parametrize(("then", "now"), OLD.items())
def test_a_name_of_before_is_said_in_todays_words(then: str, now: str) -> None:
    assert renamed.now(then) == now
    assert renamed.now(now) == now
    assert renamed.then(now) == then


def test_no_code_speaks_of_one_apps_tables() -> None:
    for code in (*CATALOGUE, *HOLD_CODES, *CODES):
        assert code.partition(".")[0] not in ("debt", "debtor", "deudor", "abono", "prestamo")
        assert renamed.now(code) == code
        assert renamed.now(renamed.then(code)) == code


def test_what_a_state_of_before_holds_is_read() -> None:
    found = msgspec.json.decode(
        b'{"code":"debt.orphan","subject":"debt:2","related":["debtor:11","movement:4"]}',
        type=Finding,
    )
    assert (found.code, found.subject) == ("loan.orphan", "loan:2")
    assert found.related == ("borrower:11", "movement:4")
    assert found.holds
    hold = msgspec.json.decode(
        b'{"code":"debt.currency_unknown","subject":"debt:2","currency":"COP","amount":"5"}',
        type=Hold,
    )
    assert hold == Hold(
        code="loan.currency_unknown", subject="loan:2", currency="COP", amount=Decimal(5)
    )
    assert msgspec.json.decode(b'{"code":"debtor.homonym"}', type=Note).code == "borrower.homonym"


def test_an_answer_to_a_task_of_before_is_one_to_the_same_task_now() -> None:
    """Ids are what answers are kept by; these are as an older program made them."""
    task = Task(code="debt.balance_mismatch", action="write_payment", subject="debt:84")
    assert task == Task(code="loan.balance_mismatch", action="write_payment", subject="loan:84")
    assert task.id == "cb0b59d0"
