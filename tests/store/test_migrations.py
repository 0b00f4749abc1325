"""An update of the program keeps everything: the state of every older schema is brought along."""

from __future__ import annotations

import hashlib
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from bridge.cli.main import main
from bridge.core.change.alike_names import name_key
from bridge.core.delivery import State
from bridge.core.identity import BooksId
from bridge.errors import ConfigurationError
from bridge.sandbox.server import SandboxServer
from bridge.store import Store, schema, tables
from tests.pipeline.world import REALM, World, one
from tests.store.versions import LEDGER, VERSIONS, Rows, made_by, rows

ROOT = Path(__file__).parents[2]
OLDER = [version for version in VERSIONS if version != tables.SCHEMA]
every_version = pytest.mark.parametrize("version", VERSIONS)
older_version = pytest.mark.parametrize("version", OLDER)
WHERE = BooksId("quickbooks", REALM)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(fast=True) as running:
        yield running


@pytest.fixture
def world(tmp_path: Path, sandbox: SandboxServer) -> World:
    """A lender whose state an older program left."""
    made = World(tmp_path, sandbox)
    shutil.copy(LEDGER, made.snapshot)
    return made


def state(world: World) -> Path:
    return world.folder / "state.db"


def upgraded(path: Path) -> Store:
    return Store.open(f"sqlite:///{path}")


def test_every_migration_has_data_of_its_own() -> None:
    """The ratchet: who adds a migration adds what a program of that schema writes."""
    migrations = sorted(
        match[1]
        for path in (schema.migrations_folder() / "versions").glob("*.py")
        if (match := re.match(r"(\d{4})_", path.name))
    )
    assert migrations == VERSIONS, "add tests/data/state/NNNN.sql; see tests/store/versions.py"
    assert migrations[-1] == tables.SCHEMA


def test_the_newest_schema_is_what_the_migrations_end_at() -> None:
    """A state that has it is opened without a look at the migrations."""
    assert ScriptDirectory.from_config(schema._config()).get_current_head() == tables.SCHEMA


def test_the_data_reaches_every_table(tmp_path: Path) -> None:
    made_by(tables.SCHEMA, tmp_path / "state.db")
    found = rows(tmp_path / "state.db")
    empty = [table for table in tables.metadata.tables if not found[table][1]]
    assert empty == [], f"tests/data/state/{VERSIONS[-1]}.sql writes nothing into them"


def brought_along(before: Rows, after: Rows) -> None:
    """Every old row is there, and says the same in every column that it had."""
    for table, (columns, old) in before.items():
        if table == "alembic_version":
            continue
        kept = [after[table][0].index(column) for column in columns]
        assert [tuple(row[place] for place in kept) for row in after[table][1]] == old, table
    assert after["alembic_version"][1] == [(tables.SCHEMA,)]


@every_version
def test_every_row_is_still_there_and_can_be_read(tmp_path: Path, version: str) -> None:
    path = tmp_path / "state.db"
    made_by(version, path)
    before = rows(path)
    store = upgraded(path)
    store.close()
    brought_along(before, rows(path))


@every_version
def test_what_was_written_then_means_the_same_now(tmp_path: Path, version: str) -> None:
    path = tmp_path / "state.db"
    made_by(version, path)
    written = {
        table: [dict(zip(n, r, strict=True)) for r in rs] for table, (n, rs) in rows(path).items()
    }
    store = upgraded(path)
    with store.read() as work:
        bound = work.bindings.counts(WHERE)
        assert Counter((r["kind"], bool(r["voided"])) for r in written["binding"]) == bound
        for row in written["binding"]:
            binding = work.bindings.named(WHERE, str(row["reference"]))
            assert binding is not None
            assert binding.external_id == row["external_id"]
            assert binding.document.reference == row["reference"]
        assert Counter(r["state"] for r in written["outbox"]) == work.outbox.counts(WHERE)
        entries = {entry.id: entry for entry in work.entries.of(WHERE, limit=1000)}
        for row in written["outbox"]:
            entry = entries[row["id"]]  # type: ignore[index]
            assert (entry.key, entry.reference) == (row["key"], row["reference"])
        assert len(work.plans.holds(WHERE)) == len(written["hold"])
        assert [(d.who, d.verb, d.reference) for d in work.decisions.latest()] == [
            (r["who"], r["verb"], r["reference"]) for r in written["decision"]
        ]
        assert len(work.findings.all()) == len(written["finding"])
        assert work.ledger.totals().keys() == {"COP", "MXN"}
        assert {run.id for run in work.runs.latest()} == {r["id"] for r in written.get("run", [])}
        mirrored = sum(each.count for each in work.mirror.totals(WHERE).values())
        assert mirrored == sum(r["status"] == "live" for r in written.get("mirror", []))
        first, last = date(2026, 11, 1), date(2026, 11, 30)
        calls = work.calls.between(WHERE, first, last)
        assert calls.total == sum(int(str(r["total"])) for r in written.get("call_day", []))
    store.close()


