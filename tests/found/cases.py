"""What each found ledger must come to in the books, and what must be told: written by hand.

`tests/data/found` holds the files. No number here was computed by the program: it is what a person
with the file in hand would say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

OWN = ("csv", "xlsx", "json")
"""The forms of a case in the app's own tables."""
SHEETS = ("csv", "xlsx")
"""The forms of a lender's own sheet."""


@dataclass(frozen=True)
class Told:
    """One task: what is wrong, where, and what it is worth."""

    code: str
    sheet: str
    row: int
    amount: int = 0
    """As it is told; 0 where nobody can say."""
    effect: int | None = None
    """What it would do to what is owed, if that is not the amount."""
    text: str = ""
    """The words of the file that must be repeated."""
    currency: str = "COP"

    @property
    def left_out(self) -> int:
        return self.amount if self.effect is None else self.effect


@dataclass(frozen=True)
class Case:
    """A folder of `tests/data/found`, with an answer of the lender where there is one."""

    folder: str
    in_file: int
    """What borrowers owe by the file's own loans and payments, in pesos."""
    receivable: int | str = 0
    """What they owe in the books."""
    invoices: int = 0
    receipts: int = 0
    income: int | str = 0
    told: tuple[Told, ...] = ()
    refused: tuple[str, ...] = ()
    """Words that must stand in the refusal, if the file is not taken."""
    forms: tuple[str, ...] = OWN
    answer: Mapping[str, str] = field(default_factory=dict)
    """Lines of the mapping as shipped, and as the lender writes them."""
    customers: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return f"{self.folder}{' answered' if self.answer else ''}"


LENT = {'default_kind = "auto"': 'default_kind = "cash_loan"'}
BY_WEEK = {'undated_payments = "ask"': 'undated_payments = "period"'}
WAITING = {'undated_payments = "ask"': 'undated_payments = "hold"'}

