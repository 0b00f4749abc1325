"""`ledger-bridge demo`: two days of a micro-lender, on this machine, with no account anywhere."""

from __future__ import annotations

import argparse
import shutil
import tempfile
import webbrowser
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.cli.output import Output
from bridge.cli.shipped import shipped
from bridge.core.reconciliation import BREAKING

if TYPE_CHECKING:
    from bridge.core.reconciliation import Reconciliation
    from bridge.pipeline.sync import SyncResult
    from bridge.sandbox.server import SandboxServer

DAYS = {"dia1": date(2026, 11, 19), "dia2": date(2026, 11, 20)}
EDITED = "DY7F3A-L84"
VOIDED = "DY7F3A-P1042"


def run(arguments: argparse.Namespace, out: Output) -> int:
    """Show the whole way: a ledger becomes books, changes, and still agrees."""
    folder = Path("demo").absolute() if arguments.keep else Path(tempfile.mkdtemp(prefix="bridge-"))
    try:
        report = _Demo(folder, out).play()
    finally:
        if not arguments.keep:
            shutil.rmtree(folder / "state", ignore_errors=True)
    out.line()
    out.line(f"The report: {report}")
    if arguments.open:
        webbrowser.open(report.as_uri())
    return 0


class _Demo:
    def __init__(self, folder: Path, out: Output) -> None:
        self.folder, self.out = folder, out
        self.step = 0
        self.pages: list[Path] = []

    def play(self) -> Path:
        from bridge import logs
        from bridge.sandbox.server import SandboxServer

        logs.configure("ERROR")
        self._say("Starting QuickBooks on this machine (a sandbox with real double-entry books)")
        with SandboxServer(fast=True) as sandbox:
            self._say("Day 1: a lender's phone (200 loans, 1,137 movements) into empty books")
            self._sync(sandbox, "dia1")
            self._say("The books are read back and compared with the ledger")
            self._reconcile(sandbox, "dia1")
            self._say("Day 1 again: nothing may be posted twice")
            self._sync(sandbox, "dia1")
            self._say("Day 2: payments come in, some are edited or deleted; one reply gets lost")
            self._lose_a_reply(sandbox)
            self._sync(sandbox, "dia2")
            self._say("Meanwhile the bookkeeper edits one invoice and voids one receipt by hand")
            self._bookkeeper(sandbox)
            self._say("The books are compared again: what differs, why, and what to do")
            self._reconcile(sandbox, "dia2")
            return next(path for path in self.pages if path.suffix == ".html")

    def _say(self, text: str) -> None:
        self.step += 1
        self.out.line()
        self.out.line(f"{self.step}. {text}")

    def _settings(self, sandbox: SandboxServer, day: str) -> Any:
        from bridge import settings

        environment: Mapping[str, str] = {
            "LEDGER_BRIDGE_SANDBOX_URL": sandbox.url,
            "LEDGER_BRIDGE_SOURCE__PATH": str(shipped(f"config/sample/deudores/{day}")),
            "LEDGER_BRIDGE_STATE__URL": f"sqlite:///{self.folder}/state/bridge.db",
            "LEDGER_BRIDGE_REPORT__FOLDER": str(self.folder / "reports"),
            "LEDGER_BRIDGE_LOGS__FOLDER": str(self.folder / "state" / "logs"),
            "LEDGER_BRIDGE_SYSTEMS__QUICKBOOKS__CALLS_PER_MINUTE": "0",
            "LEDGER_BRIDGE_SYSTEMS__QUICKBOOKS__CALLS_PER_SECOND": "0",
        }
        return settings.load(shipped("config/demo.toml"), environment).settings

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
            planned = done.plan.figures
            if done.posting.doubted:
                self.out.line(
                    f"   {done.posting.doubted} reply lost: looked up in the books before "
                    "anything was sent again"
                )
            self.out.line(
                f"   {name}: {planned.create} created, {planned.update} updated, "
                f"{planned.void} voided; {done.posting.confirmed} confirmed, "
                f"{done.rejected} refused, {done.pending + done.in_doubt} left, "
                f"{done.calls} calls"
            )
        self.out.line(f"   {result.reason}")

    def _reconcile(self, sandbox: SandboxServer, day: str) -> None:
        from bridge import wiring
        from bridge.cli.reconcile import compared
        from bridge.cli.reports import write_reports
        from bridge.pipeline.context import silent

        settings = self._settings(sandbox, day)
        with wiring.open_bridge(settings) as bridge:
            found = compared(bridge, settings, argparse.Namespace(as_of=DAYS[day]), silent)
        self.pages = write_reports(settings, found, None, None)
        self._compared(found)

    def _compared(self, found: Reconciliation) -> None:
        for result in found.systems:
            rows = [
                (t.currency, t.ledger, t.ledger - t.documents, t.documents, t.control_account)
                for t in result.tie_outs
            ]
            heads = ("", ">ledger", ">held back", ">bridge's documents", ">A/R in the books")
            self.out.table(heads, rows)
            verdict = "both sides agree" if result.agree else "the two sides do NOT agree"
            self.out.line(f"   {result.system}: {verdict}")
            for item in result.items:
                if item.kind in BREAKING:
                    self.out.line(
                        f"   - {item.kind.value} {item.reference} {item.field}: "
                        f"ledger {item.ledger}, books {item.books} {item.currency}"
                    )

    def _lose_a_reply(self, sandbox: SandboxServer) -> None:
        self._control(
            sandbox,
            "faults",
            system="quickbooks",
            count=1,
            when="after",
            kind="reset",
            match={"method": "POST", "path": "/payment"},
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
