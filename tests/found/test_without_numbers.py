"""Files without numbers of their own: a row that was corrected overnight is not posted twice."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from bridge.core.findings import Finding
from bridge.report.details import english
from tests.found.desk import FOUND, Desk

M20 = FOUND / "M20"
WHO, AT = "ana", "2026-11-21T08:00:00+00:00"
HEAD = "Nombre;Teléfono;Monto;Fecha;Concepto"


class Notebook:
    """A lender's sheet, written anew every day."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "cuaderno.csv"
        self.desk = Desk(folder, default_kind="cash_loan")

    def day(self, *rows: str, head: str = HEAD) -> Desk:
        self.path.write_text("\n".join((head, *rows)) + "\n", "utf-8")
        return self.desk.day(self.path)

    def same(self, asked: Finding, at: int = 0) -> None:
        with self.desk.store.begin() as work:
            assert work.alike.say_same(asked.subject, asked.subject, asked.related[at], WHO, AT)

    def different(self, asked: Finding) -> None:
        with self.desk.store.begin() as work:
            assert work.alike.say_different(asked.subject, asked.subject, [*asked.related], WHO, AT)

    def gone(self, asked: Finding) -> None:
        with self.desk.store.begin() as work:
            assert work.alike.say_gone(asked.subject, asked.subject, WHO, AT)


@pytest.fixture
def book(tmp_path: Path) -> Notebook:
    return Notebook(tmp_path)


def rows_of(day: str) -> list[str]:
    return (M20 / day / "cuaderno.csv").read_text("utf-8-sig").splitlines()[1:]


def invoiced(desk: Desk) -> list[Decimal]:
    return sorted(sum(lines.values(), Decimal(0)) for lines in desk.invoices.values())


def amounts(*numbers: int) -> list[Decimal]:
    return [Decimal(number) for number in numbers]


def test_until_somebody_answers_nothing_is_posted_and_nothing_is_voided(book: Notebook) -> None:
    book.day(*rows_of("dia1"))
    for _ in range(2):
        desk = book.day(*rows_of("dia2"))
        assert desk.done == []
        assert invoiced(desk) == amounts(200_000, 300_000)
        asked = desk.found("identity.proposed")
        assert [(f.amount, f.currency, f.row, f.file) for f in asked] == [
            (Decimal(300_000), "COP", 2, "cuaderno.csv"),
            (Decimal(220_000), "COP", 3, "cuaderno.csv"),
        ]
        assert all(f.asks and len(f.related) == 1 for f in asked)
        assert "200000.00 COP on 2026-10-15" in english(asked[1].detail)
        assert desk.found("identity.vanished") == []


def test_the_same_is_corrected_under_its_old_name_for_good(book: Notebook) -> None:
    first = set(book.day(*rows_of("dia1")).invoices)
    desk = book.day(*rows_of("dia2"))
    for asked in desk.found("identity.proposed"):
        book.same(asked)
    for _ in range(2):
        desk = book.day(*rows_of("dia2"))
        assert set(desk.invoices) == first
        assert desk.found("identity.proposed") == desk.found("identity.vanished") == []
        assert desk.ledger == Decimal(520_000)
        assert desk.adds_up(), desk.holds


ANA = "Ana Ruiz;3001;300.000;15/10/2026;nevera"
BOB = "Bob Díaz;3002;200.000;15/10/2026;moto"
CORRECTED = {
    "amount": (BOB, "Bob Díaz;3002;220.000;15/10/2026;moto", 220_000, "loan"),
    "concept": (BOB, "Bob Díaz;3002;200.000;15/10/2026;moto roja", 200_000, "loan"),
    "day": (BOB, "Bob Díaz;3002;200.000;16/10/2026;moto", 200_000, "loan"),
    "phone": (BOB, "Bob Díaz;3009;200.000;15/10/2026;moto", 200_000, "borrower"),
    "name": (BOB, "Bob Dias;3002;200.000;15/10/2026;moto", 200_000, "borrower"),
    "name alone": (
        "Bob Díaz;;200.000;15/10/2026;moto",
        "Bob Dias;;200.000;15/10/2026;moto",
        200_000,
        "borrower",
    ),
    "another name": ("Lupe;;200.000;15/10/2026;moto", "G. Páez;;200.000;15/10/2026;moto", 200_000,
                     "borrower"),
    "whose it is": (BOB, "Ana Ruiz;3001;200.000;15/10/2026;moto", 200_000, "loan"),
}  # fmt: skip


