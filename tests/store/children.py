"""Processes that write to a state file until they are killed."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

from bridge.core.ledger import Entity
from tests.store.rows import borrower, loan, repayment

ROWS: list[Entity] = [borrower("1"), loan("1", "1"), repayment("1", "1")]


def url(folder: Path) -> str:
    return f"sqlite:///{folder}/state/state.db"


CHILD = """
import os, sys
from tests.store.rows import borrower, facts, loan, take
from bridge.core.identity import BooksId
from bridge.store import Store

store = Store.open(sys.argv[1])
if sys.argv[2] == "idle":
    take(store, [borrower("1"), loan("1", "1")])
    print("ready", flush=True)
    sys.stdin.read()
if sys.argv[2] == "stage":
    def rows():
        for number in range(2000):
            yield borrower(str(number))
        print("ready", flush=True)
        sys.stdin.read()
    store.stage(facts(), rows())
with store.begin() as work:
    for number in range(2000):
        work.plans.set_revisit(BooksId("xero", "company"), ("dev", str(number)), "half done")
    print("ready", flush=True)
    sys.stdin.read()
"""


def child(place: str, what: str) -> subprocess.Popen[bytes]:
    """A process that stops in the middle of its work and says so."""
    started = subprocess.Popen(
        [sys.executable, "-c", CHILD, place, what],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert started.stdout is not None
    assert started.stdout.readline() == b"ready\n"
    return started


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()
