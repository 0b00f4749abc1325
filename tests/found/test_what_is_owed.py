"""What a file says is owed counts: balances without payments, and amounts that contradict it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tests.found.desk import CARTERA, FOUND, Desk


@pytest.fixture
def desk(tmp_path: Path) -> Callable[..., Desk]:
    return lambda **changes: Desk(tmp_path, **changes)


def edited(path: Path, tmp_path: Path, *changes: tuple[str, str]) -> Path:
    """A copy of a lender's file, with some of its text changed."""
    text = path.read_bytes().decode("utf-8" if path == CARTERA else "latin-1")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    copy = tmp_path / path.name
    copy.write_text(text, encoding="utf-8")
    return copy


def amounts(desk: Desk) -> list[dict[str, Decimal]]:
    return sorted(desk.invoices.values(), key=str)


def test_a_portfolio_with_balances_and_no_payments_opens_with_what_is_owed(
    desk: Callable[..., Desk],
) -> None:
    made = desk().day(CARTERA)
    assert amounts(made) == [{"opening": Decimal(1_200_000)}, {"opening": Decimal(98_000)}]
    assert made.owed == made.ledger == Decimal(1_298_000)
    assert made.holds == []
    told = made.found("loan.opened_at_balance")
    assert [(f.file, f.row) for f in sorted(told, key=lambda f: f.row)] == [
        ("cartera_clientes.csv", row) for row in (5, 6, 7)
    ]
    assert "loan.opened_at_balance" not in made.asked


def test_a_balance_that_fell_without_a_payment_is_a_question_and_posts_nothing(
    desk: Callable[..., Desk], tmp_path: Path
) -> None:
    made = desk().day(CARTERA)
    less = edited(CARTERA, tmp_path, ("1.200.000", "1.100.000"), ("1.298.000", "1.198.000"))
    made.day(less, today=date(2026, 11, 21))
    assert made.done == []
    assert made.owed == Decimal(1_298_000)
    ((code, _, amount),) = made.holds
    assert (code, amount) == ("loan.balance_moved", Decimal(-100_000))
    assert made.adds_up()
    made.day(CARTERA, today=date(2026, 11, 22))
    assert (made.done, made.holds) == ([], [])


def test_a_loan_that_was_posted_whole_asks_too_when_only_its_balance_falls(
    desk: Callable[..., Desk], tmp_path: Path
) -> None:
    fresh = edited(CARTERA, tmp_path, ("1.200.000", "2.400.000"))
    made = desk().day(fresh)
    assert {"principal": Decimal(2_000_000), "interest": Decimal(400_000)} in amounts(made)
    before = made.owed
    made.day(CARTERA)
    assert (made.done, made.owed) == ([], before)
    assert [(code, amount) for code, _, amount in made.holds] == [
        ("loan.balance_moved", Decimal(-1_200_000))
    ]
    assert made.adds_up()


@pytest.mark.parametrize(
    ("rule", "owed", "held"),
    [("opening", 1_298_000, 0), ("ask", 0, 1_298_000), ("ignore", 2_820_000, 600_000)],
)
def test_the_mapping_says_what_a_balance_without_payments_means(
    desk: Callable[..., Desk], rule: str, owed: int, held: int
) -> None:
    made = desk(balance_without_payments=rule).day(CARTERA)
    assert made.owed == Decimal(owed)
    assert sum(amount for *_, amount in made.holds) == held
    assert made.adds_up()
    wrong = rule == "ignore"
    assert ("loan.balance_mismatch" in made.asked) is wrong


def test_payments_written_down_from_then_on_are_receipts_on_the_opening_balance(
    desk: Callable[..., Desk], tmp_path: Path
) -> None:
    """The lender begins a sheet of payments: what was paid before it stays in the opening."""
    ledger = tmp_path / "libro"
    ledger.mkdir()
    loans = edited(CARTERA, ledger, ("1.200.000", "1.200.000"))
    made = desk().day(loans)
    opened = next(loan for loan, parts in made.invoices.items() if 1_200_000 in parts.values())
    edited(CARTERA, ledger, ("1.200.000", "1.100.000"))
    pays = f"ID pago;ID deuda;Fecha;Valor\n1;{opened};21/11/2026;100.000\n"
    (ledger / "pagos.csv").write_text(pays, encoding="utf-8")
    made.day(ledger, today=date(2026, 11, 21), prefer="csv")
    assert made.receipts == [Decimal(100_000)]
    assert made.owed == Decimal(1_198_000)
    assert made.adds_up()
    assert {code for code, *_ in made.holds} == {"cutover.paid_before"}


