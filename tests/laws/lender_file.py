"""Ledger files as a lender could have written them, with the truth about every row beside them.

What is drawn: known columns in any order, unknown ones, rows of totals, repeated headings, notes,
cells that nobody can read, cells readable in two ways, contradictions. The truth is what the drawer
knows, not what any reader makes of it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import xlsxwriter
from hypothesis import strategies as st

TODAY = date(2026, 11, 20)
LOANS, PAYMENTS = "deudas", "movimientos"
UNREADABLE = ("no vino", "X", "#REF!", "pagó", "¿?", "50 y 20", "12.34.56", "1.2.3", "--", "veinte")
VISITS = ("no vino", "--")
"""What stands in the place of a payment where nobody paid: told, and no trouble."""
WORDS = ("azul", "la esquina", "ruta norte", "sin novedad", "ok")
HARMLESS = ("Color de la casa", "Apodo", "Barrio vereda")
MONEYED = ("Recaudo de la ruta", "Aporte del socio", "Vlr pactado")
PEOPLE = ("Ana Ríos", "Luis Mora", "Rosa Peña", "Iván Cruz", "Marta Gil", "Óscar Ruiz")


@dataclass
class Fact:
    """One row that means money: a loan or a payment."""

    table: str
    id: str
    loan: str
    face: Any
    """What stands in the amount's cell."""
    truth: Decimal | None
    """What it is worth; None where the file does not let anybody tell."""
    extra: dict[str, Any] = field(default_factory=dict)
    """Cells of other columns."""
    row: int = 0
    """Where it was written."""


@dataclass
class Drawn:
    """A whole file and what is known about it."""

    facts: list[Fact]
    headings: dict[str, list[str]]
    beside: dict[str, list[tuple[int, list[Any]]]]
    """Table → (before which fact, cells) of rows that mean no money."""
    form: str
    stops: list[str] = field(default_factory=list)
    """Headings and sheets because of which the whole file must be refused, naming them."""
    troubles: list[str] = field(default_factory=list)
    """Everything else because of which the verdict may not be green."""
    perhaps: list[str] = field(default_factory=list)
    """Because of which it may or may not be green."""

    def of(self, table: str) -> list[Fact]:
        return [fact for fact in self.facts if fact.table == table]


def plain(value: Decimal) -> str:
    """1234567.5 → 1.234.567,50, as in Bogotá."""
    whole, _, cents = f"{value:,.2f}".partition(".")
    whole = whole.replace(",", ".")
    return whole if cents == "00" else f"{whole},{cents}"


FACES: tuple[Callable[[Decimal], str], ...] = (
    plain,
    lambda v: f"$ {plain(v)}",
    lambda v: f"${plain(v)}",
    lambda v: f"{v:f}".partition(".")[0] if v == v.to_integral_value() else plain(v),
    lambda v: f"{plain(v)} COP",
)


@st.composite
def amounts(draw: st.DrawFn, doubtful: bool) -> tuple[str, Decimal | None]:
    """A cell's face and its truth. In a column that contradicts itself (`doubtful`), what has one
    sign and three digits may be thousands or thousandths."""
    if draw(st.integers(0, 11)) == 0:
        return draw(st.sampled_from(UNREADABLE)), None
    value = Decimal(draw(st.integers(1, 9_999))) * draw(st.sampled_from((1, 50, 1_000)))
    face = draw(st.sampled_from(FACES))(value)
    if doubtful and 1_000 <= value < 1_000_000 and "." in face and "," not in face:
        return face, None
    return face, value


@st.composite
def lender_files(draw: st.DrawFn) -> Drawn:
    form = draw(st.sampled_from(("csv", "xlsx")))
    drawn = Drawn([], {}, {LOANS: [], PAYMENTS: []}, form)
    doubtful = {t: draw(st.integers(0, 9)) == 0 for t in (LOANS, PAYMENTS)}
    _loans(draw, drawn, doubtful[LOANS])
    _payments(draw, drawn, doubtful[PAYMENTS])
    for table, owed in ((LOANS, "Total a pagar"), (PAYMENTS, "Monto")):
        _contradicting(draw, drawn, table, doubtful[table])
        _columns(draw, drawn, table, owed)
        _rows_beside(draw, drawn, table, owed)
    return drawn


