"""The lines that `doctor` says of the ledger, the state store, the folders and each company's
books."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from bridge import ledgerkey, tomlfiles, wiring
from bridge.cli.doctor_found import currencies, principal, stamped
from bridge.cli.doctor_lines import Line, told
from bridge.cli.languages import of_terminal
from bridge.cli.standing import looked_at
from bridge.clock import Clock
from bridge.core.books import Chart
from bridge.core.identity import BooksId
from bridge.core.mapping.booking import Booking, resolve
from bridge.core.mapping.clearing import mixed
from bridge.core.mapping.electronic import Lacking, lacking
from bridge.core.mapping.electronic import lack_of as told_of
from bridge.core.mapping.untaxed import taxed_items
from bridge.core.message import Word, message
from bridge.core.money import text
from bridge.core.tie_out.tasks import counted, first_of_each, sums_of_each
from bridge.errors import BridgeError, Problem
from bridge.pipeline.context import Books, System
from bridge.pipeline.plan import limits_of
from bridge.report.said import why
from bridge.report.texts import texts
from bridge.settings import Settings
from bridge.source import registry as ledgers
from bridge.store import Store
from bridge.store.soundness import Damaged, look_through
from bridge.store.tables import SCHEMA

OLD_DELIVERY_DAYS = 3
SPACE_WARNING = 2 * 1024**3
SPACE_PROBLEM = 200 * 1024**2


def source(loaded: Settings, clock: Clock, *, readable: bool) -> Iterator[Line]:
    """The newest delivery of the ledger, as far as it can be judged without reading its rows."""
    if not readable:
        return
    today = clock.today(loaded.lender.timezone)
    try:
        facts = wiring.open_source(loaded, today).snapshot().facts
    except BridgeError as error:
        yield from told("ledger", error)
        return
    finding = message(
        "delivery",
        source=facts.source,
        installation=facts.installation,
        day=facts.as_of,
        kind=message("delivery_whole") if facts.complete else message("delivery_in_part"),
    )
    if facts.as_of < today - timedelta(days=OLD_DELIVERY_DAYS):
        yield Line(
            topic="ledger",
            state="warning",
            finding=finding,
            advice=message("delivery_old", days=(today - facts.as_of).days),
        )
    else:
        yield Line(topic="ledger", finding=finding)


def webhooks(loaded: Settings, clock: Clock) -> Iterator[Line]:
    """Whether the ledger's webhooks can be believed, where the daemon listens for them."""
    port, kind = loaded.listen.port, loaded.source.kind
    if port is None or ledgers.about(kind).calls is None:
        return
    try:
        secret = ledgerkey.read(loaded, clock)
    except BridgeError as error:
        yield from told("webhooks", error)
        return
    if secret:
        yield Line(topic="webhooks", finding=message("hooks_signed", kind=kind, port=port))
        return
    yield Line(
        topic="webhooks",
        state="warning",
        finding=message("hooks_no_secret", port=port),
        advice=message("hooks_connect", kind=kind),
    )


def state(loaded: Settings) -> Iterator[Line]:
    """The state store: schema, rights, space."""
    path = Path(loaded.state.url.removeprefix("sqlite:///"))
    yield from _space(path)
    if not path.exists():
        yield Line(topic="state", finding=message("state_to_be", file=tomlfiles.shown(path)))
        return
    if not os.access(path, os.R_OK | os.W_OK):
        yield Line(
            topic="state",
            state="problem",
            finding=message("not_writable", file=tomlfiles.shown(path)),
            advice=message("run_as", uid=path.stat().st_uid),
            exit_code=78,
        )
        return
    if path.stat().st_mode & 0o077:
        yield Line(
            topic="state",
            state="warning",
            finding=message("others_read", file=tomlfiles.shown(path)),
            advice=message("run_chmod", path=str(path)),
        )
    yield _schema(path)


