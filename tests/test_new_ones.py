"""A fourth accounting system and a second ledger are a folder, a mapping and a line each.

Both toys are copied into a temporary folder, where nothing of the bridge is, and their names are
put into the registries: that is all that is done for them.
"""

from __future__ import annotations

import json
import shutil
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib import import_module
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from bridge import settings
from bridge.cli import shipped
from bridge.cli.main import main
from bridge.clock import ManualClock, SystemClock
from bridge.credentials import MemoryCredentials
from bridge.errors import ConfigurationError
from bridge.source import registry as ledgers
from bridge.systems import registry as systems
from bridge.systems.base import AccountingSystem
from tests.conformance import test_changes, test_control, test_correcting, test_posting
from tests.conformance.bench import Bench
from tests.conformance.ground import Ground
from tests.in_words import in_words

TOYS = Path(__file__).parent / "toys"
COMPANY = "4711"


@pytest.fixture
def toys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the toys are: two folders, two mapping files, two lines."""
    home = tmp_path / "elsewhere"
    shutil.copytree(TOYS, home, ignore=shutil.ignore_patterns("__init__.py", "__pycache__"))
    for name in ("toybooks", "toyledger"):
        shutil.copy(TOYS / name / "__init__.py", home / name)
    monkeypatch.syspath_prepend(str(home))
    monkeypatch.setattr(shipped, "ROOTS", (*shipped.ROOTS, home))
    monkeypatch.setitem(systems.SYSTEMS, "toybooks", "toybooks")
    monkeypatch.setitem(ledgers.SOURCES, "toyledger", "toyledger")
    yield home
    for name in [name for name in sys.modules if name.split(".")[0] in ("toybooks", "toyledger")]:
        del sys.modules[name]


def boxes() -> dict[str, Any]:
    """The books of the toy, by company."""
    found: dict[str, Any] = import_module("toybooks.adapter").BOXES
    return found


@contextmanager
def address() -> Iterator[str]:
    """Somebody who tells the time at an address, as every provider does."""

    class Answers(BaseHTTPRequestHandler):
        def do_HEAD(self) -> None:
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *arguments: Any) -> None:
            """Nothing is printed."""

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@dataclass
class Folder:
    """A lender's folder, and what the command line answers there."""

    path: Path
    capsys: pytest.CaptureFixture[str]

    def run(self, *arguments: str) -> tuple[int, str, str]:
        self.capsys.readouterr()
        code = main(list(arguments))
        captured = self.capsys.readouterr()
        return code, captured.out, captured.err

    def json(self, *arguments: str) -> Any:
        code, out, err = self.run(*arguments, "--json")
        assert code == 0, out + err
        return json.loads(out)

    def deliver(self, *rows: str, days_ago: int = 0) -> None:
        day = SystemClock().today("America/Bogota") - timedelta(days=days_ago)
        text = "".join(f"{row}\n" for row in rows)
        (self.path / "inbox" / f"toy-{day}.csv").write_text(text, encoding="utf-8")


ROWS = (
    "borrower,1,,Ana Toy,",
    "borrower,2,,Luis Toy,",
    "loan,1,1,2026-11-02,120000",
    "loan,2,2,2026-11-03,50000.50",
    "repayment,1,1,2026-11-10,20000",
)


@pytest.fixture
def lender(
    toys: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Folder]:
    """A lender of the toys, made by `init` as a person makes one."""
    folder = tmp_path / "lender"
    folder.mkdir()
    monkeypatch.chdir(folder)
    answers = iter(
        ["es-CO", "Prestamos Toy", "", "", "toyledger", "", "toybooks", "47-11", "no"],
    )
    monkeypatch.setattr("builtins.input", lambda *_: next(answers))
    made = Folder(folder, capsys)
    code, out, err = made.run("init", ".")
    assert code == 0, out + err
    assert "Toy Books" in out
    made.deliver(*ROWS)
    with address() as url:
        prefix = "LEDGER_BRIDGE_SYSTEMS__TOYBOOKS__"
        monkeypatch.setenv(f"{prefix}BASE_URL", url)
        monkeypatch.setenv(f"{prefix}ACCESS", "static")
        monkeypatch.setenv(f"{prefix}STATIC_TOKEN", "toy")
        yield made
    boxes().clear()


def test_init_writes_their_settings_and_mappings(lender: Folder, toys: Path) -> None:
    written = settings.load(Path("bridge.toml"), {}).settings
    assert (written.source.kind, written.systems["toybooks"].company_id) == ("toyledger", COMPANY)
    assert written.systems["toybooks"].base_url == "https://books.toy.example"
    for name in ("toyledger", "toybooks"):
        theirs = (toys / "mappings" / f"{name}.toml").read_text(encoding="utf-8")
        assert Path("mappings", f"{name}.toml").read_text(encoding="utf-8") == theirs
    assert "deudores" not in Path("bridge.toml").read_text(encoding="utf-8")