def _day(draw: st.DrawFn, first: date, last: date) -> date:
    return first + timedelta(days=draw(st.integers(0, (last - first).days)))


def _loans(draw: st.DrawFn, drawn: Drawn, doubtful: bool) -> None:
    for number in range(1, draw(st.integers(1, 5)) + 1):
        face, truth = draw(amounts(doubtful))
        start = _day(draw, date(2026, 1, 13), date(2026, 6, 28))
        person = draw(st.integers(0, len(PEOPLE) - 1))
        extra = {
            "Cédula": f"50{person:07d}",
            "Cliente": PEOPLE[person],
            "Fecha": start.strftime("%d/%m/%Y"),
            "Tipo": "Préstamo",
        }
        if draw(st.integers(0, 24)) == 0:
            extra["Fecha"], truth = "mañana", None
        fact = Fact(LOANS, str(number), str(number), face, truth, extra)
        drawn.facts.append(fact)
        if truth is None:
            drawn.troubles.append(f"loan {number}: {face}")


def _payments(draw: st.DrawFn, drawn: Drawn, doubtful: bool) -> None:
    owed = {fact.id: fact.truth for fact in drawn.of(LOANS)}
    for number in range(1, draw(st.integers(0, 6)) + 1):
        loan = draw(st.sampled_from(sorted(owed)))
        left = owed[loan]
        face, truth = draw(amounts(doubtful))
        if truth is not None and left is not None:
            if truth > left:  # more than is owed is another law's business
                continue
            owed[loan] = left - truth
        paid = _day(draw, date(2026, 6, 29), TODAY)
        extra = {"ID deuda": loan, "Fecha": paid.strftime("%d/%m/%Y"), "Tipo": "Abono"}
        match draw(st.integers(0, 29)):
            case 0:
                extra["ID deuda"] = "901"
                drawn.troubles.append(f"payment {number}: no loan 901")
            case 1:
                extra["Tipo"] = "Trueque"
                drawn.troubles.append(f"payment {number}: unknown type")
            case 2:
                extra["Fecha"] = (TODAY + timedelta(days=9)).strftime("%d/%m/%Y")
                drawn.troubles.append(f"payment {number}: in the future")
        drawn.facts.append(Fact(PAYMENTS, str(100 + number), extra["ID deuda"], face, truth, extra))
        if truth is None and face not in VISITS:
            drawn.troubles.append(f"payment {number}: {face}")


def _contradicting(draw: st.DrawFn, drawn: Drawn, table: str, doubtful: bool) -> None:
    """The cell that shows that the column is not written in one way."""
    if not doubtful or not drawn.of(table):
        return
    if table == LOANS:
        extra = {"Cédula": "509999999", "Cliente": "Eva Sanz", "Fecha": "15/01/2026"}
        extra["Tipo"] = "Préstamo"
        drawn.facts.append(Fact(LOANS, "77", "77", "1,234.50", Decimal("1234.50"), extra))
        return
    lent = next((f for f in drawn.of(LOANS) if f.truth and f.truth > 3_000), None)
    extra = {"ID deuda": lent.id if lent else "902", "Fecha": "30/06/2026", "Tipo": "Abono"}
    drawn.facts.append(
        Fact(PAYMENTS, "177", extra["ID deuda"], "1,234.50", Decimal("1234.50"), extra)
    )
    drawn.perhaps.append("a payment that may be more than is owed")


def _columns(draw: st.DrawFn, drawn: Drawn, table: str, owed: str) -> None:
    id_heading = "ID deuda" if table == LOANS else "ID movimiento"
    own = {
        LOANS: [id_heading, "Cédula", "Cliente", "Fecha", "Tipo", owed],
        PAYMENTS: [id_heading, "ID deuda", "Fecha", "Tipo", owed],
    }[table]
    facts = drawn.of(table)
    for fact in facts:
        fact.extra |= {id_heading: fact.id, owed: fact.face}
    if draw(st.integers(0, 3)) == 0:
        heading = draw(st.sampled_from(HARMLESS))
        own.append(heading)
        for fact in facts:
            fact.extra[heading] = draw(st.sampled_from(WORDS))
    if facts and draw(st.integers(0, 7)) == 0:
        heading = draw(st.sampled_from(MONEYED))
        own.append(heading)
        for fact in facts:
            fact.extra[heading] = plain(Decimal(draw(st.integers(10, 99))) * 1_000)
        drawn.stops.append(heading)
    if table == LOANS and draw(st.integers(0, 3)) == 0:
        _balances(draw, drawn, own)
    drawn.headings[table] = draw(st.permutations(own))


