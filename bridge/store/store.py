"""The state store: everything the bridge must not forget, in one database."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import URL, Connection, Engine, text
from sqlalchemy.exc import OperationalError

from bridge.core.findings import Finding
from bridge.core.ledger import Entity, SnapshotFacts
from bridge.core.message import message
from bridge.errors import ConfigurationError, TryLater
from bridge.store import intake, likeness, schema
from bridge.store.bindings import Bindings
from bridge.store.calls import Calls
from bridge.store.decisions import Decisions
from bridge.store.engine import (
    WRITES,
    file_of,
    is_sqlite,
    make_private,
    open_engine,
    parsed,
    raw,
    uri,
)
from bridge.store.entries import Entries
from bridge.store.findings import Findings
from bridge.store.ledger_queries import LedgerQueries
from bridge.store.marks import Marks
from bridge.store.mirror import Mirror
from bridge.store.outbox import Outbox
from bridge.store.planning import Planning
from bridge.store.runs import Runs
from bridge.store.said_alike import AlikeAnswers
from bridge.store.scratch import copy_untouched
from bridge.store.session import Session
from bridge.store.stage import Stage, amount_text
from bridge.store.strangers import Strangers
from bridge.store.tasks import Tasks
from bridge.store.trials import Trials
from bridge.store.upkeep import Kept, Lineage, Upkeep, log_is_lost, read_beside, write_beside
from bridge.store.values import Accepted

REINSTALLED_LISTED = 20


class Work:
    """One transaction on the whole state, by what is asked and told."""

    def __init__(self, connection: Connection, *, writes: bool) -> None:
        self.session = session = Session(connection, writes=writes)
        self.ledger = LedgerQueries(session)
        self.findings = Findings(session)
        self.plans = Planning(session)
        self.entries = Entries(session)
        self.outbox = Outbox(session)
        self.trials = Trials(session)
        self.bindings = Bindings(session)
        self.mirror = Mirror(session)
        self.strangers = Strangers(session)
        self.tasks = Tasks(session)
        self.decisions = Decisions(session)
        self.alike = AlikeAnswers(session)
        self.marks = Marks(session)
        self.runs = Runs(session)
        self.calls = Calls(session)
        self.upkeep = Upkeep(session)


class Store:
    """The state, opened. One writer at a time, any number of readers beside it."""

    def __init__(
        self,
        url: URL,
        engine: Engine,
        scratch: Path | None = None,
        original: Path | None = None,
    ) -> None:
        self._url = url
        self._engine = engine
        self._scratch = scratch
        self._original = original
        self._log_lost = False

    @staticmethod
    def open(url: str, *, migrate: bool = True) -> Store:
        """Open the database, made and brought up to date where needed.

        With `migrate=False` nothing is looked at or made before it is used: the way to `scratch`.
        """
        place = parsed(url)
        path = file_of(place)
        store = Store(place, open_engine(place))
        store._log_lost = path is not None and log_is_lost(path)
        if migrate:
            if path is not None:
                make_private(path)
            try:
                with _busy(place):
                    schema.bring_up_to_date(store._engine, path, store.name)
            except BaseException:
                store.close()
                raise
        return store

    @property
    def name(self) -> str:
        """The database for messages, without a password."""
        path = file_of(self._url)
        return str(path) if path is not None else self._url.render_as_string(hide_password=True)

    @contextmanager
    def begin(self) -> Iterator[Work]:
        """One write transaction: all of it, or nothing if the block raises."""
        with _busy(self._url), self._writing() as connection, connection.begin():
            yield Work(connection, writes=True)

    @contextmanager
    def read(self) -> Iterator[Work]:
        """A view of one moment, whatever others write meanwhile."""
        with _busy(self._url), self._engine.connect() as connection, connection.begin() as view:
            yield Work(connection, writes=False)
            view.rollback()

    def scratch(self) -> Store:
        """A private copy that nothing comes back from. The original is not touched at all."""
        original = file_of(self._url)
        if original is None:
            raise ConfigurationError(message("dry_needs_sqlite"))
        return Store._aside(original)

    @staticmethod
    def blank() -> Store:
        """A private store that knows nothing, and that nothing comes back from."""
        return Store._aside(None)

    @staticmethod
    def _aside(original: Path | None) -> Store:
        folder = Path(tempfile.mkdtemp(prefix="ledger-bridge-dry-"))
        copy = folder / "state.db"
        make_private(copy)
        try:
            if original is not None and original.exists():
                copy_untouched(original, copy)
            url = URL.create("sqlite", database=str(copy))
            engine = open_engine(url, durable=False)
            store = Store(url, engine, scratch=folder, original=original)
            store._log_lost = original is not None and log_is_lost(original)
            schema.bring_up_to_date(store._engine, copy, store.name)
        except BaseException:
            shutil.rmtree(folder)
            raise
        return store

    def stage(self, facts: SnapshotFacts, rows: Iterator[Entity]) -> Stage:
        """Take a delivery aside and count it. Close the stage when done with it."""
        path = file_of(self._url)
        stage = Stage(facts, None if path is None else path.parent)
        try:
            stage.fill(rows)
            with self._beside(self._engine.connect(), stage) as connection, connection.begin():
                installation = intake.figures(stage, connection)
                if installation is not None:
                    stage.reinstalled = _reinstalled(connection, installation)
        except BaseException:
            stage.close()
            raise
        return stage

    def settle(self, stage: Stage) -> list[Finding]:
        """The findings that ask about rows without numbers of their own, each joined to
        yesterday's.

        For a delivery whose ids are made from content; see `store.likeness`. The stage is what
        may be accepted afterwards.
        """
        with (
            self._beside(self._engine.connect(), stage, writes=True) as connection,
            connection.begin(),
        ):
            installation = intake.figures(stage, connection)
            if installation is None:
                return []
            settled = likeness.settle(connection, installation, complete=stage.complete)
        stage.settled = True
        if settled.changed:
            stage.recount()
        return settled.findings

    def accept(
        self,
        stage: Stage,
        at: str,
        *,
        prefix: str = "",
        incomplete: Collection[str] = (),
    ) -> Accepted:
        """Make the delivery the ledger, in one transaction.

        Rows that a complete delivery lacks are marked as gone; not so those of the entities named
        in `incomplete` (rows that could not be read). `prefix` is that of the installation's
        references, if it is not to be the default one; it cannot be changed later.
        """
        with (
            _busy(self._url),
            self._beside(self._writing(), stage) as connection,
            connection.begin(),
        ):
            intake.figures(stage, connection)
            return intake.accept(connection, stage, at, prefix, incomplete)

    def back_up(self, target: Path) -> None:
        """Copy the state to a new file while it is in use."""
        path = file_of(self._url)
        if path is None:
            raise ConfigurationError(message("backup_by_pg_dump"))
        if target.exists():
            raise ConfigurationError(message("target_exists", target=str(target)))
        schema.back_up(path, target)

    def lineage(self, kept: Kept) -> tuple[Lineage, int]:
        """The lineage of a state that is `kept` so, by the small file beside it, and the passes
        that the file counts. A scratch copy is judged like the state that it was made of."""
        path = self._original if self._scratch is not None else file_of(self._url)
        beside = None if path is None else read_beside(path)
        found = kept.beside(beside)
        if self._log_lost and found is Lineage.SAME:
            found = Lineage.OLDER
        return found, 0 if beside is None else beside.passes

    @property
    def is_beside_a_word(self) -> bool:
        """Whether a small file beside the state says how it was left. PostgreSQL has none."""
        return file_of(self._url) is not None

    def leave_word(self, kept: Kept) -> None:
        """Have the small file beside the state say so. Beside a scratch copy there is none."""
        path = file_of(self._url)
        if path is not None and self._scratch is None:
            write_beside(path, kept)

    def close(self) -> None:
        """Close every connection; a scratch copy disappears."""
        self._engine.dispose()
        if self._scratch is not None:
            shutil.rmtree(self._scratch)
            self._scratch = None

    def _writing(self) -> Connection:
        return self._engine.connect().execution_options(**{WRITES: True})

    @contextmanager
    def _beside(
        self, connection: Connection, stage: Stage, *, writes: bool = False
    ) -> Iterator[Connection]:
        """The connection with the staged rows beside it, as tables `stage_…`."""
        with connection:
            if not is_sqlite(connection):
                raise ConfigurationError(message("staged_for_sqlite"))
            driver = raw(connection)
            driver.execute(
                "ATTACH DATABASE ? AS stage", (uri(stage.path, mode="rw" if writes else "ro"),)
            )
            driver.execute("PRAGMA stage.cache_size = -16384")
            if writes:  # as when it was filled: the file need not survive anything
                driver.execute("PRAGMA stage.journal_mode = OFF")
                driver.execute("PRAGMA stage.synchronous = OFF")
            try:
                yield connection
            finally:
                driver.execute("DETACH DATABASE stage")


@contextmanager
def _busy(url: URL) -> Iterator[None]:
    """Say what a lock that nobody releases means."""
    try:
        yield
    except OperationalError as error:
        if "locked" not in str(error.orig):
            raise
        where = url.render_as_string(hide_password=True)
        raise TryLater(message("state_written_to", where=where)) from error


def _reinstalled(connection: Connection, installation: int) -> tuple[str, ...]:
    """Loans whose date, amount and borrower's name all differ: another loan under an old id."""
    found = connection.execute(
        text(
            "SELECT s.id, m.start AS was_start, s.start AS is_start,"
            " coalesce(m.opening_cents, m.gross_cents) AS was_cents,"
            " coalesce(s.opening_cents, s.gross_cents) AS is_cents"
            " FROM stage_loan s CROSS JOIN ledger_loan m CROSS JOIN stage_borrower sb"
            " CROSS JOIN ledger_borrower mb"
            " WHERE m.installation = :i AND m.id = s.id AND m.start <> s.start"
            " AND coalesce(m.opening_cents, m.gross_cents, 0)"
            " <> coalesce(s.opening_cents, s.gross_cents, 0)"
            " AND sb.id = s.borrower AND mb.installation = :i AND mb.id = m.borrower"
            " AND sb.name_key <> mb.name_key ORDER BY s.id LIMIT :listed"
        ),
        {"i": installation, "listed": REINSTALLED_LISTED},
    )
    return tuple(
        f"loan:{row.id}: another borrower, {row.was_start} became {row.is_start},"
        f" {amount_text(row.was_cents)} became {amount_text(row.is_cents)}"
        for row in found
    )
