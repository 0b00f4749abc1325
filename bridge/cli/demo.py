"""`ledger-bridge demo`: a tidy shop and two days of a micro-lender, on this machine, with no
account anywhere."""

from __future__ import annotations

import argparse
import os
import shutil
import tempfile
import textwrap
import webbrowser
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from bridge.cli.languages import of_terminal
from bridge.cli.output import Output
from bridge.cli.shipped import shipped
from bridge.core.message import message
from bridge.errors import UsageError
from bridge.systems.registry import SYSTEMS, about

if TYPE_CHECKING:
    from bridge.clock import Clock
    from bridge.core.tie_out.reconciliation import Reconciliation
    from bridge.pipeline.sync import SystemPass
    from bridge.report.figures import Figures
    from bridge.report.texts import Texts
    from bridge.sandbox.server import SandboxServer
    from bridge.settings import Settings

_WIDTH = 98
EDITED = "DY7F3A-L84"
VOIDED = "DY7F3A-P1042"


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """A lender of the demo: whose sample it is, and whose books it goes to."""

    folder: str
    name: str = ""
    """Empty: the one of config/demo.toml."""
    systems: tuple[str, ...] = tuple(n for n in SYSTEMS if about(n).demo_company)
    loans: int
    movements: int


SHOP = Company(folder="tienda", name="Tienda Doña Rosa", systems=("quickbooks",), loans=12,
               movements=16)  # fmt: skip
LENDER = Company(folder="deudores", loans=200, movements=1137)


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """A delivery of a sample, and the moment at which the demo reads it: on its own evening."""

    path: str
    day: date

    @property
    def moment(self) -> datetime:
        """A quarter to midnight in Bogotá, some minutes after the phone made the delivery."""
        return datetime(self.day.year, self.day.month, self.day.day + 1, 4, 45, tzinfo=UTC)


