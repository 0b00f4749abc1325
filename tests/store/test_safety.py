"""Crashes, copies, modes, versions: what must hold for the file itself."""

from __future__ import annotations

import hashlib
import os
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Column, Connection, MetaData, Table, create_engine, insert, make_url, select
from sqlalchemy.exc import StatementError

from bridge.core.identity import BooksId
from bridge.core.money import NO_CURRENCY
from bridge.errors import ConfigurationError, TryLater
from bridge.store import Store, models, schema, tables
from bridge.store.engine import open_engine, raw
from bridge.store.types import Cents, native
from tests.store.children import ROWS, child, kill, url
from tests.store.rows import borrower, facts, loan, repayment, take


def contents(folder: Path) -> dict[str, str]:
    """Every file and its hash."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def modes(folder: Path) -> dict[str, int]:
    return {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}


def test_a_process_killed_half_way_leaves_nothing_of_its_transaction(tmp_path: Path) -> None:
    store = Store.open(url(tmp_path))
    take(store, ROWS)
    store.close()
    kill(child(url(tmp_path), "write"))
    store = Store.open(url(tmp_path))
    with store.begin() as work:
        assert work.plans.revisits(BooksId("xero", "company")) == []
        assert work.ledger.totals() == {"COP": Decimal(100000)}
        work.plans.set_revisit(BooksId("xero", "company"), ("dev", "1"), "whole")
    kill(child(url(tmp_path), "write"))
    with store.read() as work:
        assert work.plans.revisits(BooksId("xero", "company")) == [("dev", "1")]
    store.close()


def test_what_a_killed_intake_left_is_swept_and_a_living_one_is_not(tmp_path: Path) -> None:
    living = child(url(tmp_path), "stage")
    kill(child(url(tmp_path), "stage"))
    folder = tmp_path / "state"
    assert len(list(folder.glob(".intake-*"))) == 2
    store = Store.open(url(tmp_path))
    take(store, ROWS)
    assert len(list(folder.glob(".intake-*"))) == 1
    kill(living)
    take(store, ROWS)
    assert list(folder.glob(".intake-*")) == []
    store.close()


def test_a_delivery_that_breaks_off_leaves_nothing(store: Store, tmp_path: Path) -> None:
    def rows() -> object:
        yield ROWS[0]
        raise TryLater("the file broke off")

    with pytest.raises(TryLater):
        store.stage(facts(), rows())  # type: ignore[arg-type]
    assert list((tmp_path / "state").glob(".*")) == []
    with store.read() as work:
        assert work.ledger.change_seq() == 0


def dry_run(original: Store) -> dict[str, Decimal]:
    """Everything a dry run does, on a scratch copy."""
    scratch = original.scratch()
    try:
        with scratch.read() as work:
            totals = work.ledger.totals()
        take(scratch, [borrower("9"), loan("9", "9")])
        with scratch.begin() as work:
            run = work.runs.start("sync", "xero", "2026-11-20T06:00:00+00:00")
            work.runs.end(run, "clean", "dry", {})
        return totals
    finally:
        scratch.close()


def test_a_dry_run_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    store = Store.open(url(tmp_path))
    take(store, ROWS)
    store.close()
    before = contents(tmp_path)
    assert dry_run(Store.open(url(tmp_path), migrate=False)) == {"COP": Decimal(100000)}
    assert contents(tmp_path) == before


def test_a_dry_run_beside_a_writer_sees_what_is_committed_and_changes_no_byte(
    tmp_path: Path,
) -> None:
    store = Store.open(url(tmp_path))
    take(store, ROWS)
    writer = child(url(tmp_path), "write")
    before = contents(tmp_path)
    assert dry_run(Store.open(url(tmp_path), migrate=False)) == {"COP": Decimal(100000)}
    assert contents(tmp_path) == before
    kill(writer)
    store.close()


def test_a_dry_run_beside_a_process_that_wrote_last_changes_no_byte(tmp_path: Path) -> None:
    # Nobody has read since that process wrote: a reader would mark that in the index.
    other = child(url(tmp_path), "idle")
    before = contents(tmp_path)
    assert "state/state.db-shm" in before
    assert dry_run(Store.open(url(tmp_path), migrate=False)) == {"COP": Decimal(120000)}
    assert contents(tmp_path) == before
    kill(other)


def test_a_dry_run_after_a_crash_changes_no_byte_either(tmp_path: Path) -> None:
    store = Store.open(url(tmp_path))
    store.close()
    writer = child(url(tmp_path), "write")
    kill(writer)
    left = contents(tmp_path)
    assert set(left) == {"state/state.db", "state/state.db-shm", "state/state.db-wal"}
    assert dry_run(Store.open(url(tmp_path), migrate=False)) == {}
    assert contents(tmp_path) == left
    (tmp_path / "state" / "state.db-shm").unlink()
    left = contents(tmp_path)
    assert dry_run(Store.open(url(tmp_path), migrate=False)) == {}
    assert contents(tmp_path) == left


def test_a_dry_run_before_anything_exists_makes_nothing(tmp_path: Path) -> None:
    assert dry_run(Store.open(url(tmp_path), migrate=False)) == {}
    assert list(tmp_path.iterdir()) == []


def test_a_scratch_copy_disappears(tmp_path: Path) -> None:
    scratch = Store.open(url(tmp_path), migrate=False).scratch()
    folder = Path(scratch.name).parent
    assert modes(folder)["state.db"] == 0o600
    scratch.close()
    assert not folder.exists()


def test_only_this_user_may_read_the_state(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        store = Store.open(url(tmp_path))
        take(store, ROWS)
    finally:
        os.umask(old)
    folder = tmp_path / "state"
    assert folder.stat().st_mode & 0o777 == 0o700
    assert set(modes(folder).values()) == {0o600}
    store.close()
    (folder / "state.db").chmod(0o644)
    Store.open(url(tmp_path)).close()
    assert modes(folder)["state.db"] == 0o600


@pytest.mark.parametrize("amount", [1.5, 1, "1.50"])
def test_amounts_that_are_not_exact_are_refused(store: Store, amount: object) -> None:
    money = Table("money", MetaData(), Column("cents", Cents))
    memory = create_engine("sqlite://")
    money.create(memory)
    with memory.begin() as connection:
        connection.execute(insert(money).values(cents=Decimal("-0.01")))
        assert connection.execute(select(money.c.cents)).scalar() == Decimal("-0.01")
        with pytest.raises(StatementError):
            connection.execute(insert(money).values(cents=amount))
    memory.dispose()
    # An equal exact amount is already remembered when the other one comes.
    store.stage(facts(), iter([repayment("1", "1", "1.5"), repayment("2", "1", "1")])).close()
    bad = msgspec.structs.replace(repayment("3", "1"), amount=amount)
    with pytest.raises(TypeError, match="not an exact amount"):
        store.stage(facts(), iter([bad]))


def test_amounts_keep_every_cent(store: Store) -> None:
    huge = Decimal("99999999999999.99")
    take(store, [borrower("1"), loan("1", "1", opening=huge, currency=NO_CURRENCY)])
    with store.read() as work:
        assert work.ledger.totals() == {NO_CURRENCY: huge}


@pytest.mark.parametrize("text", ["0", "7", "007", "-1", "1.0", "9" * 18, "9" * 30, "٣", " 1", ""])
def test_an_id_comes_back_as_it_was(text: str) -> None:
    assert str(native(text)) == text


Description = dict[tuple[str, str], object]


def described(connection: Connection) -> Description:
    """What the tables and indexes of an SQLite database are, whatever their columns' order."""
    found: Description = {}
    read = raw(connection)
    for kind, name, sql in read.execute("SELECT type, name, sql FROM sqlite_master"):
        if kind == "table":
            columns = read.execute(f"PRAGMA table_xinfo({name})").fetchall()
            keys = read.execute(f"PRAGMA foreign_key_list({name})").fetchall()
            options = sql[sql.rindex(")") + 1 :].split()
            found[kind, name] = ({column[1:] for column in columns}, sorted(keys), options)
        elif sql is None:  # of a primary key or a unique column
            found[kind, name] = [row[2] for row in read.execute(f"PRAGMA index_info({name})")]
        else:
            found[kind, name] = sql.split()
    return found


