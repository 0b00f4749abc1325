"""One seed's whole life of a lender: days of work and trouble, quiet moments, and the laws."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bridge.cli import failures
from bridge.errors import BridgeError, SnapshotRefused, TryLater
from bridge.pipeline.sync import SyncResult
from bridge.sandbox.server import SandboxServer
from tests.pipeline.world import Killed
from tests.recount.abroad import lends_in
from tests.simulation.agenda import Agenda, Event
from tests.simulation.deeds import DEEDS, grow_old, lend
from tests.simulation.deliveries import FORMS, MISHAPS
from tests.simulation.desk import Desk
from tests.simulation.estate import ZONES, Estate
from tests.simulation.forever import Forever
from tests.simulation.hand import TOUCHES, Hand
from tests.simulation.laws import check
from tests.simulation.ledger import Deed, FieldLedger
from tests.simulation.mislaid import Mislaid
from tests.simulation.person import Ended, Person
from tests.simulation.postbox import Postbox
from tests.simulation.quiet import Quiet
from tests.simulation.seams import Seams
from tests.simulation.settings import (
    OWN,
    RATES,
    SYSTEMS,
    limits,
    mapping,
    modes,
    readings,
    rules,
    switches,
    whole_currency,
)
from tests.simulation.strange import Strange
from tests.simulation.trace import Broken, Trace
from tests.simulation.troubles import Troubles
from tests.simulation.untrue import Untrue

MOST_PASSES = 60
"""A quiet moment that does not come within so many passes does not come."""
LONGEST_WAIT_S = 25 * 3600
"""No books ask for more than the rest of a day, also where that is one of 25 hours."""
LISTED_AFTER_S = 300
"""Listings may lag behind writes; the laws are about what they show when they have caught up."""


@dataclass
class Outcome:
    """How a run ended."""

    seed: int
    days: int
    systems: tuple[str, ...]
    trace: Trace
    met: list[str]
    lived: int
    """The day on which it ended."""
    broken: Broken | None = None

    @property
    def law(self) -> str:
        return self.broken.law if self.broken else ""


def run(
    seed: int,
    days: int,
    sandbox: SandboxServer,
    *,
    systems: Sequence[str] = (),
    only: Collection[str] | None = None,
) -> Outcome:
    """Live through the days of a seed. A broken law ends it, and is in the outcome."""
    with tempfile.TemporaryDirectory(prefix="simulation-") as folder:
        trace, broken = Trace(Path(folder)), None
        seams = Seams(trace)
        with trace.listening(), seams.in_place(seed):
            sandbox.control.reset()
            life = Life(seed, days, Path(folder), sandbox, tuple(systems), only, seams)
            try:
                life.live()
            except Broken as found:
                broken = found
                life.trace.say(f"broken: {found}")
            finally:
                life.estate.close()
    lived = life.trace.figures["days"]["simulated"]
    met = life.agenda.met
    return Outcome(seed, days, life.estate.systems, life.trace, met, lived, broken)


class Life:
    """The days of one seed."""

    def __init__(
        self,
        seed: int,
        days: int,
        folder: Path,
        sandbox: SandboxServer,
        systems: tuple[str, ...],
        only: Collection[str] | None,
        seams: Seams,
    ) -> None:
        self.days = days
        self.agenda = Agenda(seed, only)
        self.seams, self.trace = seams, seams.trace
        self.accepted = False
        """Whether the newest whole delivery is known to have been taken in."""
        start = self.agenda.stream("start")
        drawn = start.choice(SYSTEMS)
        oauth = start.random() < 0.4
        zone = self.agenda.stream("zone").choice(ZONES)
        self.estate = Estate(folder, sandbox, systems=systems or drawn, oauth=oauth, zone=zone)
        day = date(2026, 1, 15) + timedelta(days=start.randrange(0, 350))
        moment = datetime(day.year, day.month, day.day, 15, 0, tzinfo=UTC)
        self.estate.control("POST", "clock", still=True, at=moment.isoformat())
        self.seams.pass_time = self.seams.drips.pass_time = self.estate.clock.move
        self.seams.skew = self.estate.clock.leap_ahead
        self.seams.pace_s = start.choice((0.0, 0.2, 1.5))
        self.ledger = FieldLedger(self.estate.clock.true_day(self.estate.zone))
        self.hand = Hand(self.estate, self.trace)
        self.desk = Desk(self.estate, self.hand, self.trace)
        self.troubles = Troubles(self.estate, self.seams, self.agenda, self.trace)
        self.strange = Strange(self.estate, self.seams, self.agenda, self.trace)
        self.untrue = Untrue(self.estate, self.agenda, self.hand, self.trace)
        self.person = Person(
            self.estate, self.ledger, self.hand, self.trace, self.agenda.stream("person")
        )
        self.forever = Forever(
            self.estate, self.ledger, self.troubles, self.agenda, self.person, self._pass
        )
        self.mislaid = Mislaid(
            self.estate, self.troubles, self.agenda, self.hand, self.desk, self._pass
        )
        self.postbox = Postbox(
            folder, self.estate.clock, self.ledger, self.agenda, self.trace, self._pass
        )
        self._set_up()

    def _set_up(self) -> None:
        """The lender's settings, and what the products are like."""
        chance = self.agenda.stream("settings")
        chosen = rules(chance)
        self.ledger.as_due = chosen["interest"] == "as_due"
        self.estate.overrides |= limits(chance) | modes(chance)
        read = readings(self.agenda.stream("readings"))
        self.estate.overrides |= read
        if read and "zoho" in self.estate.systems:
            self.trace.count("settings", "reads Zoho by what changed")
        own = self.agenda.stream("own").choice(OWN)
        self.hand.taken_back = frozenset(own)
        self.trace.count("settings", f"lives in {self.estate.zone}")
        self.trace.say(f"rules {chosen}, own {own}, settings {self.estate.overrides}")
        self._draw_cutover()
        whole = self.ledger.whole = whole_currency(self.agenda.stream("also lends"))
        if whole:
            lends_in(self.estate.sandbox, whole, {"2025-01-01": RATES[whole]})
            self.trace.count("settings", f"lends in {whole}")
        for name in self.estate.systems:
            folder = self.estate.folder / "mappings"
            path = mapping(name, chosen, own, folder, whole)
            self.estate.overrides[f"LEDGER_BRIDGE_SYSTEMS__{name.upper()}__MAPPING"] = str(path)
            drawn = switches(name, self.agenda.stream("switches", name))
            self.estate.control("POST", f"{name}/settings", **drawn)
            self.trace.say(f"{name}: {drawn}")
            if self.estate.oauth:
                self.estate.connect(name)

    def _draw_cutover(self) -> None:
        """A third of the lenders have lent before they went live."""
        chance = self.agenda.stream("cutover")
        if chance.random() < 0.33:
            day = self.ledger.today + timedelta(days=chance.choice((-3, 0, 1)))
            self.ledger.cutover = day.isoformat()
            for name in self.estate.systems:
                key = f"LEDGER_BRIDGE_SYSTEMS__{name.upper()}__CUTOVER"
                self.estate.overrides[key] = self.ledger.cutover
            self.trace.count("settings", "cutover")

    def live(self) -> None:
        for day in range(1, self.days + 1):
            self.trace.count("days", "simulated")
            self._calendar(day)
            self._field(day)
            self.forever.begin(day)
            self._bookkeeper(day)
            self._webhooks(day, "webhook")
            self._deliver(day)
            self._work(day)
            self._answered_for_ever()
            chance = self.agenda.stream("quiet", day)
            if day == self.days or chance.random() < 0.6:
                self._rest()
                self._check()
                self._desk(day)

    def _answered_for_ever(self) -> None:
        """The days in which one document is answered so; then it is over, and all is well."""
        struck = self.forever.lived()
        if struck is None:
            return
        self._rest()
        self.estate.clock.move(LISTED_AFTER_S)
        self._check()
        self.forever.is_well(struck)

    def _check(self) -> None:
        self.estate.clock.move(LISTED_AFTER_S)
        self.mislaid.all_is_told()
        check(Quiet(self.estate, self.ledger, self.hand, self.seams, self.trace))

    def _desk(self, day: int) -> None:
        """Somebody answers what the report asks; seldom, everything that was known is lost."""
        for event in self.agenda.events(day, "desk"):
            self.desk.sit_down(event.chance())
        for event in self.agenda.events(day, "loss"):
            if event.chance().random() < 0.3:
                self.desk.lose_the_state()
                self._rest()
                self._check()
        for event in self.agenda.events(day, "page"):
            if self.mislaid.spoil(event.chance()):
                self._rest()
                self._check()
        for _ in self.agenda.events(day, "stranger"):
            self.mislaid.stranger()

    # ── a day ────────────────────────────────────────────────────────────────────────────────

    def _calendar(self, day: int) -> None:
        """Time goes on: a day, mostly; the bridge's own clock may go wrong."""
        clock, zone = self.estate.clock, ZoneInfo(self.estate.zone)
        offset = clock.truth().astimezone(zone).utcoffset()
        hours = 24.0
        for event in self.agenda.events(day, "calendar"):
            chance = event.chance()
            kind = self.agenda.pick(chance, {"hours": 5, "days": 4, "month": 2, "year": 1})
            hours = {
                "hours": chance.uniform(1, 40),
                "days": 24.0 * chance.randrange(2, 12),
                "month": 24.0 * chance.randrange(28, 75),
                "year": self._hours_to_new_year(),
            }[kind]
        clock.move(int(hours * 3600))
        if clock.truth().astimezone(zone).utcoffset() != offset:
            self.trace.count("days", "on which the clock was changed")
        for event in self.agenda.events(day, "skew"):
            chance = event.chance()
            minutes = chance.choice((-600, -90, -7, -1, 0, 1, 7, 90, 600))
            clock.skew = timedelta(minutes=minutes)
        self.ledger.today = clock.true_day(self.estate.zone)
        self.ledger.as_of = self.ledger.today.isoformat()
        self.trace.say(f"day {day}: {clock.now().isoformat()}, skew {clock.skew}")

    def _hours_to_new_year(self) -> float:
        today = self.estate.clock.true_day(self.estate.zone)
        days = (date(today.year + 1, 1, 2) - today).days
        return 24.0 * days if days < 90 else 24.0

    def _field(self, day: int) -> None:
        first = self.agenda.events(day, "lend", 6) if day == 1 else ()
        for event in first:
            self._deed(event, lend)
        for event in self.agenda.events(day, "old") if day == 1 and self.ledger.cutover else ():
            self._deed(event, grow_old)
        for event in self.agenda.events(day, "field"):
            self._deed(event, None)

    def _deed(self, event: Event, deed: Deed | None) -> None:
        chance = event.chance()
        act = deed or self.agenda.pick(chance, DEEDS)
        what = act(self.ledger, chance)
        if what:
            self.trace.count("ledger", act.__name__)
            self.trace.say(f"{event.name} ledger: {what}")

    def _bookkeeper(self, day: int) -> None:
        for event in self.agenda.events(day, "hand"):
            chance = event.chance()
            touch = self.agenda.pick(chance, TOUCHES)
            self.trace.say(f"{event.name}: {touch.__name__}")
            touch(self.hand, chance.choice(self.estate.systems), chance)

    def _webhooks(self, day: int, topic: str) -> None:
        """The app calls: before the delivery that has what it tells, or into the day's troubles."""
        for event in self.agenda.events(day, topic):
            self.postbox.receive(event.chance())

    def _deliver(self, day: int) -> None:
        """The ledger arrives, or something else in its place first."""
        deliveries = self.estate.deliveries
        form = self.agenda.pick(self.agenda.stream("form", day), FORMS)
        for event in self.agenda.events(day, "delivery"):
            if not deliveries.before:
                break
            chance = event.chance()
            mishap = self.agenda.pick(chance, MISHAPS)
            what = mishap(deliveries, chance)
            if not what:
                continue
            self.trace.count("deliveries", mishap.__name__)
            self.trace.say(f"{event.name} delivery: {what}")
            self._must_be_refused(what)
        self._send(form)

    def _send(self, form: str) -> None:
        self.estate.deliveries.send(self.ledger, form)
        self.accepted = False
        self.trace.say(f"delivered as {form}")

    def _must_be_refused(self, what: str) -> None:
        """A pass believes nothing that is wrong, as far as it can know that, and asks nobody."""
        before, known = self.seams.requests, self.accepted
        must = what.startswith("unreadable") or (what.startswith("unbel") and known)
        ended = self._pass()
        self.accepted = known  # what was taken in now is not the newest
        if not must:
            return
        if ended.result is not None:
            raise Broken("a bad delivery is refused", f"{what}, and the pass ended {ended}")
        if isinstance(ended.error, SnapshotRefused) and self.seams.requests != before:
            raise Broken("a bad delivery is refused", f"{what}, and the books were asked")

    def _work(self, day: int) -> None:
        """Passes of the day, with everything that goes wrong in them."""
        self.troubles.arm(day)
        self.strange.arm(day)
        self.untrue.arm(day)
        self.mislaid.arm(day)
        self._webhooks(day, "swarm")
        again = sum(1 for _ in self.agenda.events(day, "again"))
        for _ in range(1 + again + min(len(self.seams.armed), 3)):
            self._pass()
            self.estate.clock.move(self.agenda.stream("wait", day).choice((0, 30, 700)))
        for event in self.agenda.events(day, "look"):
            self._look(event.chance())
        self.mislaid.night(day)

    def _look(self, chance: random.Random) -> None:
        """Somebody compares while things are under way, and what went wrong still does."""
        full, ended = chance.random() < 0.4, Ended()
        try:
            self.estate.reconcile(full=full)
            how = "done"
        except (Exception, Killed) as error:  # noqa: BLE001  what nobody expected is a law too
            how = self._stopped(error, ended)
        finally:
            self.troubles.pass_over()
        self.trace.count("looks", how.partition(":")[0])
        self.trace.say(f"looked {'at everything' if full else ''}: {how}")

    # ── passes ───────────────────────────────────────────────────────────────────────────────

    def _pass(self) -> Ended:
        """One run of the program, however it ends."""
        approval, self.person.approval = self.person.approval, None
        takes_over, self.person.takes_over = self.person.takes_over, ""
        ended = Ended()
        how = ""
        try:
            ended.result = self.estate.sync(approval, takes_over, self._heard)
            how = f"{ended.result.verdict}: {ended.result.reason}"
            self.accepted = True
            self._count(ended)
        except Broken:
            raise
        except (Exception, Killed) as error:  # noqa: BLE001  what nobody expected is a law too
            how = self._stopped(error, ended)
        finally:
            self.troubles.pass_over()
        self.estate.believed = False
        word = ended.result.verdict if ended.result else how.partition(":")[0]
        self.trace.count("passes", word)
        self.trace.say(f"pass: {how}")
        return ended

    def _heard(self, result: SyncResult) -> None:
        self.mislaid.heard(Ended(result=result))

    def _stopped(self, error: BaseException, ended: Ended) -> str:
        """What stopped a pass. What a dead process raises on its way out, nobody hears."""
        if self.seams.dead:
            ended.killed = True
            return "killed"
        if isinstance(error, BridgeError):
            ended.error = error
            return f"{type(error).__name__}: {error}"
        words = failures.known(error)
        if words is None:
            raise Broken("no unexpected error", f"{type(error).__name__}: {error}") from error
        ended.disk = True
        self.trace.count("faults", "disk full")
        return f"disk: {words}"

    def _count(self, ended: Ended) -> None:
        assert ended.result is not None
        for done in ended.result.systems.values():
            self.trace.count("documents", "posted", done.posting.posted)
            self.trace.count("documents", "in doubt, looked up", done.posting.doubted)
            self.trace.count("documents", "rejected", done.posting.rejected)

    def _rest(self) -> None:
        """Nothing is under way; what is the ledger's own and was edited is seen, and put back, and
        so is what may be ours and is gone meanwhile."""
        self._come_to_rest()
        if self.hand.taken_back or self._likeness_is_asked():
            self.estate.clock.move(LISTED_AFTER_S)
            self.estate.reconcile(full=False)
            self._come_to_rest()

    def _likeness_is_asked(self) -> bool:
        with self.estate.dry() as bridge, bridge.store.read() as work:
            return any(
                hold.code == "books.lookalike"
                for books in bridge.books.values()
                for hold in work.plans.holds(books.id)
            )

    def _come_to_rest(self) -> None:
        """Everything that went wrong is over: passes run until nothing is left but questions."""
        self.trace.say("the storm is over")
        self.troubles.clear()
        clock, grace = self.estate.clock, 3
        for _ in range(MOST_PASSES):
            clock.move(60)
            ended = self._pass()
            if ended.killed or ended.disk:
                raise Broken("it comes to rest", "it died of a fault that was cleared")
            if ended.result and ended.result.verdict == "clean":
                return
            if self._wait_for(ended):
                continue
            if self.person.decide(ended):
                self._send("json")
                continue
            if grace and ended.stops():
                grace -= 1  # what was put right may not be listed yet
                clock.move(LISTED_AFTER_S)
                continue
            if ended.error or ended.stops():
                raise Broken("it comes to rest", f"nobody knows what to do: {ended}")
            return
        raise Broken("it comes to rest", f"not within {MOST_PASSES} passes")

    def _asked_to_wait_s(self) -> float:
        """How long the books asked what is to be sent to wait: until midnight, where that was the
        last call of a day."""
        now = self.estate.clock.now()
        with self.estate.dry() as bridge, bridge.store.read() as work:
            books = [each.id for each in bridge.books.values()]
            return max((work.outbox.due_in_s(where, now) or 0 for where in books), default=0)

    def _wait(self, seconds: float) -> None:
        if seconds > LONGEST_WAIT_S:
            raise Broken("no wait is endless", f"{seconds:.0f} s")
        self.estate.clock.move(max(seconds, 600))

    def _wait_for(self, ended: Ended) -> bool:
        """Whether only time is needed; then it passes."""
        stops = [stop for _, stop in ended.stops()]
        errors = [*stops, *([ended.error] if ended.error else [])]
        later = [error for error in errors if isinstance(error, TryLater)]
        if later:
            self._wait(max(error.retry_after_s or 0 for error in later))
        elif ended.result and ended.result.verdict == "later":
            self._wait(self._asked_to_wait_s())
            self.estate.reconcile(full=False)  # the last one may be what could not be made
        return bool(later) or bool(ended.result and ended.result.verdict == "later")
