"""What documents do to accounts, one by one and added up."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from bridge.core.books import (
    Application,
    CreditApplication,
    CreditNote,
    Customer,
    Invoice,
    Line,
    Receipt,
    Sale,
)
from bridge.core.change.planned import SHOWN, Effects, Held, HeldTally, entries
from bridge.core.delivery import Operation
from bridge.core.plan import Hold
from tests.core.builders import chart

DAY = date(2026, 8, 3)
HEAD = {"loan": "1", "facts": "f", "customer": "D1", "day": DAY, "currency": "COP"}
CLEARING, INTEREST, BAD_DEBTS, RECOVERY, BANK, RECEIVABLE = "1", "2", "4", "6", "7", "9"


def line(account: str, amount: int) -> Line:
    return Line(purpose="any", amount=Decimal(amount), account=account)


LENT = Invoice(reference="L1", due=DAY, lines=(line(CLEARING, 500), line(INTEREST, 100)), **HEAD)
PAID = Receipt(reference="P1", total=Decimal(250), deposit_account=BANK, **HEAD)
LOST = CreditNote(reference="W1", lines=(line(BAD_DEBTS, 350),), **HEAD)
USED = CreditApplication(
    reference="A1", credit_note="W1", applications=(Application("L1", Decimal(350)),), **HEAD
)
BACK = Sale(reference="R1", lines=(line(RECOVERY, 40),), deposit_account=BANK, **HEAD)
WHO = Customer(reference="D1", loan="", facts="", name="Ana", currency="COP")


@pytest.mark.parametrize(
    ("document", "moved"),
    [
        (LENT, {RECEIVABLE: 600, CLEARING: -500, INTEREST: -100}),
        (PAID, {BANK: 250, RECEIVABLE: -250}),
        (LOST, {BAD_DEBTS: 350, RECEIVABLE: -350}),
        (USED, {}),
        (BACK, {BANK: 40, RECOVERY: -40}),
        (WHO, {}),
    ],
)
def test_every_kind_moves_its_accounts_and_is_in_balance(document, moved):
    assert entries(document, RECEIVABLE) == moved
    assert sum(moved.values()) == 0


def told(effects: Effects) -> dict[str, tuple[int, int]]:
    return {each.account.id: (each.debit, each.credit) for each in effects.accounts()}


def test_a_void_takes_back_what_was_posted():
    effects = Effects(chart())
    effects.add(Operation.CREATE, LENT, None)
    effects.add(Operation.VOID, LENT, None)
    assert told(effects) == {RECEIVABLE: (600, 600), CLEARING: (500, 500), INTEREST: (100, 100)}


def test_an_update_counts_only_what_it_changes():
    effects = Effects(chart())
    more = Invoice(
        reference="L1", due=DAY, lines=(line(CLEARING, 500), line(INTEREST, 120)), **HEAD
    )
    own = effects.add(Operation.UPDATE, more, LENT)
    assert told(effects) == {RECEIVABLE: (20, 0), INTEREST: (0, 20)}
    assert len(own) == 2
    assert effects.add(Operation.UPDATE, LENT, LENT) == []


def test_accounts_stand_as_in_a_trial_balance():
    effects = Effects(chart())
    for document in (LENT, PAID, LOST, BACK):
        effects.add(Operation.CREATE, document, None)
    classes = [each.account.classification for each in effects.accounts()]
    assert classes == ["asset", "asset", "asset", "income", "income", "expense"]
    assert [(s.kind.value, s.count, s.amount) for s in effects.sums()] == [
        ("invoice", 1, 600),
        ("credit_note", 1, 350),
        ("receipt", 1, 250),
        ("sale", 1, 40),
    ]


def test_what_is_held_is_summed_whole_and_shown_in_part():
    tally = HeldTally()
    for number in range(SHOWN + 5):
        hold = Hold(code="loan.held", subject=f"loan:{number}", currency="COP", amount=Decimal(1))
        tally.add(Held(hold=hold))
    (summed,) = tally.sums()
    assert (summed.count, summed.amount, len(tally.rows)) == (SHOWN + 5, SHOWN + 5, SHOWN)


@pytest.mark.parametrize("operation", list(Operation))
def test_only_an_update_takes_back_what_was_there(operation: Operation) -> None:
    """What a new document or a void is told to have been before is no part of it."""
    effects = Effects(chart())
    smaller = Receipt(reference="P1", total=Decimal(50), deposit_account=BANK, **HEAD)
    effects.add(operation, PAID, smaller)
    moved = {Operation.CREATE: 250, Operation.UPDATE: 200, Operation.VOID: -250}[operation]
    sides = told(effects)[BANK]
    assert sides[0] - sides[1] == moved


def test_an_update_of_what_nobody_knows_is_the_whole_document() -> None:
    effects = Effects(chart())
    effects.add(Operation.UPDATE, PAID, None)
    assert told(effects)[BANK] == (250, 0)


def test_a_currency_without_an_account_of_its_own_is_on_the_home_one() -> None:
    head = HEAD | {"currency": "MXN"}
    foreign = Receipt(reference="P1", total=Decimal(250), deposit_account=BANK, **head)
    effects = Effects(chart())
    effects.add(Operation.CREATE, foreign, None)
    assert told(effects)[RECEIVABLE] == (0, 250)