@every_version
def test_what_was_on_its_way_is_in_doubt_with_its_key_and_document(
    tmp_path: Path, version: str
) -> None:
    path = tmp_path / "state.db"
    made_by(version, path)
    sent = [row for row in rows(path)["outbox"][1] if "sending" in row]
    store = upgraded(path)
    with store.begin() as work:
        assert work.outbox.doubt_all(WHERE) == len(sent) == 1
        (doubted,) = work.outbox.in_doubt(WHERE)
        assert doubted.state is State.IN_DOUBT
        assert doubted.key in sent[0]
        assert doubted.links, "the customer's id is known"
    store.close()


REWORDED = {"1", "2"}
"""Loans with a row whose remark has particulars: older programs wrote them as a sentence, so the
row is another one, once, and its loan is looked at again."""


@every_version
def test_a_pass_on_an_upgraded_store_plans_nothing(world: World, version: str) -> None:
    made_by(version, state(world))
    again = (
        "INSERT OR REPLACE INTO revisit (books, installation, loan, reason)"
        " VALUES (1, 'dev-7f3a', ?, 'asked for')"
    )
    for loans in ("5",), ("1", "2", "3", "5"):  # what was left over; then all that are finished too
        with closing(sqlite3.connect(state(world))) as database, database:
            database.executemany(again, [(loan,) for loan in loans])
        done = world.preview()
        figures = one(done).plan.figures
        assert one(done).plan.loans == len({*loans} | REWORDED)
        assert done.intake.accepted.changes == len(REWORDED)
        assert (figures.create, figures.update, figures.void) == (0, 0, 0)


@older_version
def test_a_dry_run_upgrades_its_copy_and_not_the_original(world: World, version: str) -> None:
    made_by(version, state(world))
    before = contents(world.folder)
    world.preview()
    assert contents(world.folder) == before


@older_version
def test_the_copy_made_before_is_private_and_holds_the_old_data(
    tmp_path: Path, version: str
) -> None:
    path = tmp_path / "state.db"
    made_by(version, path)
    before = rows(path)
    upgraded(path).close()
    (copy,) = [each for each in tmp_path.iterdir() if each != path]
    assert copy.name == f"state.db.before-{tables.SCHEMA}-from-{version}"
    assert copy.stat().st_mode & 0o777 == 0o600
    assert rows(copy) == before
    path.write_bytes(copy.read_bytes())  # what a person does to go back
    assert rows(path) == before
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE books SET planned_through = 77")
    upgraded(path).close()
    kept = rows(copy)["books"]
    assert kept[1][0][kept[0].index("planned_through")] == 77, "the copy is of this upgrade"


CRASH = """
import os, sys
from sqlalchemy import Engine, event
from bridge.store import Store

def stop(*_):
    print("ready", flush=True)
    sys.stdin.read()

def after(connection, cursor, statement, *_):
    if statement.lstrip().upper().startswith(("CREATE", "ALTER", "UPDATE", "INSERT")):
        stop()

if sys.argv[2] == "after the first change":
    event.listen(Engine, "after_cursor_execute", after)
else:
    event.listen(Engine, "commit", stop)
Store.open(sys.argv[1])
"""


