"""The ledger's own three tables, in the order of the port."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from bridge.core.ledger import Entity
from bridge.source.deudores import loans, movements, people
from bridge.source.deudores.context import Context
from bridge.source.deudores.day_order import Days, doubt, survey_days
from bridge.source.deudores.loans import Loans
from bridge.source.deudores.movements import Movements
from bridge.source.deudores.people import Borrowers
from bridge.source.deudores.rows import Convention
from bridge.source.deudores.tables import Table
from bridge.source.deudores.weak import silently


def canonical_rows(context: Context, tables: Iterable[Table]) -> Iterator[Entity]:
    """Every row of the tables; those that cannot be read are in the context's log."""
    tables = list(tables)
    for table in tables:
        others = [other for other in tables if other is not table]
        read = builder(context, table, others).read
        for line, cells in table.cells(context):
            row = read(line, cells)
            if row is not None:
                yield row


def builder(
    context: Context, table: Table, others: Sequence[Table] = ()
) -> Borrowers | Loans | Movements:
    """What builds rows of this table's kind."""
    if table.kind == "borrowers":
        return Borrowers(context, table)
    days = doubt(days_of(context, table), [partial(days_of, context, other) for other in others])
    mapping = context.mapping
    convention = Convention(
        mapping.ambiguous_amounts, table.contradictions(context), days, mapping.date_order
    )
    if table.kind == "loans":
        return Loans(context, table, convention)
    return Movements(context, table, convention)


def days_of(context: Context, table: Table) -> Days:
    """A first look at a table's dates; what it tells is told when the table itself is read."""
    fields = {"borrowers": people.FIELDS, "loans": loans.FIELDS, "movements": movements.FIELDS}
    rows = silently(table, context)
    return survey_days(table.file, table.kind, table.headings, fields[table.kind], rows)