CASES = (
    Case("M01", in_file=2_800_000, receivable=2_800_000, invoices=3, receipts=1),
    Case(
        "M02",
        in_file=300_000,
        receivable=200_000,
        invoices=4,
        told=(
            Told("amount.unreadable", "deudas", 4, effect=50_000, text="“50 mil”"),
            Told("amount.unreadable", "deudas", 5, effect=50_000, text="“50k”"),
        ),
    ),
    Case(
        "M03",
        in_file=310_000,
        forms=SHEETS,
        told=(
            Told("loan.kind_unknown", "Clientes", 2, 150_000),
            Told("loan.kind_unknown", "Clientes", 3, 160_000),
        ),
    ),
    Case(
        "M03",
        in_file=310_000,
        receivable=310_000,
        invoices=2,
        receipts=5,
        forms=SHEETS,
        answer=LENT,
    ),
    Case(
        "M04",
        in_file=380_000,
        forms=SHEETS,
        refused=('"Abono 1", "Abono 2", "Abono 3"', "3 payments", "undated_payments"),
    ),
    Case(
        "M04",
        in_file=380_000,
        receivable=500_000,
        invoices=2,
        forms=SHEETS,
        told=(
            Told("date.unreadable", "cuaderno", 2, 50_000, -50_000, "Abono 1"),
            Told("date.unreadable", "cuaderno", 2, 50_000, -50_000, "Abono 2"),
            Told("date.unreadable", "cuaderno", 3, 20_000, -20_000, "Abono 1"),
            Told("file.nothing_read", "cuaderno", 0, effect=0, text="none of the 3 rows"),
            Told("loan.balance_mismatch", "cuaderno", 2, -100_000, 0, "200000"),
            Told("loan.balance_mismatch", "cuaderno", 3, -20_000, 0, "180000"),
        ),
        answer=WAITING | LENT,
    ),
    Case(
        "M05",
        in_file=400_000,
        receivable=400_000,
        invoices=2,
        receipts=2,
        forms=SHEETS,
        customers=frozenset({"Ana Ruiz", "Bob Díaz"}),
    ),
    Case("M06", in_file=360_000, receivable=360_000, invoices=2, receipts=4, forms=("xlsx",)),
    Case(
        "M06",
        in_file=360_000,
        receivable=430_000,
        invoices=2,
        receipts=2,
        forms=("csv",),  # where nothing says which cells were merged
        told=(
            Told("row.unreadable", "Movimientos", 3, 50_000, effect=-50_000, text="No préstamo"),
            Told("row.unreadable", "Movimientos", 5, 20_000, effect=-20_000, text="No préstamo"),
        ),
    ),
    Case("M07", in_file=190_000, receivable=190_000, invoices=1, receipts=2, forms=SHEETS),
    Case(
        "M09",
        in_file=250_000,
        receivable=300_000,
        invoices=1,
        told=(Told("movement.orphan", "Movimientos", 2, -50_000, text="007", currency="XXX"),),
    ),
    Case(
        "M10",
        in_file=100_000,
        told=(Told("loan.interest_unclear", "deudas", 2, 100_000, text="20"),),
    ),
    Case(
        "M10",
        in_file=120_000,
        receivable=120_000,
        income=20_000,
        invoices=1,
        answer={'amount_is = "ask"': 'amount_is = "lent"'},
    ),
    Case("M10c", in_file=120_000, receivable=120_000, income=20_000, invoices=1),
    Case(
        "M12",
        in_file=500_000,
        forms=SHEETS,
        told=(
            Told("loan.kind_unknown", "cuaderno", 2, 300_000),
            Told("loan.kind_unknown", "cuaderno", 3, 200_000),
        ),
    ),
    Case(
        "M12",
        in_file=500_000,
        receivable=500_000,
        invoices=2,
        forms=SHEETS,
        answer=LENT,
        customers=frozenset({"Juan Pérez", "Juan Gómez"}),
    ),
    Case(
        "M14",
        in_file=150_000,
        receivable=250_000,
        invoices=1,
        receipts=1,
        told=(
            Told("amount.unreadable", "movimientos", 3, 50_000, -50_000, "“abonó 50.000”"),
            Told("amount.unreadable", "movimientos", 4, text="“X”"),
            Told("row.unreadable", "movimientos", 7, 50_000, -50_000, "“Abono a capital”"),
        ),
    ),
    Case("M15", in_file=500_000, receivable=500_000, invoices=2, forms=SHEETS),
    Case(
        "M17",
        in_file=80_000,
        receivable=10_000,
        invoices=1,
        told=(
            Told("loan.currency_unknown", "deudas", 2, 10_000, text="“pesos”", currency="XXX"),
            Told("loan.currency_unknown", "deudas", 3, 10_000, text="“$”", currency="XXX"),
            Told("amount.unreadable", "deudas", 4, 10, 10_000, "“10.000”", "USD"),
            Told("amount.unreadable", "deudas", 5, 10, 10_000, "“10.000”", "USD"),
            Told("loan.currency_unknown", "deudas", 6, 10_000, text="“Bs”", currency="XXX"),
            Told("amount.unreadable", "deudas", 7, 10, 10_000, "“10.000”", "PEN"),
            Told("loan.currency_unknown", "deudas", 9, 10_000, text="“M.N.”", currency="XXX"),
        ),
    ),
    Case("M18", in_file=430_000, receivable=430_000, invoices=2, receipts=2, forms=SHEETS),
    Case(
        "M19",
        in_file=300_000,
        receivable=200_000,
        invoices=1,
        told=(Told("loan.paid_unexplained", "deudas", 2, 100_000),),
    ),
    Case(
        "M24",
        in_file=200_000,
        told=(Told("loan.interest_unclear", "deudas", 2, 200_000, text="300000"),),
        forms=SHEETS,
    ),
    Case(
        "M24",
        in_file=200_000,
        receivable=200_000,
        income=2_000,
        invoices=2,
        receipts=2,
        forms=SHEETS,
        answer={'amount_is = "ask"': 'amount_is = "owed"'},
    ),
    Case(
        "M24",
        in_file=220_000,
        receivable=220_000,
        income=22_000,
        invoices=4,
        receipts=2,
        forms=SHEETS,
        answer={'amount_is = "ask"': 'amount_is = "lent"'},
    ),
    Case(
        "M26",
        in_file=300_000,
        receivable=300_000,
        invoices=1,
        told=(
            Told("amount.other_currency", "deudas", 3, 100, 0, "“US$ 100”", "USD"),
            Told("amount.other_currency", "movimientos", 2, 20, 0, "“US$ 20”", "USD"),
            Told("amount.other_currency", "movimientos", 3, 20, 0, "“20 USD”", "USD"),
            Told("file.nothing_read", "movimientos", 0, effect=0, text="none of the 2 rows"),
        ),
    ),
    Case(
        "M28",
        in_file=600_000,
        receivable=600_000,
        invoices=3,
        customers=frozenset({"Ana (DYOCAL-D1)", "Ana (DYOCAL-D2)", "DYOCAL-D3"}),
    ),
    Case(
        "M29",
        in_file=240_000,
        receivable=240_000,
        invoices=2,
        receipts=1,
        told=(Told("loan.balance_mismatch", "deudas", 2, -60_000, 0, "0.00"),),
    ),
    Case(
        "M32",
        in_file=96_500,
        receivable=96_500,
        income=96_500,  # goods sold: the file calls itself fiado
        invoices=2,
        forms=SHEETS,
        customers=frozenset({"Doña Rosa", "Wilson"}),
    ),
    Case(
        "W1",
        in_file=1_640_000,
        forms=SHEETS,
        refused=('"SEM 1", "SEM 2", "SEM 3", "SEM 4"', "6 payments", "undated_payments"),
    ),
    Case(
        "W1",
        in_file=1_640_000,
        receivable=1_640_000,
        income=360_000,  # what DEBE has beyond PRESTE
        invoices=3,
        receipts=6,
        forms=SHEETS,
        answer=BY_WEEK,
    ),
    Case("W2", in_file=1_320_000, receivable=1_320_000, invoices=2, forms=SHEETS),
    Case(
        "W3",
        in_file=1_320_000,
        receivable=1_320_000,
        income=300_000,
        invoices=2,
        receipts=5,
        forms=SHEETS,
    ),
    Case(
        "J1",
        in_file=2_469_135 + 1_234,
        receivable="2469135.78",
        invoices=2,
        told=(
            Told("amount.unreadable", "deudas", 4, 1_234, text="“1.234”"),
            Told("rate.missing", "deudas", 5, 1_000, 0, currency="USD"),
            Told("amount.other_currency", "movimientos", 2, 400_000, 0, "“COP”"),
            Told("file.nothing_read", "movimientos", 0, effect=0, text="none of the 1 rows"),
        ),
    ),
    Case(
        "D1",
        in_file=99_000,
        told=(
            Told("date.unreadable", "deudas", 2, 100_000, text="“09/30/2026”"),
            Told("date.unreadable", "deudas", 3, 29_000, text="two ways"),
            Told("date.unreadable", "movimientos", 2, 30_000, -30_000, "“10/31/2026”"),
            Told("date.unreadable", "movimientos", 3, text="“11/03/2026”"),
            Told("date.unreadable", "movimientos", 4, text="“10/06/2026”"),
        ),
    ),
    Case(
        "D2",
        in_file=30_000,
        receivable=30_000,
        invoices=1,
        receipts=1,
        forms=("csv",),  # what is wrong is the comma
        told=(Told("row.unreadable", "movimientos", 2, text="6 cells"),),
    ),
    Case(
        "D3",
        in_file=2_600,
        receivable="2600.25",
        income="3600.25",
        invoices=1,
        receipts=1,
        forms=("csv",),  # Splitwise exports nothing else
    ),
)