def test_a_form_that_the_ledger_does_not_come_in_is_refused(lender: Folder) -> None:
    with pytest.raises(ConfigurationError) as refused:
        settings.load(Path("bridge.toml"), {"LEDGER_BRIDGE_SOURCE__PREFER": "ods"})
    assert 'toyledger does not come as "ods"' in in_words(refused.value)


def test_an_example_that_was_not_filled_in_is_told_in_the_toys_words(lender: Folder) -> None:
    text = Path("bridge.toml").read_text(encoding="utf-8")
    Path("bridge.toml").write_text(text.replace('"4711"', '"777000"'), encoding="utf-8")
    import os

    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("LEDGER_BRIDGE_SYSTEMS")]:
            patch.delenv(name)
        code, out, err = lender.run("mappings", "check")
    assert code == 78, out
    assert "on the box" in err
    assert "apps.toy.example" in err


def test_doctor_looks_at_them(lender: Folder) -> None:
    code, out, err = lender.run("doctor")
    assert code == 0, out + err
    assert "Toy shop (4711), in COP" in out
    assert "it is open" in out


def test_a_ledger_that_never_calls_has_nothing_to_connect(lender: Folder) -> None:
    code, _, err = lender.run("connect", "toyledger")
    assert code == 2
    assert "toyledger never calls" in err


def test_the_ledger_goes_to_the_books_and_the_report_agrees(lender: Folder) -> None:
    assert lender.run("mappings", "check")[0] == 0
    lender.json("sync")
    found = lender.json("reconcile")
    box = boxes()[COMPANY]
    numbers = sorted(document.number for document in box.documents.values())
    assert numbers == ["TYOX9B-D1", "TYOX9B-D2", "TYOX9B-L1", "TYOX9B-L2", "TYOX9B-P1"]
    assert (found["result"], found["systems"]["toybooks"]["company_name"]) == ("agrees", "Toy shop")
    assert found["source"]["source"] == "toyledger"
    pages = [page.read_text(encoding="utf-8") for page in Path("reports").rglob("*.html")]
    assert any("toybooks" in page and "Toy shop" in page for page in pages)


def test_what_was_corrected_and_taken_back_follows(lender: Folder) -> None:
    lender.json("sync")
    lender.deliver(*ROWS[:-1], "repayment,1,1,2026-11-10,25000")
    lender.json("sync")
    lender.json("reconcile")
    box = boxes()[COMPANY]
    live = {d.number: d.total for d in box.documents.values() if d.status.value == "live"}
    assert sorted(map(str, live.values())) == sorted(["0", "0", "120000", "25000", "50000.50"])


class ToyGround(Ground):
    """A company of the toy, for the suite that every system gets."""

    def adapter(self, token: str | None = None) -> AccountingSystem:
        del token
        adapter = systems.load("toybooks")
        connection = adapter.settings_type(company_id=COMPANY)
        made: AccountingSystem = adapter(connection, MemoryCredentials(), self.clock)
        return made


def cases() -> Iterator[tuple[str, Callable[..., None]]]:
    """The suite's tests that move nothing but the documents, each with its parameters."""
    for module in (test_posting, test_correcting, test_changes, test_control):
        for name, test in vars(module).items():
            if not name.startswith("test_"):
                continue
            marks = getattr(test, "pytestmark", [])
            if any(mark.name == "sandbox_only" for mark in marks):
                continue
            given = [mark.args for mark in marks if mark.name == "parametrize"]
            for values in product(*(values for _, values in given)):
                named = dict(zip((names for names, _ in given), values, strict=True))
                yield f"{name} {values or ''}".strip(), partial(test, **named)


CASES = dict(cases())


@pytest.mark.parametrize("case", CASES)
def test_the_suite_for_every_system_passes(toys: Path, case: str) -> None:
    ground = ToyGround(
        system="toybooks",
        clock=ManualClock(SystemClock().now()),
        mapping=toys / "mappings" / "toybooks.toml",
    )
    with closing(Bench(ground)) as bench:
        bench.begin()
        CASES[case](bench=bench)
    boxes().clear()


def test_nothing_but_two_lines_names_the_systems_and_ledgers_there_are() -> None:
    """In code: what they are called, where they are and what they say comes from their folders."""
    home = Path(settings.__file__).parent
    names = [*systems.SYSTEMS, *ledgers.SOURCES]
    own = {home / "systems" / "registry.py", home / "source" / "registry.py"}
    folders = [home / "systems" / name for name in systems.SYSTEMS]
    folders += [home / "source" / name for name in ledgers.SOURCES]
    for path in sorted(home.rglob("*.py")):
        inside = path.relative_to(home).parts[0]
        if path in own or inside == "sandbox" or any(each in path.parents for each in folders):
            continue
        found = [f'"{name}"' for name in names if f'"{name}"' in path.read_text(encoding="utf-8")]
        assert not found or path.name == "demo.py", f"{path} names {found}"