@pytest.mark.parametrize("what", CORRECTED)
def test_whatever_cell_is_corrected_the_loan_is_one(book: Notebook, what: str) -> None:
    before, after, amount, kind = CORRECTED[what]
    first = set(book.day(ANA, before).invoices)
    desk = book.day(ANA, after)
    assert desk.done == []
    (asked,) = desk.found("identity.proposed")
    assert asked.subject.startswith(f"{kind}:")
    assert asked.amount == Decimal(amount)
    book.same(asked)
    for _ in range(2):
        desk = book.day(ANA, after)
        assert set(desk.invoices) == first
        assert desk.ledger == Decimal(300_000 + amount)
        assert not desk.asked & {"identity.proposed", "identity.vanished", "identity.waiting"}
        assert desk.adds_up()


@pytest.mark.parametrize("what", CORRECTED)
def test_two_that_are_different_are_two_and_the_old_one_is_gone(book: Notebook, what: str) -> None:
    before, after, amount, _ = CORRECTED[what]
    first = set(book.day(ANA, before).invoices)
    (asked,) = book.day(ANA, after).found("identity.proposed")
    book.different(asked)
    desk = book.day(ANA, after)
    assert len(desk.invoices) == 2
    assert len(set(desk.invoices) & first) == 1
    assert invoiced(desk) == sorted(amounts(300_000, amount))
    assert desk.ledger == desk.owed == Decimal(300_000 + amount)
    again = book.day(ANA, after)
    assert again.done == []
    assert not again.asked & {"identity.proposed", "identity.vanished", "identity.waiting"}


def test_a_row_corrected_day_after_day_keeps_its_first_name(book: Notebook) -> None:
    first = set(book.day(BOB).invoices)
    for concept in ("moto 125", "moto 150", "moto 200"):
        row = BOB.replace("moto", concept)
        (asked,) = book.day(row).found("identity.proposed")
        book.same(asked)
        desk = book.day(row)
        assert set(desk.invoices) == first
        assert desk.found("identity.proposed") == []
    back = book.day(BOB.replace("moto", "moto 125"))
    assert set(back.invoices) == first
    assert not back.asked


def test_of_several_that_it_may_be_all_are_named_and_one_is_chosen(book: Notebook) -> None:
    moto, casa = BOB, BOB.replace("moto", "casa")
    first = set(book.day(ANA, moto, casa).invoices)
    # Told by the amount alone, and not by its row: it may be either.
    desk = book.day("Bob Díaz;3002;200.000;17/10/2026;lote", ANA)
    assert desk.done == []
    (asked,) = desk.found("identity.proposed")
    assert len(asked.related) == 2
    assert all(old.partition(":")[2] in english(asked.detail) for old in asked.related)
    assert desk.found("identity.vanished") == []
    book.same(asked, at=1)
    desk = book.day("Bob Díaz;3002;200.000;17/10/2026;lote", ANA)
    assert set(desk.invoices) == first
    assert desk.found("identity.proposed") == []
    (gone,) = desk.found("identity.vanished")
    assert (gone.subject, gone.amount) == (asked.related[0], Decimal(200_000))


def test_different_from_several_leaves_those_to_be_asked(book: Notebook) -> None:
    book.day(ANA, BOB, BOB.replace("moto", "casa"))
    new = "Bob Díaz;3002;200.000;17/10/2026;lote"
    (asked,) = book.day(new, ANA).found("identity.proposed")
    book.different(asked)
    desk = book.day(new, ANA)
    assert len(desk.invoices) == 4, "what is gone is owed until somebody says otherwise"
    assert len(desk.found("identity.vanished")) == 2


