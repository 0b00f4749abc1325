"""Tables made of others: one from several sheets, and payments that name a person, not a loan."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from bridge.core.ledger import LoanKind
from bridge.core.message import message
from bridge.errors import Problem, SnapshotRefused
from bridge.source.deudores import loans, movements, people
from bridge.source.deudores.context import Cell, Context, as_text, identifier, in_cell
from bridge.source.deudores.split import PARTS
from bridge.source.deudores.survey import Survey
from bridge.source.deudores.tables import NumberedCells, Table
from bridge.source.deudores.weak import silently
from bridge.source.texts import name_key

_LOAN = {field: position for position, field in enumerate(loans.FIELDS)}
_PERSON = {field: position for position, field in enumerate(people.FIELDS)}
_MOVEMENT = {field: position for position, field in enumerate(movements.FIELDS)}
_CLOSED = ("paid", "renewed", "annulled", "written_off")


class Chained:
    """Sheets with the same headings, read one after the other as one table.

    While a row of a sheet is read, the table goes by that sheet's name. A number that stands in
    two of them refuses the delivery: one sheet is then a copy of the other, or its numbers start
    anew.
    """

    def __init__(self, parts: Sequence[Table]) -> None:
        self._parts = parts
        self._part = parts[0]
        self.kind = parts[0].kind

    @property
    def file(self) -> str:
        return self._part.file

    @property
    def headings(self) -> dict[str, str]:
        return self._part.headings

    @property
    def said_kind(self) -> LoanKind | None:
        return self._part.said_kind

    def survey(self, context: Context) -> Survey:
        found = Survey()
        for part in self._parts:
            self._part = part
            found = found.also(part.survey(context))
        return found

    def cells(self, context: Context) -> NumberedCells:
        first: dict[str, str] = {}
        for part in self._parts:
            self._part = part
            here: set[str] = set()
            for line, cells in self._part.cells(context):
                native_id = identifier(cells[0])
                if native_id in first:
                    raise self._twice(first[native_id], line, native_id)
                here.add(native_id)
                yield line, cells
            here.discard("")
            first |= dict.fromkeys(here, self._part.file)

    def _twice(self, other: str, line: int, native_id: str) -> SnapshotRefused:
        what = message("refused_same_row", row=line)
        if not native_id.startswith("W"):
            what = message("refused_same_number", text=native_id, row=line)
        problem = Problem(
            f"{other}, {self.file}",
            what,
            message("mend_same_number"),
        )
        return SnapshotRefused(message("untrusted", problem=problem.told), [problem])


class PaymentsByName:
    """Payments that name their client: each belongs to the client's only open loan.

    A client with no open loan, or with several, is told with the row: which loan was paid is not
    guessed.
    """

    kind = "movements"
    said_kind = None

    def __init__(
        self, table: Table, fields: tuple[str, ...], loans: Table | None, people: Table | None
    ) -> None:
        self._table = table
        self._at = {field: position for position, field in enumerate(fields)}
        self._loans = loans
        self._people = people

    @property
    def file(self) -> str:
        return self._table.file

    @property
    def headings(self) -> dict[str, str]:
        return self._table.headings | {"loan": self._table.headings["name"]}

    def survey(self, context: Context) -> Survey:
        return self._table.survey(context)

    def cells(self, context: Context) -> NumberedCells:
        open_loans = self._open_loans(context)
        for line, cells in self._table.cells(context):
            found = open_loans.get(name_key(as_text(cells[self._at["name"]])), [])
            if len(found) == 1:
                changed = list(cells)
                changed[_MOVEMENT["loan"]] = found[0]
                del changed[self._at["name"]]
                yield line, tuple(changed)
            else:
                self._tell(context, line, cells, len(found))

    def _open_loans(self, context: Context) -> dict[str, list[str]]:
        """Name → loans that are not told to be closed."""
        found: dict[str, list[str]] = {}
        if self._loans is None:
            return found
        names = dict(self._names(context))
        states = context.mapping.state_words
        for _, cells in silently(self._loans, context):
            written = name_key(as_text(cells[_LOAN["name"]]))
            name = written or names.get(identifier(cells[_LOAN["borrower"]]), "")
            state = states.get(name_key(as_text(cells[_LOAN["state"]])), "")
            if name and state not in _CLOSED:
                found.setdefault(name, []).append(identifier(cells[_LOAN["id"]]))
        return found

    def _names(self, context: Context) -> Iterator[tuple[str, str]]:
        if self._people is not None:
            for _, cells in silently(self._people, context):
                yield identifier(cells[_PERSON["id"]]), name_key(as_text(cells[_PERSON["name"]]))

    def _tell(self, context: Context, line: int, cells: tuple[Cell, ...], open_loans: int) -> None:
        heading = self._table.headings["name"]
        why = message("no_open_loan")
        if open_loans:
            why = message("many_open_loans", number=open_loans)
        money, default = context.amounts.money, context.default_currency
        written = {f: cells[self._at[f]] for f in ("amount", *PARTS) if f in self._at}
        fields = ("amount",) if as_text(written["amount"]).strip() else PARTS
        read = [amount.value for f in fields if (amount := money(written.get(f, ""), default))]
        context.log.unread(
            self.kind,
            "row.unreadable",
            f"file:{self.file}",
            in_cell(line, heading, why),
            at=(self.file, line),
            amount=sum(read, Decimal(0)) if read else None,
            currency=default if read else "",
        )
