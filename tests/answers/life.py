"""A small lender's life up to the moments at which calls are made, and its way back to quiet."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests

from bridge import wiring
from bridge.core.delivery import WAITS_FOR_A_PERSON
from bridge.core.identity import BooksId
from bridge.core.tie_out.items import ItemKind
from bridge.core.tie_out.reconciliation import Reconciliation
from bridge.core.tie_out.verdict import Result
from bridge.errors import BridgeError
from bridge.pipeline import decide
from bridge.pipeline.context import Live
from bridge.pipeline.reconcile import compare
from bridge.pipeline.sync import sync
from bridge.report.details import english
from bridge.settings import Settings
from tests.answers.ground import Ground
from tests.in_words import in_words
from tests.pipeline.ledger import Rows
from tests.pipeline.lent import lent
from tests.pipeline.world import GONE, SharedClock, World

BEGAN = datetime(2026, 11, 20, 11, 0, tzinfo=UTC)
BROWSER = "http://localhost:8766/callback"
DAY_S = 86_400
LOANS = {
    11: "invoice", 12: "receipt", 13: "credit note", 14: "recovery", 15: "write-off",
    17: "receipt", 18: "credit note", 19: "invoice", 20: "recovery",
}  # fmt: skip
ABROAD = 21
PASSES = 8
"""So many days after the answer everything must be well."""


@dataclass
class Said:
    """How a verb ended: its exit code, its words, and what nobody had foreseen."""

    code: int
    words: str
    unforeseen: BaseException | None = None
    agrees: bool = False
    """Whether it says that ledger and books agree, with nothing that explains a difference."""
    tasks: frozenset[tuple[str, str]] = frozenset()
    """What a person is asked: codes, and what they are about."""


@dataclass
class Moment:
    """A point of the life to come back to."""

    files: Path
    company: bytes
    at: datetime


def lender() -> Rows:
    """Loans with every kind of document, one of them in another currency."""
    made = lent({**LOANS, ABROAD: "receipt"})
    made.debts[ABROAD]["currency"] = "MXN"
    return made


def changed(ledger: Rows) -> None:
    """A day in the field: edited, taken back, forgiven, cancelled and new."""
    ledger.debts[11]["due_on"] = "2027-01-01"
    ledger.debtors[12]["name"] = "Persona 12 y Cía"
    ledger.movements[121]["amount"] = 25_000
    del ledger.movements[171]
    del ledger.movements[182]
    del ledger.debts[19], ledger.debtors[19]
    del ledger.movements[204]
    more = lent({31: "receipt", 32: "credit note"})
    ledger.debtors |= more.debtors
    ledger.debts |= more.debts
    ledger.movements |= more.movements
    ledger.movements[122] = ledger.movements[121] | {"movement_id": 122, "amount": 7_000}


@dataclass
class Life(World):
    """A `World` with logins, in the books of a sandbox in another process."""

    sandbox: Ground  # type: ignore[assignment]
    _session: requests.Session = field(default_factory=requests.Session)
    _settings: Settings | None = None

    def __post_init__(self) -> None:
        (self.folder / "now").mkdir(parents=True, exist_ok=True)
        self.kept, self.folder = self.folder, self.folder / "now"
        self.clock = SharedClock(BEGAN)
        self.clock.sandbox_url = self.sandbox.url
        self.overrides = {
            "LEDGER_BRIDGE_LIMITS__SHRINK_MONEY_PERCENT": "100",
            "LEDGER_BRIDGE_LIMITS__SHRINK_ROWS_PERCENT": "100",
            "LEDGER_BRIDGE_SOURCE__MAX_AGE_DAYS": "36500",
        }

    def environment(self) -> dict[str, str]:
        section = f"LEDGER_BRIDGE_SYSTEMS__{self.system.upper()}__"
        found = super().environment() | {f"{section}ACCESS": "oauth", f"{section}PARALLEL": "1"}
        del found[f"{section}STATIC_TOKEN"]
        return found | self.overrides

    def keep(self, name: str) -> Moment:
        """This moment, to come back to."""
        files = self.kept / name
        shutil.copytree(self.folder, files)
        return Moment(files, self.sandbox.save(self.system), self.clock.now())

    def back_to(self, moment: Moment) -> None:
        shutil.rmtree(self.folder)
        shutil.copytree(moment.files, self.folder)
        self.clock = SharedClock(moment.at)
        self.clock.sandbox_url = self.sandbox.url
        self.sandbox.load(self.system, moment.company, moment.at.isoformat())

    def settings(self) -> Settings:
        """Read once: nobody edits them."""
        if self._settings is None:
            self._settings = super().settings()
        return self._settings

    @contextmanager
    def bridge(self) -> Iterator[Live]:
        with wiring.open_bridge(self.settings(), clock=self.clock) as bridge:
            yield bridge

    def connect(self) -> None:
        """`ledger-bridge connect`, with a person at the browser."""
        with wiring.open_login(self.settings(), self.system, self.clock) as login:
            page = login.begin(BROWSER)
            back = self._session.get(page, allow_redirects=False, timeout=60)
            login.finish(back.headers["Location"], "demo-secret")

    # ── verbs, and how they end ──────────────────────────────────────────────────────────────

    def said(self, verb: Callable[[], Said]) -> Said:
        """As the command line does it: words for what was foreseen, and for nothing else."""
        try:
            return verb()
        except BridgeError as error:
            return Said(error.exit_code, in_words(error).replace("\n", "; "))
        except Exception as error:  # noqa: BLE001  (the one at the top)
            return Said(1, f"unexpected {type(error).__name__}: {error}", error)

    def synced(self) -> Said:
        return self.said(lambda: self._opened(_synced))

    def compared(self) -> Said:
        return self.said(lambda: self._opened(_compared))

    def morning(self) -> tuple[Said, Said]:
        """A calm day's pass and comparison, in one process."""
        done: list[Said] = []

        def both(bridge: Live) -> Said:
            done.append(_synced(bridge))
            done.append(_compared(bridge))
            return done[-1]

        last = self.said(lambda: self._opened(both))
        return (done[0] if done else last), last

    def _opened(self, verb: Callable[[Live], Said]) -> Said:
        with self.bridge() as bridge:
            return verb(bridge)

    def reconciled(self) -> Reconciliation:
        with self.bridge() as bridge:
            return _reconciled(bridge)

    def connected(self) -> Said:
        def verb() -> Said:
            self.connect()
            return Said(0, "connected")

        return self.said(verb)

    # ── what a person does ───────────────────────────────────────────────────────────────────

    def retry(self) -> str:
        """`outbox retry` of everything that waits for a person, or `drop` where that is refused."""
        done: Counter[str] = Counter()
        with self.bridge() as bridge:
            with bridge.store.read() as work:
                waiting = [
                    entry
                    for state in WAITS_FOR_A_PERSON
                    for entry in work.entries.of(
                        BooksId(self.system, self.company), state=state, limit=1000
                    )
                ]
            for entry in waiting:
                for verb in ("retry", "drop"):
                    try:
                        with bridge.store.begin() as work:
                            getattr(work, verb)(entry.id, "ana", self.clock.now().isoformat())
                    except BridgeError:
                        continue
                    done[verb] += 1
                    break
        return " ".join(f"{verb} {count}" for verb, count in done.items())

    def repost(self, spared: frozenset[str]) -> int:
        """`drift repost` of every document that the books hold otherwise, those apart that they
        hold so in an undisturbed life as well."""
        (result,) = self.reconciled().systems
        kinds = {ItemKind.DRIFTED, ItemKind.MISMATCHED, ItemKind.TOMBSTONED, ItemKind.MISSING}
        wrong = {
            each.reference
            for each in result.items
            if each.kind in kinds and each.reference and each.reference not in spared
        }
        done = 0
        with self.bridge() as bridge:
            for reference in sorted(wrong):
                system = bridge.books[self.system].system
                try:
                    decide.repost(bridge.store, system, [reference], "ana", self.clock)
                except BridgeError:
                    continue  # it waits in the outbox, which `retry` is for
                done += 1
        return done