def test_a_row_that_is_gone_is_asked_and_voided_when_that_is_right(book: Notebook) -> None:
    book.day(ANA, BOB)
    desk = book.day(ANA)
    assert desk.done == []
    (asked,) = desk.found("identity.vanished")
    assert (asked.amount, asked.file, asked.row, asked.asks) == (
        Decimal(200_000), "cuaderno.csv", 3, True,
    )  # fmt: skip
    book.gone(asked)
    desk = book.day(ANA)
    assert invoiced(desk) == amounts(300_000)
    assert desk.found("identity.vanished") == []
    back = book.day(ANA, BOB)
    assert invoiced(back) == amounts(200_000, 300_000)
    (again,) = book.day(ANA).found("identity.vanished")
    assert again.subject == asked.subject, "what came back is asked anew"


def test_a_long_list_of_rows_that_are_gone_is_summed_up(book: Notebook) -> None:
    many = [f"Cliente {n} Gil;4{n:03};10.000;15/10/2026;x" for n in range(30)]
    book.day(ANA, *many)
    told = book.day(ANA).found("identity.vanished")
    assert len(told) == 21
    assert sum(f.amount or Decimal(0) for f in told) == Decimal(300_000)


@pytest.mark.parametrize(
    "after",
    [
        (ANA, BOB, "Eva Paz;3003;50.000;16/10/2026;olla"),
        (BOB, ANA),
        (BOB, "Eva Paz;3003;50.000;16/10/2026;olla", ANA),
        (ANA, BOB, BOB),
        (ANA, BOB, ANA, BOB),
    ],
    ids=["grows", "reordered", "inserted", "an equal one more", "equal ones between"],
)
def test_a_file_that_grows_or_is_sorted_asks_nothing(
    book: Notebook, after: tuple[str, ...]
) -> None:
    first = set(book.day(ANA, BOB).invoices)
    desk = book.day(*after)
    assert first <= set(desk.invoices)
    assert len(desk.invoices) == len(after)
    assert not desk.asked
    assert not any(
        f.code.startswith("identity.") and f.code != "identity.weak" for f in desk.findings
    )


WIDE = "Nombre;Teléfono;Monto;Fecha;Concepto;20/10/2026;21/10/2026"


def test_payments_of_a_corrected_loan_stay_and_new_ones_are_posted_meanwhile(
    book: Notebook,
) -> None:
    book.day(f"{BOB};10.000;", head=WIDE)
    corrected = BOB.replace("200.000", "220.000")
    desk = book.day(f"{corrected};10.000;15.000", head=WIDE)
    (asked,) = desk.found("identity.proposed")
    assert sorted(desk.receipts) == amounts(10_000, 15_000)
    assert desk.ledger == Decimal(175_000)
    book.same(asked)
    desk = book.day(f"{corrected};10.000;15.000", head=WIDE)
    assert sorted(desk.receipts) == amounts(10_000, 15_000)
    assert desk.ledger == Decimal(195_000)
    assert not desk.asked - {"loan.amount_edited"}
    desk = book.day(f"{corrected};10.000;15.500", head=WIDE)
    assert sorted(desk.receipts) == amounts(10_000, 15_500)
    assert not desk.asked - {"loan.amount_edited"}


def test_payments_of_different_loans_go_with_their_own(book: Notebook) -> None:
    book.day(f"{BOB};10.000;", head=WIDE)
    corrected = BOB.replace("200.000", "220.000")
    (asked,) = book.day(f"{corrected};10.000;15.000", head=WIDE).found("identity.proposed")
    book.different(asked)
    desk = book.day(f"{corrected};10.000;15.000", head=WIDE)
    assert invoiced(desk) == amounts(220_000)
    assert sorted(desk.receipts) == amounts(10_000, 15_000)
    assert desk.ledger == desk.owed == Decimal(195_000)


def test_equal_loans_with_other_payments_may_change_places(book: Notebook) -> None:
    book.day(f"{BOB};10.000;", f"{BOB};20.000;", head=WIDE)
    desk = book.day(f"{BOB};10.000;", f"{BOB};;", f"{BOB};20.000;", head=WIDE)
    assert sorted(desk.receipts) == amounts(10_000, 20_000)
    assert desk.ledger == Decimal(570_000)
    assert not desk.asked


