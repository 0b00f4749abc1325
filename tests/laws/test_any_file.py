"""Nothing in a lender's file is ignored in silence: what is booked, what is held and what is named
make up all the money in it, and nothing is green over what nobody could read."""

from __future__ import annotations

import os
from decimal import Decimal

from hypothesis import HealthCheck, given, note, settings

from tests.laws.account import Account, account_for
from tests.laws.lender_file import LOANS, Drawn, Fact, lender_files

FILES = int(os.environ.get("BRIDGE_FILES", "60"))
SAME_EACH_TIME = "BRIDGE_FILES" not in os.environ
"""A run with a number of its own draws new files."""
ZERO = Decimal(0)


@settings(
    max_examples=FILES,
    deadline=None,
    derandomize=SAME_EACH_TIME,
    suppress_health_check=list(HealthCheck),
    print_blob=not SAME_EACH_TIME,
)
@given(lender_files())
def test_booked_held_and_named_are_all_the_money_in_a_file(drawn: Drawn) -> None:
    found = account_for(drawn)
    note(_shown(drawn, found))
    if found.refused:
        assert drawn.stops or drawn.troubles or drawn.perhaps, f"no reason: {found.refused}"
        return
    assert not drawn.stops, f"read although nobody knows what these are: {drawn.stops}"
    for fact in drawn.facts:
        _is_accounted_for(fact, found)
    for loan in {fact.loan for fact in drawn.facts}:
        _adds_up(loan, drawn, found)
    known = {fact.loan for fact in drawn.facts}
    assert set(found.loans) <= known, "a loan that is not in the file"
    assert found.verdict is not None
    if found.verdict.green:
        assert not drawn.troubles, f"green over {drawn.troubles}"
        assert not any(of_loan.holds for of_loan in found.loans.values())
    elif not drawn.troubles and not drawn.perhaps:
        raise AssertionError(f"nothing is wrong, and yet: {found.verdict.tasks}")


def _is_accounted_for(fact: Fact, found: Account) -> None:
    """A row is booked with exactly what it is worth, or held, or named."""
    booked = _booked(fact, found)
    if booked is not None:
        assert fact.truth is not None, f"{fact.face!r} was read as {booked}"
        assert booked == fact.truth, f"{fact.face!r} is {fact.truth}, booked as {booked}"
        return
    assert _is_held(fact, found) or found.named(fact.row, fact.table), f"{fact} is in no place"


def _booked(fact: Fact, found: Account) -> Decimal | None:
    of_loan = found.loans.get(fact.loan)
    if of_loan is None:
        return None
    letter = "L" if fact.table == LOANS else "P"
    totals = [
        document.total  # type: ignore[union-attr]
        for document in of_loan.documents
        if document.reference.endswith(f"-{letter}{fact.id}")
    ]
    assert len(totals) <= 1, f"{fact} stands twice"
    return totals[0] if totals else None


def _is_held(fact: Fact, found: Account) -> bool:
    of_loan = found.loans.get(fact.loan)
    subject = f"loan:{fact.id}" if fact.table == LOANS else f"movement:{fact.id}"
    whole = f"loan:{fact.loan}"
    return of_loan is not None and any(h.subject in (subject, whole) for h in of_loan.holds)


def _adds_up(loan: str, drawn: Drawn, found: Account) -> None:
    """Booked, held and named make up the loan, where everything about it can be told."""
    facts = [fact for fact in drawn.facts if fact.loan == loan]
    if any(fact.truth is None for fact in facts):
        return
    of_loan = found.loans.get(loan)
    booked_or_held = of_loan.booked + of_loan.held if of_loan else ZERO
    worth = named = ZERO
    for fact in facts:
        assert fact.truth is not None
        effect = fact.truth if fact.table == LOANS else -fact.truth
        worth += effect
        if _booked(fact, found) is None and not _is_held(fact, found):
            named += effect
    assert booked_or_held + named == worth, f"loan {loan}: {booked_or_held} + {named} ≠ {worth}"


def _shown(drawn: Drawn, found: Account) -> str:
    lines = [f"{drawn.form}; stops {drawn.stops}; troubles {drawn.troubles}"]
    lines += [f"{t}: {headings}" for t, headings in drawn.headings.items()]
    lines += [str(fact) for fact in drawn.facts]
    lines += [f"beside {drawn.beside}", f"refused {found.refused}"]
    lines += [f"{loan}: {of}" for loan, of in found.loans.items()]
    return "\n".join([*lines, *(str(finding) for finding in found.findings)])
