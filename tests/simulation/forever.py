"""Answers for ever: what is asked about one document is answered so for days, and then it ends.

The document is a new one of a new borrower. Morning after morning somebody else borrows too: that
must go on. Whether a person must have been told is worked out here, from what the sandbox struck
and what got through beside it, never from what the bridge counts. What is answered and not kept is
in `untrue.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from bridge.core.delivery import State
from bridge.core.tie_out.patience import LOOKED_FOR_FIRST, PASSES
from bridge.core.tie_out.tasks import Task
from bridge.errors import BridgeError
from bridge.report.details import english
from bridge.store import Entry
from tests.simulation.agenda import Agenda
from tests.simulation.estate import Estate
from tests.simulation.expected import PREFIX, kept, row_of
from tests.simulation.ledger import FieldLedger
from tests.simulation.person import (
    Decision,
    Ended,
    Person,
    approve,
    believe,
    bring_accounts_back,
    bring_customers_back,
    know_again,
    log_in_again,
    look_again,
    take_over,
)
from tests.simulation.trace import Broken
from tests.simulation.troubles import Troubles

ANSWERS: dict[str, dict[str, Any]] = {
    "500": {"kind": "500"},
    "an unknown refusal": {"kind": "refuse", "code": "98765", "text": "No reason is known"},
    "a page": {"kind": "page"},
    "an empty object": {"kind": "answer", "text": "{}"},
    "cut before": {"kind": "reset"},
    "cut after": {"kind": "reset", "when": "after"},
}
WHAT = {"receipt": 3.0, "invoice": 2.0, "customer": 1.0}
PATHS = {
    "quickbooks": "/(customer|invoice|payment|batch)\\?",
    "xero": "/",
    "zoho": "/",
}
DAYS = range(1, 9)
ENOUGH = PASSES + 2
"""Mornings in which others got through and it did not: what was sent together with others is sent
alone first."""
MOST_PASSES = 5
"""A morning's, with the answers of a person between them."""
OF_THE_MORNING: tuple[Decision, ...] = (
    approve,
    believe,
    take_over,
    know_again,
    look_again,
    log_in_again,
    bring_accounts_back,
    bring_customers_back,
)
"""What a person does about the rest of a pass, before anything is done about the document."""
DAY_S = 24 * 3600


@dataclass
class Struck:
    """One document, and how what is asked about it is answered."""

    system: str
    what: str
    answer: str
    loan: int
    reference: str
    """Of the document: of the invoice, where the answers are about its customer."""
    days: int
    wishes: list[dict[str, Any]]
    chance: random.Random
    kinds: frozenset[str]
    told: bool = False
    mornings: int = 0
    """Mornings since it was last given to the bridge in which others got through, and not it."""
    dropped: bool = False
    others: list[int] = field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.answer} for ever, {self.what} of {self.reference} in {self.system}"