def test_all_that_waits_with_an_unclear_row_is_named_with_its_amount(book: Notebook) -> None:
    casa = BOB.replace("moto", "casa")
    book.day(f"{BOB};10.000;", f"{casa};11.000;", head=WIDE)
    new = "Bob Díaz;3002;200.000;17/10/2026;lote;12.000;"
    desk = book.day(f"{ANA};;", f"{ANA};;", new, head=WIDE)
    assert sorted(desk.receipts) == amounts(10_000, 11_000)
    (waiting,) = desk.found("identity.waiting")
    assert (waiting.amount, waiting.row, waiting.asks) == (Decimal(12_000), 4, True)
    assert waiting.related == (desk.found("identity.proposed")[0].subject,)


LOAN_HEAD = "ID deuda;ID deudor;Tipo;Monto;Fecha"
PAID = ("1;16/10/2026;20.000;cuota 1", "1;17/10/2026;20.000;cuota 2", "1;18/10/2026;20.000;cuota 3")


class Payments(Notebook):
    """Loans with numbers, and a sheet of payments without."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.path = folder / "carpeta"
        self.path.mkdir()
        files = {
            "deudores.csv": "ID deudor;Nombre;Documento\n1;Ana Ruiz;\n",
            "deudas.csv": f"{LOAN_HEAD}\n1;1;Préstamo;200.000;15/10/2026\n",
        }
        for name, text in files.items():
            (self.path / name).write_text(text, "utf-8")

    def day(self, *rows: str, head: str = "ID deuda;Fecha;Monto;Concepto") -> Desk:
        text = "\n".join((head, *rows)) + "\n"
        (self.path / "movimientos.csv").write_text(text, "utf-8")
        return self.desk.day(self.path)


@pytest.fixture
def payments(tmp_path: Path) -> Payments:
    return Payments(tmp_path)


@pytest.mark.parametrize(
    ("after", "amount"),
    [("1;18/10/2026;25.000;cuota 3", 25_000), ("1;19/10/2026;20.000;cuota 3", 20_000)],
    ids=["amount", "day"],
)
@pytest.mark.parametrize("answer", ["same", "different"])
def test_a_corrected_payment_is_asked_and_is_one(
    payments: Payments, after: str, amount: int, answer: str
) -> None:
    payments.day(*PAID)
    desk = payments.day(*PAID[:2], after)
    assert desk.done == []
    (asked,) = desk.found("identity.proposed")
    assert (asked.amount, asked.currency, asked.row) == (Decimal(amount), "COP", 4)
    assert "20000.00 COP on 2026-10-18" in english(asked.detail)
    getattr(payments, answer)(asked)
    for _ in range(2):
        desk = payments.day(*PAID[:2], after)
        assert sorted(desk.receipts) == amounts(20_000, 20_000, amount)
        assert desk.ledger == desk.owed == Decimal(160_000 - amount)
        assert not desk.asked


def test_a_payment_that_says_something_else_of_itself_is_the_same(payments: Payments) -> None:
    payments.day(*PAID)
    desk = payments.day(*PAID[:2], "1;18/10/2026;20.000;última")
    assert desk.ledger == Decimal(140_000)
    assert sorted(desk.receipts) == amounts(20_000, 20_000, 20_000)
    assert not desk.asked


def test_a_payment_that_is_gone_is_asked(payments: Payments) -> None:
    payments.day(*PAID)
    (asked,) = payments.day(*PAID[:2]).found("identity.vanished")
    assert (asked.subject.split(":")[0], asked.amount) == ("movement", Decimal(20_000))
    payments.gone(asked)
    assert payments.day(*PAID[:2]).ledger == Decimal(160_000)


def test_a_sheet_that_goes_on_to_the_next_week_posts_its_payments(payments: Payments) -> None:
    payments.day(*PAID)
    desk = payments.day(*(row.replace("/10/", "/11/") for row in PAID))
    assert desk.ledger == Decimal(80_000)
    assert desk.found("identity.proposed") == []
    assert len(desk.found("identity.vanished")) == 3


def test_loans_of_a_bare_first_name_are_told(book: Notebook) -> None:
    one, two = "Juan;;100.000;15/10/2026;a", "Juan;;200.000;16/10/2026;b"
    assert book.day(one, BOB).found("identity.name_only") == []
    (told,) = book.day(one, BOB, two).found("identity.name_only")
    assert (english(told.detail), told.file, told.asks) == ("2 loans", "cuaderno.csv", False)
