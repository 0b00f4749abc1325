"""The ledger's own three tables, in the order of the port."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from bridge.core.findings import Finding
from bridge.core.ledger import Entity
from bridge.core.message import message
from bridge.source.deudores.context import Context
from bridge.source.deudores.day_order import Days, doubt
from bridge.source.deudores.loans import Loans
from bridge.source.deudores.movements import Movements
from bridge.source.deudores.people import Borrowers
from bridge.source.deudores.rows import Convention
from bridge.source.deudores.tables import Table
from bridge.source.deudores.visits import Visits


def canonical_rows(context: Context, tables: Iterable[Table]) -> Iterator[Entity]:
    """Every row of the tables; those that cannot be read are in the context's log."""
    tables = list(tables)
    for table in tables:
        others = [other for other in tables if other is not table]
        read, unread = builder(context, table, others).read, context.log.unreadable
        before, nothing = unread[table.kind], True
        for line, cells in table.cells(context):
            row = read(line, cells)
            if row is not None:
                nothing = False
                yield row
        if nothing and (count := unread[table.kind] - before):
            _tell_nothing_read(context, table.file, count)


def _tell_nothing_read(context: Context, file: str, count: int) -> None:
    """A table that has rows, and none that could be read: something is wrong with all of it."""
    nothing = Finding(
        code="file.nothing_read",
        subject=f"file:{file}",
        detail=message("none_of_table", number=count, file=file),
        file=file,
    )
    context.log.findings.insert(0, nothing)


def builder(
    context: Context, table: Table, others: Sequence[Table] = ()
) -> Borrowers | Loans | Movements:
    """The builder of rows of this table's kind."""
    if table.kind == "borrowers":
        return Borrowers(context, table)
    found = table.survey(context)
    days = doubt(found.days, [partial(_days_of, other, context) for other in others])
    mapping = context.mapping
    convention = Convention(
        mapping.ambiguous_amounts, found.contradictions, days, mapping.date_order
    )
    if table.kind == "loans":
        return Loans(context, table, convention)
    return Movements(context, table, convention, Visits(context, found.unpaid))


def _days_of(table: Table, context: Context) -> Days:
    """The order of day and month that another table's dates show. What else its survey tells is
    told when it is read itself."""
    with context.unheard():
        return table.survey(context).days