SHOP_DAY = Day(path="config/sample/tienda", day=date(2026, 11, 19))
DAYS = (
    Day(path="config/sample/deudores/dia1", day=date(2026, 11, 19)),
    Day(path="config/sample/deudores/dia2", day=date(2026, 11, 20)),
)


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Show the whole way: a ledger becomes books, changes, and is proved each time."""
    if out.json:
        raise UsageError(message("demo_no_json"))
    folder = Path("demo").absolute() if arguments.keep else Path(tempfile.mkdtemp(prefix="bridge-"))
    try:
        _clear(folder)  # of an earlier demo: other books
        pages = _Demo(folder, out).play()
    finally:
        if not arguments.keep:
            shutil.rmtree(folder / "state", ignore_errors=True)
    if arguments.open:
        webbrowser.open(pages[-1].as_uri())
    return 0


def _clear(folder: Path) -> None:
    """Remove the states that an earlier demo left, and nothing else: a lender's folder may be
    called so too."""
    for company in (SHOP, LENDER):
        shutil.rmtree(folder / "state" / company.folder, ignore_errors=True)


class _Demo:
    def __init__(self, folder: Path, out: Output) -> None:
        from bridge.report.texts import texts

        self.folder, self.out = folder, out
        self.step = 0
        self.pages: list[Path] = []
        self.words: Texts = texts(of_terminal(os.environ))
        self.locale = "en"
        """The lender's."""

    def play(self) -> list[Path]:
        """Returns the reports' pages, the shop's first, each in the person's language."""
        from bridge import logs

        logs.silence()
        with self._sandbox() as shops, self._sandbox() as lenders:
            self._settings(shops, SHOP, SHOP_DAY)
            self._say("start")
            self._tell(self._words("figures", number=self._number(1234567)))
            self._say("tidy", name=SHOP.name, loans=self._number(SHOP.loans))
            self._sync(shops, SHOP, SHOP_DAY)
            self._compared(self._reconcile(shops, SHOP, SHOP_DAY))
            self._two_days(lenders, *DAYS)
        self.out.line()
        self.out.line(self._words("report"))
        for page in self.pages:
            self.out.line(f"   {page}")
        return self.pages

    def _two_days(self, sandbox: SandboxServer, first: Day, second: Day) -> None:
        counts = {"loans": LENDER.loans, "movements": LENDER.movements}
        self._say("day_one", **{name: self._number(count) for name, count in counts.items()})
        self._sync(sandbox, LENDER, first)
        self._say("compare")
        found = self._reconcile(sandbox, LENDER, first)
        self._compared(found)
        self._waits(found)
        self._say("again")
        self._sync(sandbox, LENDER, first)
        self._say("day_two")
        self._lose_replies(sandbox)
        self._sync(sandbox, LENDER, second)
        self._say("edit")
        self._bookkeeper(sandbox)
        self._say("compare_again")
        self.pages.pop()  # of the first day: the second one's is the lender's
        found = self._reconcile(sandbox, LENDER, second)
        self._compared(found)
        self._to_do(found)

    def _words(self, key: str, **values: object) -> str:
        return self.words.of("demo", key).format(**values)

    def _say(self, key: str, **values: object) -> None:
        self.step += 1
        self.out.line()
        head = f"{self.step}. {self._words(key, **values)}"
        for line in textwrap.wrap(head, _WIDTH, subsequent_indent="   "):
            self.out.line(line)

    def _sandbox(self) -> SandboxServer:
        from bridge.sandbox.server import SandboxServer

        return SandboxServer(fast=True)

    def _settings(self, sandbox: SandboxServer, company: Company, day: Day) -> Settings:
        from bridge import settings

        reports = self.folder / "reports"
        state = self.folder / "state" / company.folder
        environment = {
            "LEDGER_BRIDGE_SANDBOX_URL": sandbox.url,
            "LEDGER_BRIDGE_SOURCE__PATH": str(shipped(day.path)),
            "LEDGER_BRIDGE_STATE__URL": f"sqlite:///{state}/bridge.db",
            "LEDGER_BRIDGE_REPORT__FOLDER": str(reports / company.folder),
            "LEDGER_BRIDGE_LOGS__FOLDER": str(state / "logs"),
        }
        if company.name:
            environment["LEDGER_BRIDGE_LENDER__NAME"] = company.name
        for name in LENDER.systems:
            system = f"LEDGER_BRIDGE_SYSTEMS__{name.upper()}__"
            environment[f"{system}ENABLED"] = str(name in company.systems).lower()
            environment[f"{system}CALLS_PER_MINUTE"] = "0"
            environment[f"{system}CALLS_PER_SECOND"] = "0"
        loaded = settings.load(shipped("config/demo.toml"), environment).settings
        self.locale = loaded.lender.locale
        return loaded

    def _clock(self, sandbox: SandboxServer, day: Day) -> Clock:
        """The evening of the delivery, here and in the books: no ledger of the demo is old."""
        from bridge.clock import ShiftedClock

        clock = ShiftedClock(day.moment)
        sandbox.clock.set(clock.now())
        return clock

    def _sync(self, sandbox: SandboxServer, company: Company, day: Day) -> None:
        from bridge import wiring
        from bridge.pipeline.sync import sync

        settings, clock = self._settings(sandbox, company, day), self._clock(sandbox, day)
        with (
            wiring.open_bridge(settings, clock=clock) as bridge,
            self.out.progress() as progress,
        ):
            result = sync(bridge, progress=progress)
        for name, done in result.systems.items():
            self._told(self.words.of("systems", name), done)

    def _told(self, name: str, done: SystemPass) -> None:
        if done.posting.doubted:
            count = self._number(done.posting.doubted)
            self._tell(self._words("doubted", system=name, count=count))
        planned = done.plan.figures
        counts = {
            "create": planned.create,
            "update": planned.update,
            "void": planned.void,
            "confirmed": done.posting.confirmed,
            "refused": done.rejected,
            "left": done.pending + done.in_doubt,
        }
        told = [self._words(k, count=self._number(count)) for k, count in counts.items() if count]
        asked = self._words("calls", count=self._number(done.calls))
        self._tell(f"{name}: " + ", ".join([*(told or [self._words("nothing")]), asked]))

    def _reconcile(self, sandbox: SandboxServer, company: Company, day: Day) -> Reconciliation:
        from bridge import wiring
        from bridge.cli.reports import write_reports
        from bridge.pipeline.reconcile import reconcile

        settings, clock = self._settings(sandbox, company, day), self._clock(sandbox, day)
        with (
            wiring.open_bridge(settings, clock=clock) as bridge,
            self.out.progress() as progress,
        ):
            found = reconcile(
                bridge, progress, as_of=day.day, names=settings.lender.names_in_reports
            )
        pages = [path for path in write_reports(settings, found, None, None)
                 if path.suffix == ".html"]  # fmt: skip
        own = [page for page in pages if page.suffixes[-2:-1] == [f".{self.words.language}"]]
        self.pages.append((own or pages)[0])
        return found

    def _compared(self, found: Reconciliation) -> None:
        figures = self._figures(found)
        names = ("to_resolve", "documents", "control_account")
        heads = [f"   {self.words('currency').lower()}", f">{self.words('ledger').lower()}"]
        heads += [self._words(name) for name in names]
        for result in found.systems:
            rows = []
            for tie in result.tie_outs:
                held = tie.ledger - tie.documents
                sides = (tie.ledger, held, tie.documents, tie.control_account)
                amounts = [figures.amount(side, tie.currency) for side in sides]
                rows.append([f"   {self.words.currency(tie.currency)}", *amounts])
            self.out.table(heads, rows)
            name = self.words.of("systems", result.system)
            answer = found.verdict.systems.get(result.system, found.verdict.result)
            self._tell(f"{name}: {self.words.of('results', answer).lower()}")
        self._tell(f"→ {found.lender}: {self.words.of('results', found.verdict.result)}")

    def _waits(self, found: Reconciliation) -> None:
        """The tasks that wait for a person, one line each."""
        from bridge.report.tasks import jobs

        rows = [row for job in jobs(found, self.words, self._figures(found)) for row in job.rows]
        self.out.line()
        self._tell(self._words("waits", count=len(rows)))
        for row in rows:
            amount = f"{row.amount:>12} {row.currency:<11}"
            what = f"   {amount}  {row.subject or row.place:<16}  "
            why = row.title
            for line in textwrap.wrap(what + why, _WIDTH, subsequent_indent=" " * len(what)):
                self.out.line(line)

    def _to_do(self, found: Reconciliation) -> None:
        """The differences in the books, as the report says them; the ledger's own were told
        before."""
        from bridge.report.tasks import jobs
        from bridge.report.text import told

        every = jobs(found, self.words, self._figures(found))
        self.out.line()
        for line in told([job for job in every if not job.of_ledger], self.words):
            self.out.line(f" {line}".rstrip())
        of_ledger = sum(job.count for job in every if job.of_ledger)
        self._tell(self._words("of_ledger", count=of_ledger))

    def _figures(self, found: Reconciliation) -> Figures:
        """Figures as the lender writes them, whatever the language of the words."""
        from bridge.report.figures import figures

        return figures(found, self.locale.partition("-")[0], self.locale)

    def _number(self, number: int) -> str:
        """A count as the lender writes it."""
        from bridge.report.figures import Figures, locale_for

        return Figures(locale_for(self.locale.partition("-")[0], self.locale), {}).number(number)

    def _tell(self, text: str) -> None:
        for line in textwrap.wrap(text, _WIDTH, initial_indent="   ", subsequent_indent="     "):
            self.out.line(line)

    def _lose_replies(self, sandbox: SandboxServer) -> None:
        for system in LENDER.systems:
            method, path = about(system).receipts
            self._control(
                sandbox,
                "faults",
                system=system,
                count=1,
                when="after",
                kind="reset",
                match={"method": method, "path": path},
            )

    def _bookkeeper(self, sandbox: SandboxServer) -> None:
        edit = "quickbooks/edit"
        self._control(
            sandbox, edit, action="edit", kind="invoice", number=EDITED, set={"amount": "999000"}
        )
        self._control(sandbox, edit, action="void", kind="receipt", number=VOIDED)

    def _control(self, sandbox: SandboxServer, path: str, **wish: Any) -> None:
        import requests

        requests.post(f"{sandbox.url}/_sandbox/{path}", json=wish, timeout=10).raise_for_status()
