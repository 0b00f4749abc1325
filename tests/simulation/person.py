"""The person who is asked when a pass ends with a question, and what they may decide.

`DECISIONS` is the list of everything they know how to do. Each looks at how the pass ended and
does one thing about it, or nothing. More decisions are more functions in the list.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bridge.core.delivery import Operation, State
from bridge.core.identity import BooksId
from bridge.errors import BridgeError, ConfigurationError, LoginRequired, SnapshotRefused
from bridge.pipeline.limits import UnsafePlan
from bridge.pipeline.rebuild import rebuild
from bridge.pipeline.second_writer import SecondWriter
from bridge.pipeline.sync import SyncResult
from bridge.report.details import english
from bridge.store import Entry
from tests.in_words import in_words
from tests.pipeline.world import COMPANIES
from tests.simulation.estate import Estate
from tests.simulation.hand import Hand
from tests.simulation.ledger import FieldLedger
from tests.simulation.trace import Trace

PATIENCE = 2
"""How often the same question is answered with "try again"."""


@dataclass
class Ended:
    """How a pass ended: with a result, or stopped by an error."""

    result: SyncResult | None = None
    error: BridgeError | None = None
    killed: bool = False
    disk: bool = False

    def __str__(self) -> str:
        if self.error is not None:
            problems = [*map(str, self.error.problems)]
            return f"{type(self.error).__name__}: {self.error} {problems}"
        stops = [f"{n}: {type(e).__name__}: {e} {[*map(str, e.problems)]}" for n, e in self.stops()]
        verdict = f"{self.result.verdict}: {self.result.reason}" if self.result else "died"
        return "; ".join([verdict, *stops])

    def stops(self) -> list[tuple[str, BridgeError]]:
        """(system, error) of everything that stopped a system before its time."""
        systems = self.result.systems if self.result else {}
        return [(name, done.stopped) for name, done in systems.items() if done.stopped]


@dataclass
class Person:
    estate: Estate
    ledger: FieldLedger
    hand: Hand
    trace: Trace
    chance: random.Random
    approval: str | None = None
    """What the next pass is told with --approve."""
    takes_over: str = ""
    """Who says to the next pass that nobody else posts to these books any more."""
    asked: Counter[str] = field(default_factory=Counter)

    def decide(self, ended: Ended) -> bool:
        """Do something about the questions. False when there is nothing left to do."""
        for name, entry in self.waiting(State.REJECTED, State.DRIFTED):
            said = f"{entry.state.value} {entry.code} {english(entry.detail)[:300]}"
            self.trace.say(f"asked: {name} {entry.operation.value} {entry.reference}: {said}")
        done = False
        for decision in DECISIONS:
            what = decision(self, ended)
            if what:
                self.trace.count("decisions", decision.__name__)
                self.trace.say(f"person: {decision.__name__}: {what}")
                done = True
        return done

    def waiting(self, *states: State) -> list[tuple[str, Entry]]:
        """(system, entry) of everything in these states, oldest first."""
        with self.estate.known() as store, store.read() as work:
            return [
                (name, entry)
                for name in self.estate.systems
                for state in states
                for entry in work.entries.of(
                    BooksId(name, COMPANIES[name]), state=state, limit=10_000
                )
            ]

    def external_id(self, system: str, entry: Entry) -> str:
        """The document that an entry is about, as the books name it; empty when none is."""
        with self.estate.known() as store, store.read() as work:
            reference = entry.target or entry.reference
            bound = work.bindings.named(BooksId(system, COMPANIES[system]), reference)
        return bound.external_id if bound else ""

    def outbox(self, verb: str, entry: Entry) -> None:
        """`ledger-bridge outbox retry` or `drop`."""
        with self.estate.bridge() as bridge, bridge.store.begin() as work:
            act = work.decisions.retry if verb == "retry" else work.decisions.drop
            act(entry.id, "ana", self.estate.clock.now().isoformat())


Decision = Callable[[Person, Ended], str]
"""Does one thing about how a pass ended. Says what it did; nothing when it was nothing."""


def approve(person: Person, ended: Ended) -> str:
    """A plan over the limits is right, and goes on under the digest that the message named."""
    unsafe = [(name, stop) for name, stop in ended.stops() if isinstance(stop, UnsafePlan)]
    if not unsafe:
        return ""
    person.approval = unsafe[0][1].plan.digest
    return f"the plan of {unsafe[0][0]}"


def believe(person: Person, ended: Ended) -> str:
    """The ledger really is smaller: the limit is raised for one pass."""
    if not isinstance(ended.error, SnapshotRefused):
        return ""
    if not all("limits]" in english(problem.fix) for problem in ended.error.problems):
        return ""
    person.estate.believed = True
    return "the ledger is smaller"


def take_over(person: Person, ended: Ended) -> str:
    """The other bridge is stopped, or there was none: this one goes on."""
    posts = [n for n, stop in ended.stops() if isinstance(stop, SecondWriter)]
    words = " ".join(in_words(stop) for n, stop in ended.stops() if n in posts)
    if "sync --take-over" not in words:
        return ""
    person.takes_over = "ana"
    return ", ".join(posts)


def know_again(person: Person, ended: Ended) -> str:
    """The state never had to do with what is in the books: it was lost."""
    told = [in_words(stop) for _, stop in ended.stops() if isinstance(stop, SecondWriter)]
    if not any("lost: ledger-bridge rebuild" in words for words in told):
        return ""
    if any(isinstance(stop, LoginRequired) for _, stop in ended.stops()):
        return ""  # it would be refused: they log in first
    _reactivate(person, [each for each in person.hand.inactive if each[1]["kind"] == "account"])
    with person.estate.bridge() as bridge:
        done = rebuild(bridge, "ana")
    return ", ".join(f"{each.documents} in {each.system}" for each in done.systems)


def look_again(person: Person, ended: Ended) -> str:
    """What the books had and the state did not know is known by now: the next pass goes on."""
    del person
    tasks = ended.result.answer.tasks if ended.result else ()
    return ", ".join(english(task.detail) for task in tasks if task.code == "pass.restored")


def log_in_again(person: Person, ended: Ended) -> str:
    lost = [name for name, stop in ended.stops() if isinstance(stop, LoginRequired)]
    for name in lost:
        person.estate.connect(name)
    return ", ".join(lost)


def bring_accounts_back(person: Person, ended: Ended) -> str:
    """The mapping names what somebody made inactive."""
    stopped = {name for name, stop in ended.stops() if isinstance(stop, ConfigurationError)}
    back = [each for each in person.hand.inactive if each[0] in stopped]
    _reactivate(person, back)
    return ", ".join(f"{wish['kind']} in {name}" for name, wish in back)


def bring_customers_back(person: Person, ended: Ended) -> str:
    """Documents were refused, and customers are inactive: they come back."""
    del ended
    refused = {name for name, _ in person.waiting(State.REJECTED)}
    back = [e for e in person.hand.inactive if e[0] in refused and e[1]["kind"] == "customer"]
    _reactivate(person, back)
    return f"{len(back)} of them" if back else ""


def _reactivate(person: Person, inactive: Sequence[tuple[str, dict[str, str]]]) -> None:
    for each in inactive:
        person.hand.inactive.remove(each)
        person.hand.do(each[0], action="reactivate", **each[1])


def rename_namesake(person: Person, ended: Ended) -> str:
    """A customer of that name is in the books already, and is somebody else."""
    del ended
    for name, entry in person.waiting(State.REJECTED):
        wanted = getattr(entry.document, "name", "")
        if entry.code != "name_taken" or not wanted:
            continue
        to = f"{wanted} {person.hand.number()}"
        wish = {"kind": "customer", "name": wanted, "to": to}
        if person.hand.do(name, action="rename", **wish) is not None:
            person.outbox("retry", entry)
            return entry.reference
    return ""


def put_books_right(person: Person, ended: Ended) -> str:
    """An edit by hand was a mistake: the document says again what it said before."""
    del ended
    for name, entry in person.waiting(State.DRIFTED):
        key = (name, person.external_id(name, entry))
        was = person.hand.before.get(key)
        if was is None or person.asked[f"right {name} {entry.reference}"]:
            continue
        person.asked[f"right {name} {entry.reference}"] += 1
        kind = entry.document.kind.value
        wish = {"kind": kind, "number": entry.reference, "id": key[1], "set": was}
        if person.hand.do(name, action="edit", **wish) is not None:
            person.hand.forget(*key)
            # What was created is there and right now: there is nothing left to send.
            person.outbox("drop" if entry.operation is Operation.CREATE else "retry", entry)
            return f"{entry.reference} in {name}"
    return ""


def try_again(person: Person, ended: Ended) -> str:
    """What was refused is sent again, planned anew."""
    del ended
    again = []
    for name, entry in person.waiting(State.REJECTED, State.DRIFTED):
        if entry.operation is Operation.CREATE and entry.state is State.DRIFTED:
            continue  # it is in the books: there is nothing to send
        question = f"{name} {entry.operation} {entry.reference}"
        person.asked[question] += 1
        if person.asked[question] <= PATIENCE:
            person.outbox("retry", entry)
            again.append(entry.reference)
    return ", ".join(again)


def put_ledger_back(person: Person, ended: Ended) -> str:
    """The ledger's edit is undone, because the books cannot follow it."""
    del ended
    for _, entry in person.waiting(State.DRIFTED, State.REJECTED):
        wants_to = entry.loan[1] and person.chance.random() < 0.3
        if wants_to and person.ledger.put_back(int(entry.loan[1])):
            return f"payments of debt {entry.loan[1]}"
    return ""


def drop(person: Person, ended: Ended) -> str:
    """Not to be sent, ever."""
    del ended
    for name, entry in person.waiting(State.REJECTED, State.DRIFTED):
        if person.asked[f"{name} {entry.operation} {entry.reference}"] <= PATIENCE:
            continue
        question = f"drop {name} {entry.id}"
        person.asked[question] += 1
        if person.asked[question] == 1 and person.chance.random() < 0.25:
            person.outbox("drop", entry)
            return f"{entry.operation.value} {entry.reference} in {name}"
    return ""


DECISIONS: list[Decision] = [
    approve,
    believe,
    take_over,
    know_again,
    look_again,
    log_in_again,
    bring_accounts_back,
    bring_customers_back,
    rename_namesake,
    put_books_right,
    put_ledger_back,
    try_again,
    drop,
]
