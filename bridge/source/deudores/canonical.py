"""The ledger's own three tables, in the order of the port."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bridge.core.ledger import Entity
from bridge.source.deudores.context import Context
from bridge.source.deudores.loans import Loans
from bridge.source.deudores.movements import Movements
from bridge.source.deudores.people import Borrowers
from bridge.source.deudores.rows import Convention
from bridge.source.deudores.tables import Table


def canonical_rows(context: Context, tables: Iterable[Table]) -> Iterator[Entity]:
    """Every row of the tables; those that cannot be read are in the context's log."""
    for table in tables:
        read = builder(context, table).read
        for line, cells in table.cells(context):
            row = read(line, cells)
            if row is not None:
                yield row


def builder(context: Context, table: Table) -> Borrowers | Loans | Movements:
    """What builds rows of this table's kind."""
    if table.kind == "borrowers":
        return Borrowers(context, table)
    convention = Convention(context.mapping.ambiguous_amounts, table.contradictions(context))
    if table.kind == "loans":
        return Loans(context, table, convention)
    return Movements(context, table, convention)