@older_version
@pytest.mark.parametrize("moment", ["after the first change", "before it counts"])
def test_a_crash_in_the_middle_leaves_the_old_database(
    tmp_path: Path, version: str, moment: str
) -> None:
    path = tmp_path / "state.db"
    made_by(version, path)
    before = rows(path)
    process = subprocess.Popen(
        [sys.executable, "-c", CRASH, f"sqlite:///{path}", moment],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert rows(path) == before
    upgraded(path).close()
    brought_along(before, rows(path))


@older_version
def test_two_that_upgrade_at_once_copy_the_old_state_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str
) -> None:
    path = tmp_path / "state.db"
    made_by(version, path)
    before = rows(path)
    both, revision, seen = threading.Barrier(2), schema.revision, threading.local()

    def together(connection: Connection) -> str | None:
        found = revision(connection)
        if not hasattr(seen, "old"):
            seen.old = found
            both.wait(timeout=60)
        return found

    monkeypatch.setattr(schema, "revision", together)
    with ThreadPoolExecutor(2) as threads:
        for store in threads.map(lambda _: upgraded(path), range(2)):
            store.close()
    (copy,) = [each for each in tmp_path.iterdir() if each != path]
    assert rows(copy) == before
    assert rows(path)["alembic_version"][1] == [(tables.SCHEMA,)]


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".lock"
    }


@pytest.fixture
def newer(world: World) -> World:
    """The state after a program that does not exist yet was here."""
    made_by(tables.SCHEMA, state(world))
    with closing(sqlite3.connect(state(world))) as database, database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
        database.execute("ALTER TABLE outbox ADD COLUMN not_yet_thought_of TEXT")
    return world


def test_a_database_of_a_newer_program_is_refused_and_not_touched(newer: World) -> None:
    before = contents(newer.folder)
    with pytest.raises(ConfigurationError, match="state_newer"):
        upgraded(state(newer))
    assert contents(newer.folder) == before


@pytest.mark.parametrize(
    "verb", ["sync", "sync --dry-run", "reconcile", "status", "history", "outbox list", "export"]
)
def test_every_verb_refuses_it_in_words(
    newer: World, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], verb: str
) -> None:
    for name, value in newer.environment().items():
        monkeypatch.setenv(name, value)
    before = contents(newer.folder)
    assert main(["--config", str(ROOT / "config" / "sandbox.toml"), *verb.split()]) == 78
    said = capsys.readouterr()
    assert "was made by a newer version of this program (schema 9999" in said.err
    assert "Install that version or newer, or restore a backup made by this one." in said.err
    assert "Traceback" not in said.err
    assert contents(newer.folder) == before


def test_names_taken_in_before_are_compared_as_names_are_now(tmp_path: Path) -> None:
    """Schema 0005 told `Ana P.` from `Ana P`; a product of the books does not."""
    path = tmp_path / "state.db"
    made_by("0005", path)
    with closing(sqlite3.connect(path)) as database, database:
        body = (
            b'{"id":"1","name":"\xc3\x81na - P. \xf0\x9f\x98\x80","origin":{"file":"a","line":1}}'
        )
        database.execute(
            "UPDATE ledger_borrower SET name_key = ?, body = ? WHERE id = 1",
            ("ana - p. \U0001f600", body),
        )
        old = hashlib.blake2b("ana - p. \U0001f600".encode(), digest_size=8).hexdigest()
        database.execute(
            "INSERT INTO finding (scope, code, body) SELECT 'snapshot/' || installation || '/name/'"
            " || ?, 'borrower.homonym', '{}' FROM installation WHERE id = 1",
            (old,),
        )
    upgraded(path).close()
    with closing(sqlite3.connect(path)) as database:
        query = "SELECT name_key FROM ledger_borrower WHERE id = 1"
        assert (
            database.execute(query).fetchone() == (name_key("Ána - P. \U0001f600"),) == ("ana p",)
        )
        (scope,) = database.execute(
            "SELECT scope FROM finding WHERE code = 'borrower.homonym' AND body = '{}'"
        ).fetchone()
        new = hashlib.blake2b(b"ana p", digest_size=8).hexdigest()
        assert scope.endswith(f"/name/{new}"), "else it would never be told otherwise again"