def _synced(bridge: Live) -> Said:
    result = sync(bridge)
    stops = [in_words(each.stopped) for each in result.systems.values() if each.stopped]
    return Said(result.exit_code, "; ".join([result.reason, *stops]))


def _compared(bridge: Live) -> Said:
    found = _reconciled(bridge)
    tasks = Counter(task.code for task in found.verdict.tasks)
    told = [each for result in found.systems for each in result.notices]
    details = [english(each.detail) for each in told if not found.verdict.green and each.detail]
    words = [f"{count} {code}" for code, count in sorted(tasks.items())]
    reason = "; ".join(words + details) or found.verdict.reason
    agrees = found.verdict.result is Result.AGREES
    asked = frozenset((task.code, task.subject) for task in found.verdict.tasks)
    return Said(found.verdict.exit_code, reason, agrees=agrees, tasks=asked)


def _reconciled(bridge: Live) -> Reconciliation:
    now, fresh = bridge.clock.now(), bridge.fresh
    return compare(bridge, bridge.today, now, fresh=fresh)


def there(books: dict[str, Any]) -> dict[str, Any]:
    """The books as what they say to a bookkeeper, whatever ids and versions they have."""
    back = {d["number"] for d in books["documents"] if d["kind"] == "credit_refund"}
    documents = Counter(
        (
            d["kind"], _plain(d["number"]), d["date"], d.get("due") or "",
            d["customer"], d["currency"], d["total"], d["open"],
        )
        for d in books["documents"]
        if d["status"] not in GONE and d["number"] not in back
        and f"{d['number']} void" not in back and d["kind"] != "credit_refund"
    )  # fmt: skip
    return {
        "documents": documents,
        "customers": Counter(
            (c["name"], c["currency"], c["open_balance"]) for c in books["customers"]
        ),
        "accounts": {
            (a["number"], a["name"], a["currency"]): a["balance"] for a in books["accounts"]
        },
    }