def _schema(path: Path) -> Line:
    name = tomlfiles.shown(path)
    try:
        # Immutable: a plain read-only connection would leave files beside the database.
        connection = sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError:
        return Line(topic="state", finding=message("state_by_next", file=name))
    except sqlite3.DatabaseError as error:
        return Line(
            topic="state",
            state="problem",
            finding=message("state_is_none", file=name, reason=str(error)),
            advice=message("state_put_back"),
            exit_code=78,
        )
    try:
        look_through(path)
    except Damaged as found_damaged:
        return Line(
            topic="state", state="problem", finding=found_damaged.what, advice="", exit_code=78
        )
    except sqlite3.OperationalError:
        return Line(topic="state", finding=message("state_by_next", file=name))
    found = row[0] if row else ""
    if found == SCHEMA:
        return Line(topic="state", finding=message("state_whole", file=name, schema=found))
    return Line(
        topic="state",
        state="warning",
        finding=message("state_schema", file=name, found=found or "-", known=SCHEMA),
        advice=message("state_migrates"),
    )


def _space(path: Path) -> Iterator[Line]:
    folder = next(parent for parent in path.parents if parent.exists())
    free = shutil.disk_usage(folder).free
    finding = message("disk_free", size=f"{free / 1024**3:.1f}")
    if free < SPACE_PROBLEM:
        yield Line(
            topic="disk",
            state="problem",
            finding=finding,
            advice=message("free_space"),
            exit_code=75,
        )
    elif free < SPACE_WARNING:
        yield Line(
            topic="disk", state="warning", finding=finding, advice=message("free_space_soon")
        )
    else:
        yield Line(topic="disk", finding=finding)


def tasks(loaded: Settings) -> Iterator[Line]:
    """The tasks that wait for a person, one line of each kind, by the state store alone."""
    path = Path(loaded.state.url.removeprefix("sqlite:///"))
    if not path.exists() or not os.access(path, os.R_OK):
        return
    verdict = looked_at(loaded)
    words = texts(of_terminal())
    sums = sums_of_each(verdict.tasks)
    for (code, system, number), task in zip(
        counted(verdict.tasks), first_of_each(verdict.tasks), strict=True
    ):
        worth = ", ".join(f"{text(a, c)} {c}" for c, a in sorted(sums[code, system].items()))
        what = f"{number} × {words.cause(code)} [{code}]"
        place = task.place
        yield Line(
            topic=f"{system} tasks".strip(),
            state="problem",
            finding=" · ".join(filter(None, (what, worth, place))),
            advice=message("all_of_them", what=words.of("actions", task.action)),
            exit_code=1,
        )
    if not verdict.tasks and not verdict.green:
        yield Line(
            topic="verdict",
            state="problem",
            finding=message("not_checked", why=why(verdict)),
            advice=message("try_later"),
            exit_code=verdict.exit_code,
        )
    elif not verdict.tasks:
        yield Line(topic="tasks", finding=message("nobody_waited"))


def folders(loaded: Settings) -> Iterator[Line]:
    """Whether the folders of reports and logs can be written to."""
    for topic, folder in (("reports", loaded.report.folder), ("logs", loaded.logs.folder)):
        there = next(each for each in (folder, *folder.parents) if each.exists())
        if there.is_dir() and os.access(there, os.W_OK):
            yield Line(topic=topic, finding=tomlfiles.shown(folder))
        else:
            yield Line(
                topic=topic,
                state="problem",
                finding=message("not_writable", file=tomlfiles.shown(folder)),
                advice=message("give_right", folder=str(there)),
                exit_code=78,
            )


def invoicing(loaded: Settings, name: str) -> Iterator[Line]:
    """The answer about one company's electronic invoices, by bridge.toml alone."""
    said = wiring.declared(loaded, name)
    topic, lacks = f"{name} electronic invoicing", lacking(said)
    if lacks is None:
        signed = f" ({said.answered_by}, {said.answered_on})" if said.answered_on else ""
        given = f"issues = {said.issues}" + (f", answer = {said.answer}" if said.answer else "")
        finding = f"{given}{signed}" if said.issues else message("nobody_asked")
        yield Line(topic=topic, finding=finding)
        return
    goes_on = lacks is Lacking.NOT_ASKED and _posted_to(loaded, name)
    missing = told_of(said, lacks)
    yield Line(
        topic=topic,
        state="warning" if goes_on else "problem",
        finding=message(
            "finding_at", where=f"bridge.toml, [systems.{name}] electronic_invoicing", what=missing
        ),
        advice=message("see_example", what=Word("actions", "answer_invoicing")),
        exit_code=0 if goes_on else 78,
    )