def _balances(draw: st.DrawFn, drawn: Drawn, own: list[str]) -> None:
    """What the file itself says is owed: what its movements make, or something else."""
    if any(f.truth is None for f in drawn.facts) or drawn.troubles or not drawn.of(PAYMENTS):
        return  # a balance without any payments is another law's business
    own.append("Saldo")
    for loan in drawn.of(LOANS):
        assert loan.truth is not None
        paid = sum((f.truth or 0) for f in drawn.of(PAYMENTS) if f.loan == loan.id)
        said = loan.truth - paid
        if draw(st.integers(0, 5)) == 0:
            said += draw(st.sampled_from((1, 1_000)))
            drawn.troubles.append(f"loan {loan.id}: the balance contradicts its movements")
        loan.extra["Saldo"] = plain(said)


TOTALS = ("Total cartera", "TOTAL:", "Gran total", "Suman", "Subtotal Centro", "Total octubre")


def _rows_beside(draw: st.DrawFn, drawn: Drawn, table: str, owed: str) -> None:
    headings, facts = drawn.headings[table], drawn.of(table)
    beside = drawn.beside[table]
    if facts and draw(st.integers(0, 3)) == 0:
        truths = [fact.truth for fact in facts]
        cells: list[Any] = [""] * len(headings)
        words = [i for i, h in enumerate(headings) if h in ("Cliente", "ID movimiento", "ID deuda")]
        cells[draw(st.sampled_from(words))] = draw(st.sampled_from(TOTALS))
        whole = sum((t for t in truths if t is not None), Decimal(0))
        if draw(st.integers(0, 3)) == 0:
            whole += 1_000
            drawn.troubles.append(f"{table}: the total at the end is not the sum")
        elif any(fact.truth is None and fact.face not in VISITS for fact in facts):
            drawn.troubles.append(f"{table}: a total over rows that nobody can read")
        cells[headings.index(owed)] = plain(whole)
        beside.append((len(facts), cells))
    if facts and draw(st.integers(0, 5)) == 0:
        beside.append((draw(st.integers(1, len(facts))), list(headings)))
    if draw(st.integers(0, 5)) == 0:
        note = ["Elaborado por: la oficina"] + [""] * (len(headings) - 1)
        beside.append((len(facts), note))


def written(drawn: Drawn, folder: Path) -> Path:
    """The file or folder on disk. Says of each fact in which row it stands."""
    sheets = {table: _lines(drawn, table) for table in (LOANS, PAYMENTS)}
    if not drawn.of(PAYMENTS):
        del sheets[PAYMENTS]
    if drawn.form == "xlsx":
        path = folder / "libro.xlsx"
        book = xlsxwriter.Workbook(str(path))
        for name, lines in sheets.items():
            sheet = book.add_worksheet(name)
            for at, cells in enumerate(lines):
                for column, cell in enumerate(cells):
                    sheet.write_string(at, column, cell)
        book.close()
        return path
    for name, lines in sheets.items():
        text = "\n".join(";".join(cells) for cells in lines) + "\n"
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    return folder


def _lines(drawn: Drawn, table: str) -> list[list[str]]:
    headings, lines = drawn.headings[table], [drawn.headings[table]]
    beside = sorted(drawn.beside[table], key=lambda pair: pair[0])
    facts = drawn.of(table)
    for number in range(len(facts) + 1):
        lines += [cells for before, cells in beside if before == number]
        if number < len(facts):
            fact = facts[number]
            lines.append([str(fact.extra.get(heading, "")) for heading in headings])
            fact.row = len(lines)
    return lines