def test_the_migrations_make_exactly_the_tables(store: Store, tmp_path: Path) -> None:
    """A new state is made without them: it must be what they would have made."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    path = tmp_path / "migrated.db"
    path.touch()
    with open_engine(make_url(f"sqlite:///{path}")).connect() as migrated, migrated.begin():
        schema.migrate(migrated)
        context = MigrationContext.configure(migrated, opts={"compare_type": False})
        assert compare_metadata(context, models.metadata) == []
        assert schema.revision(migrated) == tables.SCHEMA
        with store._engine.connect() as made, made.begin():
            assert schema.revision(made) == tables.SCHEMA
            assert described(made) == described(migrated)


@pytest.mark.parametrize("wrong", ["state.db", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_a_wrong_url_says_what_is_right(wrong: str) -> None:
    with pytest.raises(ConfigurationError, match="state_url"):
        Store.open(wrong)


def test_prefixes_and_sources_of_an_installation_stay(store: Store) -> None:
    take(store, ROWS)
    for changed in ({"source": "prestacop"}, {"installation": "xx-7f3a"}):
        stage = store.stage(facts(**changed), iter(ROWS))
        with pytest.raises(ConfigurationError):
            store.accept(stage, "2026-11-20T06:00:00Z")
        stage.close()
    stage = store.stage(facts(), iter(ROWS))
    with pytest.raises(ConfigurationError, match="installation_prefix"):
        store.accept(stage, "2026-11-20T06:00:00Z", prefix="OTHER")
    stage.close()


def test_statements_are_written_on_what_a_state_is_made_of() -> None:
    """The tables are written down twice, lightly for statements: both must say the same."""
    made, light = models.metadata.tables, tables.metadata.tables
    assert light.keys() == made.keys()
    for name, table in made.items():
        said = [{column.name: _kind(column) for column in each.c} for each in (light[name], table)]
        assert said[0] == said[1], name
        for column in table.c:  # a statement on the light one leaves such a value to the database
            default = column.default
            assert default is None or column.server_default is not None or name == "books", column


def _kind(column: Column[Any]) -> tuple[str, bool]:
    """The type as statements see it, and whether the column is part of the key."""
    return type(column.type).__name__.replace("AutoString", "String"), column.primary_key