def _posted_to(loaded: Settings, name: str) -> bool:
    """Whether documents of ours are in a company's books, by the state store alone."""
    if not Path(loaded.state.url.removeprefix("sqlite:///")).exists():
        return False
    scratch = Store.open(loaded.state.url, migrate=False).scratch()
    try:
        with scratch.read() as work:
            return bool(work.bindings.counts(BooksId(name, loaded.systems[name].company_id)))
    finally:
        scratch.close()


def system(loaded: Settings, name: str) -> Iterator[Line]:
    """One company's books: the login, what kind of company it is, and whether the mapping fits."""
    try:
        with wiring.open_dry(loaded, [name]) as bridge:
            books = bridge.books[name]
            chart = books.system.chart()
            yield from _company(loaded, name, chart)
            yield from _fit(name, books, chart)
            yield from principal(bridge.store, books, chart)
            yield from stamped(bridge.store, books)
            for topic, finding, advice in books.system.probes():
                yield Line(
                    topic=f"{name} {topic}",
                    state="warning" if advice else "ok",
                    finding=finding,
                    advice=advice,
                )
    except BridgeError as error:
        yield from told(name, error)


def _company(loaded: Settings, name: str, chart: Chart) -> Iterator[Line]:
    company = chart.company
    yield Line(
        topic=name,
        finding=message(
            "company_is", company=company.name, id=company.id, currency=company.home_currency
        ),
    )
    if company.home_currency != loaded.lender.home_currency:
        yield Line(
            topic=name,
            state="problem",
            finding=message(
                "home_differs", books=company.home_currency, lender=loaded.lender.home_currency
            ),
            advice=message("right_company"),
            exit_code=78,
        )
    if not company.writable:
        yield Line(
            topic=name,
            state="problem",
            finding=message("refuses_writes"),
            advice=message("look_subscription"),
            exit_code=1,
        )
    if not company.own_numbers:
        yield Line(
            topic=name,
            state="problem",
            finding=message("numbers_itself"),
            advice=message("own_numbers_on"),
            exit_code=78,
        )
    if company.locked_through:
        yield Line(topic=name, finding=message("is_closed_through", day=company.locked_through))
    elif company.lock_known:
        yield Line(topic=name, finding=message("is_closed_none"))
    else:
        yield Line(
            topic=name,
            state="warning",
            finding=message("is_closed_untold"),
            advice=message("refused_then_waits"),
        )


def _advice(booking: Booking | None, chart: Chart, where: str) -> Iterator[Problem]:
    """Advice on a mapping that fits its chart: what it would better not do."""
    if booking is not None:
        yield from mixed(booking, chart, where)
        yield from taxed_items(booking, chart, where)


def _fit(name: str, books: Books[System], chart: Chart) -> Iterator[Line]:
    """The mapping against the chart of accounts as it is now."""
    booking, problems = resolve(
        books.mapping, chart, limits_of(books.system.capabilities), books.where
    )
    for problem in problems:
        yield Line(
            topic=f"{name} chart",
            state="problem",
            finding=message("finding_at", where=problem.where, what=problem.what),
            advice=problem.fix,
            exit_code=78,
        )
    for each in _advice(booking, chart, books.where):
        finding = message("finding_at", where=each.where, what=each.what)
        yield Line(topic=f"{name} chart", state="warning", finding=finding, advice=each.fix)
    if booking is not None:
        targets = len(books.mapping.lines) + len(books.mapping.deposits)
        yield Line(topic=f"{name} chart", finding=message("chart_found", count=targets))
    yield from currencies(name, books.mapping, chart)