def _plain(number: str | None) -> str:
    """A number without the count of how often it was posted anew."""
    return re.sub(r"(?<=\d)\.\d+$", "", number or "")


def unlike(wanted: dict[str, Any], found: dict[str, Any]) -> list[str]:
    """What is in one of the books alone."""
    told = []
    for what in ("documents", "customers"):
        told += [f"missing {each}" for each in (wanted[what] - found[what]).elements()]
        told += [f"too many {each}" for each in (found[what] - wanted[what]).elements()]
    for account in sorted(wanted["accounts"].keys() | found["accounts"].keys(), key=str):
        one, other = wanted["accounts"].get(account), found["accounts"].get(account)
        if one != other:
            told.append(f"{account[1]}: {other}, not {one}")
    return told


@dataclass
class Stage:
    """A stretch of the life in which calls are made: what goes before it, and its verbs."""

    name: str
    verbs: tuple[str, ...]
    prepare: Callable[[Life, Rows], None]
    loses: bool = False
    """Whether the reply to each write is lost once, so that it is looked up."""


def _first(life: Life, ledger: Rows) -> None:
    life.connect()
    ledger.write(life.snapshot)


def _quiet(life: Life) -> None:
    for _ in range(PASSES):
        done = life.synced()
        life.clock.move(600)
        if done.code == 0:
            break
    life.compared()
    life.clock.move(DAY_S)


def _second(life: Life, ledger: Rows) -> None:
    _first(life, ledger)
    _quiet(life)
    changed(ledger)
    ledger.write(life.snapshot)


def _by_hand(life: Life, ledger: Rows) -> None:
    _first(life, ledger)
    _quiet(life)
    edits: list[dict[str, Any]] = [
        {"action": "edit", "kind": "invoice", "number": "L11", "set": {"due": "2027-02-02"}},
        {"action": "edit", "kind": "credit_note", "number": "K132", "set": {"date": "2026-07-06"}},
        {"action": "void", "kind": "receipt", "number": "P171"},
    ]
    for wish in edits:
        ours = wish | {"number": f"DY7F3A-{wish['number']}"}
        life.control("POST", f"{life.system}/edit", **ours)
    theirs = {
        "action": "add", "kind": "invoice", "number": "H-1", "customer": "Persona 11",
        "currency": "COP", "rate": "1", "amount": "500", "date": "2026-11-01",
        "due": "2026-12-01", "item": "Loan principal", "memo": "hand",
    }  # fmt: skip
    life.control("POST", f"{life.system}/edit", **theirs)


def _login(life: Life, ledger: Rows) -> None:
    ledger.write(life.snapshot)


STAGES = (
    Stage("first", ("synced", "compared"), _first),
    Stage("change", ("synced", "compared"), _second),
    Stage("hand", ("compared", "synced"), _by_hand),
    Stage("doubt", ("synced", "compared"), _first, loses=True),
    Stage("doubt of changes", ("synced", "compared"), _second, loses=True),
    Stage("connect", ("connected", "synced", "compared"), _login),
)