def test_cash_loans_with_what_was_paid_in_all_open_with_what_is_left(
    desk: Callable[..., Desk],
) -> None:
    made = desk().day(FOUND / "W2" / "prestamos.csv")
    assert amounts(made) == [{"opening": Decimal(420_000)}, {"opening": Decimal(900_000)}]
    assert made.adds_up()
    collected = sorted(f.loan.collected for f in made.files.values() if f.loan and f.loan.collected)
    assert collected == [Decimal(180_000), Decimal(300_000)]


def test_cutover_takes_the_balance_that_the_file_tells_where_it_has_no_movements(
    desk: Callable[..., Desk],
) -> None:
    made = desk(cutover=date(2026, 11, 1)).day(FOUND / "M19")
    assert made.invoices == {"2": {"opening": Decimal(200_000)}}
    assert made.holds == [("cutover.paid_before", "loan:1", Decimal(100_000))]
    assert made.adds_up()


def test_a_loan_said_to_be_paid_without_any_payment_is_held_and_asked(
    desk: Callable[..., Desk],
) -> None:
    made = desk().day(FOUND / "M19")
    assert list(made.invoices) == ["2"]
    assert made.holds == [("loan.paid_unexplained", "loan:1", Decimal(100_000))]
    (told,) = made.found("loan.paid_unexplained")
    assert (told.file, told.row, told.amount) == ("deudas.csv", 2, Decimal(-100_000))


def test_a_renewed_loan_whose_movements_leave_something_is_a_task(
    desk: Callable[..., Desk],
) -> None:
    made = desk().day(FOUND / "M29")
    (told,) = made.found("loan.balance_mismatch")
    assert told.asks
    assert (told.file, told.row, told.amount) == ("deudas.csv", 2, Decimal(-60_000))


def test_the_state_alone_contradicts_what_is_owed(
    desk: Callable[..., Desk], tmp_path: Path
) -> None:
    for name in ("deudas.csv", "deudores.csv", "movimientos.csv"):
        whole = (FOUND / "M29" / name).read_text(encoding="utf-8")
        whole = whole.replace(";Saldo;", ";").replace(";0;", ";").replace(";180.000;1", ";1")
        (tmp_path / name).write_text(whole, encoding="utf-8")
    made = desk().day(tmp_path, prefer="csv")
    (told,) = made.found("loan.balance_mismatch")
    assert (told.subject, told.amount) == ("loan:1", Decimal(-60_000))


@pytest.mark.parametrize(
    ("case", "amount_is", "parts"),
    [
        ("M10", "ask", None),
        ("M10", "lent", {"principal": 100_000, "interest": 20_000}),
        ("M10", "owed", {"principal": 83_333, "interest": 16_667}),  # whole pesos, as they pay
        ("M10c", "ask", {"principal": 100_000, "interest": 20_000}),
        ("M10c", "lent", {"principal": 100_000, "interest": 20_000}),
        ("M10c", "owed", None),
    ],
)
def test_an_amount_with_a_rate_and_no_total_is_what_the_instalments_or_the_mapping_say(
    desk: Callable[..., Desk], case: str, amount_is: str, parts: dict[str, Decimal] | None
) -> None:
    made = desk(amount_is=amount_is).day(FOUND / case)
    assert made.invoices == ({} if parts is None else {"1": parts})
    assert [code for code, *_ in made.holds] == ([] if parts else ["loan.interest_unclear"])
    assert made.adds_up()


HEAD = "ID deuda;ID deudor;Nombre;Tipo;Monto;Interés (%);Total;Fecha;Cuotas;Cuota;Frecuencia\n"


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("100.000;20;120.000;15/10/2026;4;30.000", set()),
        (";20;120.000;15/10/2026;4;30.000", set()),
        ("100.000;20;120.000;15/10/2026;3;40.000", set()),
        ("100.000;20;120.000;15/10/2026;4;30.001", set()),  # one unit each: rounding
        ("100.000;20;120.000;15/10/2026;4;30.002", {"loan.schedule_mismatch"}),
        ("100.000;20;120.000;15/10/2026;4;29.000", {"loan.schedule_mismatch"}),
        ("100.000;20;120.000;15/10/2026;4;25.000", {"loan.schedule_mismatch"}),
        ("100.000;20;130.000;15/10/2026;4;32.500", {"loan.split_mismatch"}),
    ],
)
def test_rate_total_and_instalments_are_held_against_each_other_without_slack(
    desk: Callable[..., Desk], tmp_path: Path, row: str, told: set[str]
) -> None:
    path = tmp_path / "prestamos.csv"
    path.write_text(f"{HEAD}1;1;Ana Ruiz;Préstamo;{row};Semanal\n", encoding="utf-8")
    made = desk().day(path)
    assert made.asked == told
    (parts,) = made.invoices.values()
    if not told:
        assert parts == {"principal": Decimal(100_000), "interest": Decimal(20_000)}