class Forever:
    """Arms such answers, lives through their days, and lifts them."""

    def __init__(
        self,
        estate: Estate,
        ledger: FieldLedger,
        troubles: Troubles,
        agenda: Agenda,
        person: Person,
        work: Callable[[], Ended],
    ) -> None:
        self.estate, self.ledger, self.troubles = estate, ledger, troubles
        self.agenda, self.person, self.work = agenda, person, work
        self.trace = troubles.trace
        self.struck: Struck | None = None

    def begin(self, day: int) -> None:
        """After a day in the field: somebody borrows and pays, and it will be answered so."""
        for event in self.agenda.events(day, "forever"):
            chance = event.chance()
            if self.ledger.today.isoformat() < self.ledger.cutover:
                continue
            self.struck = self._drawn(chance)
            self._strike()
            self.trace.count("for ever", f"{self.struck.what}: {self.struck.answer}")
            self.trace.say(f"{event.name}: {self.struck}, {self.struck.days} days")

    def _drawn(self, chance: random.Random) -> Struck:
        system, what = chance.choice(self.estate.systems), self.agenda.pick(chance, WHAT)
        answer = chance.choice(sorted(ANSWERS))
        loan = self._lent(chance)
        debtor = self.ledger.debtors[self.ledger.debts[loan]["debtor_id"]]
        paid = self.ledger.move(loan, "PAYMENT", Decimal(5_000), self.ledger.today)
        reference = f"{PREFIX}-L{loan}"
        text = f"{reference}(?!\\d)"
        if what == "receipt":
            reference = f"{PREFIX}-P{paid['movement_id']}"
            text = f"{reference}(?!\\d)"
        elif what == "customer":
            text = f"{debtor['name']}|{PREFIX}-D{debtor['debtor_id']}(?!\\d)"
        looks = chance.random() < 0.3
        wishes = asked_about(system, text) if looks else written(system, text)
        wishes = [{"system": system, "count": 0, **ANSWERS[answer], **wish} for wish in wishes]
        if looks:
            what = f"look-ups of the {what}"
            wishes += [
                {"system": system, "kind": "reset", "when": "after", "count": 1, **wish}
                for wish in written(system, text)
            ]
        kinds = frozenset({str(ANSWERS[answer]["kind"])})
        days = chance.choice(DAYS)
        return Struck(system, what, answer, loan, reference, days, wishes, chance, kinds)

    def _lent(self, chance: random.Random) -> int:
        debtor, number = self.ledger.borrow(chance), self.ledger.number("debt")
        self.ledger.debts[number] = {
            "debt_id": number, "debtor_id": debtor, "kind": "loan", "amount": Decimal(60_000),
            "remaining": Decimal(60_000), "is_paid": False, "currency": "COP",
            "created_on": self.ledger.today.isoformat(), "due_on": None,
            "principal": Decimal(50_000), "interest_pct": 20, "status": "OPEN",
            "instalments": None, "frequency": None,
        }  # fmt: skip
        return number

    def _strike(self) -> None:
        assert self.struck is not None
        for wish in self.struck.wishes:
            self.estate.control("POST", "faults", **wish)

    # ── the days ─────────────────────────────────────────────────────────────────────────────

    def lived(self) -> Struck | None:
        """Live through the mornings, and lift it. What was struck; None where nothing was."""
        struck = self.struck
        if struck is None:
            return None
        self.troubles.clear()
        self._strike()
        for _ in range(struck.days):
            self._morning(struck)
        self.trace.say(f"it is over: {struck}")
        self.troubles.clear()
        self.struck = None
        self._decide(struck, "drop" if struck.chance.random() < 0.1 else "retry")
        return struck

    def _morning(self, struck: Struck) -> None:
        self.estate.clock.move(DAY_S)
        self.ledger.today = self.estate.clock.true_day(self.estate.zone)
        self.ledger.as_of = self.ledger.today.isoformat()
        other = self._lent(struck.chance)
        struck.others.append(other)
        self.estate.deliveries.send(self.ledger, "json")
        before = self._times(struck)
        self._passes()
        tasks = self._compared(struck)
        if tasks is None:
            return
        through = [self._goes_on(each, tasks, each != other) for each in struck.others][-1]
        if through and self._times(struck) > before:
            struck.mornings += 1
        told = [task for task in tasks if self._names(struck, task)]
        if told and not struck.told:
            struck.told = True
            self.trace.count("told", told[0].code)
        if struck.mornings >= ENOUGH and not told and not self._known(struck):
            raise Broken("a person is told", f"of {struck} not in {struck.mornings} mornings")
        if told and struck.chance.random() < 0.3:
            self._decide(struck, "retry")
            struck.mornings = 0

    def _passes(self) -> None:
        for _ in range(MOST_PASSES):
            ended = self.work()
            done = [each(self.person, ended) for each in OF_THE_MORNING]
            self.estate.clock.move(600)
            if not any(done):
                return

    def _compared(self, struck: Struck) -> tuple[Task, ...] | None:
        """What the morning's report asks a person; None where nothing could be compared."""
        try:
            return self.estate.reconcile(full=False).verdict.tasks
        except BridgeError as error:
            self.trace.say(f"not compared, {struck}: {error}")
            return None

    def _goes_on(self, other: int, tasks: tuple[Task, ...], must: bool) -> bool:
        """Whether somebody else's loan is in all books. Broken where one of an earlier morning is
        not, and nothing but the document that is answered so is told."""
        for name in self.estate.systems:
            there = {document.row for document in kept(self.estate.books_of(name))}
            if f"{PREFIX}-L{other}" in there:
                continue
            about = {f"loan:{other}", f"{PREFIX}-L{other}"}
            said = [t for t in tasks if t.loan == str(other) or row_of(t.subject) in about]
            if must and not [t for t in said if not t.code.startswith("outbox.")]:
                raise Broken("others go on", f"{name}: debt {other} is not there: {said}")
            return False
        return True

    def _times(self, struck: Struck) -> int:
        """How often requests were answered so by now."""
        faults = self.estate.control("GET", f"{struck.system}/calls")["faults"]
        return sum(times for kind, times in faults.items() if kind in struck.kinds)

    def _names(self, struck: Struck, task: Task) -> bool:
        if task.system not in ("", struck.system):
            return False
        debtor = self.ledger.debts[struck.loan]["debtor_id"]
        names = {struck.reference, f"{PREFIX}-L{struck.loan}", f"{PREFIX}-D{debtor}"}
        return task.loan == str(struck.loan) or row_of(task.subject) in names

    def _known(self, struck: Struck) -> bool:
        """Whether the bridge knows that it is in the books."""
        there = {document.row for document in kept(self.estate.books_of(struck.system))}
        waits = [
            entry
            for name, entry in self.person.waiting(State.PENDING, State.IN_DOUBT, State.SENDING)
            if name == struck.system and row_of(entry.reference) == struck.reference
        ]
        return struck.reference in there and not waits

    def _decide(self, struck: Struck, verb: str) -> None:
        """What the words of the task say, for what the books would not take."""
        for name, entry in self.person.waiting(State.REJECTED):
            if name == struck.system and self._is_of(struck, entry):
                self.person.outbox(verb, entry)
                struck.dropped = struck.dropped or verb == "drop"
                self.trace.count("decisions", f"{verb} what was answered so for ever")
                self.trace.say(
                    f"person: {verb} {entry.reference}: {entry.code} {english(entry.detail)}"
                )

    def _is_of(self, struck: Struck, entry: Entry) -> bool:
        debtor = self.ledger.debts[struck.loan]["debtor_id"]
        names = (struck.reference, f"{PREFIX}-L{struck.loan}", f"{PREFIX}-D{debtor}")
        return row_of(entry.reference) in names

    # ── when nothing is under way ────────────────────────────────────────────────────────────

    def is_well(self, struck: Struck) -> None:
        """It was lifted, and a person did what the words say: it is there, and is known."""
        left = [
            entry.reference
            for name, entry in self.person.waiting(State.REJECTED)
            if name == struck.system and entry.code in LOOKED_FOR_FIRST
        ]
        if left:
            raise Broken("what was answered so is over", f"{struck}: {left} still wait")
        there = {document.row for document in kept(self.estate.books_of(struck.system))}
        if struck.dropped or struck.reference in there:
            self.trace.count("for ever", "dropped" if struck.dropped else "ended well")
            return
        tasks = self._compared(struck) or ()
        if not [task for task in tasks if self._names(struck, task)]:
            raise Broken("what was answered so is over", f"{struck}: it is nowhere")
        self.trace.say(f"not there after all, and told: {struck}")
        self.trace.count("for ever", "told in the end")


def written(system: str, text: str) -> list[dict[str, Any]]:
    """Every write that has this text in it."""
    path = PATHS[system]
    return [{"match": {"method": m, "path": path, "body": text}} for m in ("POST", "PUT")]


def asked_about(system: str, text: str) -> list[dict[str, Any]]:
    """Every question that has this text in it."""
    if system == "quickbooks":
        return [{"match": {"method": "POST", "path": "/query", "body": text}}]
    return [{"match": {"method": "GET", "path": text}}]
