"""Payments that tell capital and interest apart, of a loan whose amount may hold the interest."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from bridge.report.details import english
from bridge.source.deudores.inparts import Parts, meaning
from tests.found.desk import FOUND, Desk

HEAD = "ID deuda;ID deudor;Nombre;Tipo;Monto;Fecha"
PAYS = (FOUND / "M24" / "pagos.csv").read_bytes().decode("utf-8-sig")
"""40,000 and 10,000 of interest; the same, and a late fee of 2,000."""


@pytest.fixture
def desk(tmp_path: Path) -> Callable[..., Desk]:
    def read(loan: str = "", more: str = "", pays: str = PAYS, **changes: object) -> Desk:
        ledger = tmp_path / "libro"
        ledger.mkdir(exist_ok=True)
        row = f"1;1;Ana Ruiz;Préstamo;300.000;15/10/2026{loan}"
        (ledger / "deudas.csv").write_text(f"{HEAD}{more}\n{row}\n", encoding="utf-8")
        (ledger / "pagos.csv").write_text(pays, encoding="utf-8")
        return Desk(tmp_path, **changes).day(ledger)

    return read


def test_an_amount_that_may_hold_the_interest_is_asked_about(desk: Callable[..., Desk]) -> None:
    made = desk()
    assert made.holds == [("loan.interest_unclear", "loan:1", Decimal(200_000))]
    (told,) = made.found("loan.interest_unclear")
    assert "300000.00 was lent, or is all that is owed with its interest; 20000.00" in english(
        told.detail
    )
    assert made.adds_up()


@pytest.mark.parametrize(("rule", "owed"), [("owed", 200_000), ("lent", 220_000)])
def test_the_mapping_says_whether_the_amount_holds_the_interest(
    desk: Callable[..., Desk], rule: str, owed: int
) -> None:
    made = desk(amount_is=rule)
    assert (made.holds, made.owed) == ([], Decimal(owed))
    assert sorted(made.receipts) == [Decimal(50_000), Decimal(52_000)]
    assert made.adds_up()


@pytest.mark.parametrize(
    ("more", "loan", "owed"),
    [
        (";Saldo", ";220.000", 220_000),
        (";Saldo", ";200.000", 200_000),
        (";Cuotas;Valor cuota", ";4;75.000", 200_000),
        (";Cuotas;Valor cuota", ";4;90.000", 260_000),
        (";Cuotas;Valor cuota;Saldo", ";4;90.000;220.000", 220_000),
        (";Cuotas;Valor cuota;Saldo", ";4;90.000;260.000", 260_000),
        (";Total", ";360.000", 260_000),
    ],
)
def test_a_balance_instalments_or_a_total_say_it_themselves(
    desk: Callable[..., Desk], more: str, loan: str, owed: int
) -> None:
    made = desk(loan, more)
    assert (made.holds, made.owed) == ([], Decimal(owed))
    assert made.adds_up()
    balance = [f for f in made.findings if f.code == "loan.balance_mismatch"]
    assert balance == []


def test_a_mapping_that_says_otherwise_than_the_balance_settles_nothing(
    desk: Callable[..., Desk],
) -> None:
    made = desk(";220.000", ";Saldo", amount_is="owed")
    assert [code for code, *_ in made.holds] == ["loan.interest_unclear"]


def test_a_late_fee_is_never_within_the_amount(desk: Callable[..., Desk]) -> None:
    pays = "ID pago;ID deuda;Fecha;Abono capital;Mora\n1;1;20/10/2026;40.000;2.000\n"
    made = desk(pays=pays)
    assert made.receipts == [Decimal(42_000)]
    assert made.owed == made.ledger == Decimal(260_000)


def test_parts_by_name_belong_to_the_clients_only_loan_and_say_the_same(
    desk: Callable[..., Desk],
) -> None:
    pays = "Fecha;Cliente;Abono capital;Abono interés\n20/10/2026;Ana Ruiz;40.000;10.000\n"
    made = desk(pays=pays, amount_is="lent")
    assert made.receipts == [Decimal(50_000)]
    assert made.owed == made.ledger == Decimal(260_000)


def test_parts_of_a_client_without_a_loan_are_told_with_their_sum(
    desk: Callable[..., Desk],
) -> None:
    pays = "Fecha;Cliente;Abono capital;Abono interés\n20/10/2026;Bob Díaz;40.000;10.000\n"
    (told,) = desk(pays=pays).found("row.unreadable")
    assert (told.row, told.amount) == (2, Decimal(50_000))


@pytest.mark.parametrize(
    ("balance", "instalments", "by_mapping", "wanted"),
    [
        (None, None, "ask", ""),
        (None, None, "lent", "lent"),
        (None, None, "owed", "owed"),
        (60, None, "ask", "lent"),
        (50, None, "ask", "owed"),
        (55, None, "ask", ""),
        (55, None, "lent", "lent"),
        (60, None, "owed", ""),
        (None, (4, 25), "ask", "owed"),
        (None, (4, 25), "lent", ""),
        (None, (4, 30), "ask", "scheduled"),
        (None, (4, 30), "owed", ""),
        (60, (4, 30), "ask", "lent"),
        (70, (4, 30), "ask", "scheduled"),
        (50, (4, 30), "ask", ""),
        (None, (4, 20), "ask", ""),
    ],
)
def test_what_the_amount_of_a_loan_paid_in_parts_is(
    balance: int | None, instalments: tuple[int, int] | None, by_mapping: str, wanted: str
) -> None:
    """100 lent or owed; 40 of capital and 10 of interest were paid."""
    each = None if instalments is None else (instalments[0], Decimal(instalments[1]))
    left = None if balance is None else Decimal(balance)
    parts = Parts(Decimal(40), Decimal(10))
    assert meaning(Decimal(100), parts, left, each, by_mapping) == wanted
