"""`ledger-bridge demo`: two days of a micro-lender, on this machine, with no account anywhere."""

from __future__ import annotations

import argparse
import shutil
import tempfile
import textwrap
import webbrowser
from datetime import date
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.cli.output import Output
from bridge.cli.shipped import shipped
from bridge.core.reconciliation import ItemKind
from bridge.errors import UsageError

if TYPE_CHECKING:
    from bridge.core.reconciliation import Reconciliation
    from bridge.pipeline.sync import SyncResult
    from bridge.report.figures import Figures
    from bridge.report.texts import Texts
    from bridge.sandbox.server import SandboxServer
    from bridge.settings import Settings

_WIDTH = 98
DAYS = {"dia1": date(2026, 11, 19), "dia2": date(2026, 11, 20)}
EDITED = "DY7F3A-L84"
VOIDED = "DY7F3A-P1042"
RECEIPTS = {
    "quickbooks": ("POST", "/payment"),
    "xero": ("PUT", "/Payments"),
    "zoho": ("POST", "/customerpayments"),
}
"""System → method and path of a receipt's first writing."""


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Show the whole way: a ledger becomes books, changes, and still agrees."""
    if out.json:
        raise UsageError(
            "demo tells a story to people and has no JSON document; `reconcile --json` has one."
        )
    folder = Path("demo").absolute() if arguments.keep else Path(tempfile.mkdtemp(prefix="bridge-"))
    try:
        shutil.rmtree(folder / "state", ignore_errors=True)  # of an earlier demo: other books
        pages = _Demo(folder, out).play()
    finally:
        if not arguments.keep:
            shutil.rmtree(folder / "state", ignore_errors=True)
    out.line()
    for head, page in zip_longest(("The report:",), pages, fillvalue=""):
        out.line(f"{head:<11} {page}")
    if arguments.open:
        webbrowser.open(pages[0].as_uri())
    return 0


class _Demo:
    def __init__(self, folder: Path, out: Output) -> None:
        self.folder, self.out = folder, out
        self.step = 0
        self.pages: list[Path] = []
        self.locale = "en"
        """The lender's."""

    def play(self) -> list[Path]:
        """Returns the report's pages, the lender's own language first."""
        from bridge import logs
        from bridge.sandbox.server import SandboxServer

        logs.configure("ERROR")
        self._say("Starting QuickBooks, Xero and Zoho Books on this machine (real double entry)")
        with SandboxServer(fast=True) as sandbox:
            self._settings(sandbox, "dia1")
            self._tell(f"Figures are written as the lender writes them: {self._number(1234567)}")
            self._say("Day 1: a lender's phone (200 loans, 1.137 movements) into three empty books")
            self._sync(sandbox, "dia1")
            self._say("The books are read back and compared with the ledger")
            self._held(self._reconcile(sandbox, "dia1"))
            self._say("Day 1 again: nothing may be posted twice")
            self._sync(sandbox, "dia1")
            self._say("Day 2: payments come in, some are edited or deleted; replies get lost")
            self._lose_replies(sandbox)
            self._sync(sandbox, "dia2")
            self._say("In QuickBooks the bookkeeper edits one invoice and voids one receipt")
            self._bookkeeper(sandbox)
            self._say("The books are compared again: what differs, why, and what to do")
            self._to_do(self._reconcile(sandbox, "dia2"))
            return [path for path in self.pages if path.suffix == ".html"]

    def _say(self, text: str) -> None:
        self.step += 1
        self.out.line()
        self.out.line(f"{self.step}. {text}")

    def _settings(self, sandbox: SandboxServer, day: str) -> Settings:
        from bridge import settings

        environment = {
            "LEDGER_BRIDGE_SANDBOX_URL": sandbox.url,
            "LEDGER_BRIDGE_SOURCE__PATH": str(shipped(f"config/sample/deudores/{day}")),
            "LEDGER_BRIDGE_STATE__URL": f"sqlite:///{self.folder}/state/bridge.db",
            "LEDGER_BRIDGE_REPORT__FOLDER": str(self.folder / "reports"),
            "LEDGER_BRIDGE_LOGS__FOLDER": str(self.folder / "state" / "logs"),
        }
        for name in RECEIPTS:
            environment[f"LEDGER_BRIDGE_SYSTEMS__{name.upper()}__CALLS_PER_MINUTE"] = "0"
            environment[f"LEDGER_BRIDGE_SYSTEMS__{name.upper()}__CALLS_PER_SECOND"] = "0"
        loaded = settings.load(shipped("config/demo.toml"), environment).settings
        self.locale = loaded.lender.locale
        return loaded

    def _sync(self, sandbox: SandboxServer, day: str) -> None:
        from bridge import wiring
        from bridge.pipeline.sync import sync

        with (
            wiring.open_bridge(self._settings(sandbox, day)) as bridge,
            self.out.progress() as progress,
        ):
            result = sync(bridge, progress=progress)
        self._told(result)

    def _told(self, result: SyncResult) -> None:
        for name, done in result.systems.items():
            if done.posting.doubted:
                self._tell(
                    f"{name}: a lost reply left {self._number(done.posting.doubted)} in doubt; "
                    "looked up in the books before anything was sent again"
                )
            planned = done.plan.figures
            counts = {
                "created": planned.create,
                "updated": planned.update,
                "voided": planned.void,
                "confirmed by the books": done.posting.confirmed,
                "refused": done.rejected,
                "left": done.pending + done.in_doubt,
            }
            told = [f"{self._number(count)} {what}" for what, count in counts.items() if count]
            told = told or ["nothing to do"]
            self._tell(f"{name}: " + ", ".join([*told, f"{self._number(done.calls)} calls"]))

    def _reconcile(self, sandbox: SandboxServer, day: str) -> Reconciliation:
        from bridge import wiring
        from bridge.cli.reconcile import compared
        from bridge.cli.reports import write_reports

        settings = self._settings(sandbox, day)
        with wiring.open_bridge(settings) as bridge, self.out.progress() as progress:
            found = compared(bridge, settings, argparse.Namespace(as_of=DAYS[day]), progress)
        self.pages = write_reports(settings, found, None, None)
        self._compared(found)
        return found

    def _compared(self, found: Reconciliation) -> None:
        texts, figures = self._words(found)
        heads = ("   currency", ">ledger", ">held back", ">bridge's documents", ">A/R in the books")
        for result in found.systems:
            rows = []
            for tie in result.tie_outs:
                held = tie.ledger - tie.documents
                sides = (tie.ledger, held, tie.documents, tie.control_account)
                amounts = [figures.amount(side, tie.currency) for side in sides]
                rows.append([f"   {texts.currency(tie.currency)}", *amounts])
            self.out.table(heads, rows)
            name = texts.of("systems", result.system)
            verdict = "both sides agree, to the cent" if result.agree else "they do NOT agree"
            self._tell(f"{name}: {verdict}")

    def _held(self, found: Reconciliation) -> None:
        """What is not in the books and why, one line each, once for all systems."""
        texts, figures = self._words(found)
        items = {
            (item.subject, item.cause): item
            for result in found.systems
            for item in result.items
            if item.kind is ItemKind.HELD
        }.values()
        if not items:
            return
        self.out.line()
        self._tell(f"Held back ({len(items)}), because posting it might be wrong:")
        for item in items:
            amount = figures.signed(item.amount, item.currency)
            row = texts.subject(item.subject)
            what = f"   {amount:>12} {texts.currency(item.currency):<11}  {row:<14}  "
            why = texts.cause(item.cause)
            for line in textwrap.wrap(what + why, _WIDTH, subsequent_indent=" " * len(what)):
                self.out.line(line)

    def _to_do(self, found: Reconciliation) -> None:
        """What differs, as the report says it; what is held back was told before."""
        from bridge.report.text import told
        from bridge.report.view import tasks

        texts, figures = self._words(found)
        self.out.line()
        for result in found.systems:
            person, _ = tasks(result, texts, figures, found.names)
            for line in told([task for task in person if task.severity == "bad"], texts):
                self.out.line(f" {line}".rstrip())
        held = max(result.counts.get(ItemKind.HELD, 0) for result in found.systems)
        self._tell(f"The {held} things held back are in the report, each with what to do.")

    def _words(self, found: Reconciliation) -> tuple[Texts, Figures]:
        """English words, and figures as the lender writes them."""
        from bridge.report.figures import figures
        from bridge.report.texts import texts

        return texts("en"), figures(found, self.locale.partition("-")[0], self.locale)

    def _number(self, number: int) -> str:
        """A count as the lender writes it."""
        from bridge.report.figures import Figures, locale_for

        return Figures(locale_for(self.locale.partition("-")[0], self.locale), {}).number(number)

    def _tell(self, text: str) -> None:
        self.out.line(f"   {text}")

    def _lose_replies(self, sandbox: SandboxServer) -> None:
        for system, (method, path) in RECEIPTS.items():
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
