"""Which columns may be left out: by their heading and by what stands in them."""

from __future__ import annotations

import pytest

from bridge.source.deudores.looks import matters


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Recaudo de la ruta", "10.000"),
        ("Saldo ruta", "10000"),
        ("Valor factura", "12.500"),
        ("Ruta", "$ 10.000"),
        ("Vlr pactado", "10.000"),
        ("Fecha de visita", "03/10/2026"),
    ],
)
def test_a_column_with_money_or_dates_may_not_be_left_out(heading: str, cell: str) -> None:
    assert matters(heading, cell) is not None


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Ruta", "10000"),
        ("Recibo de pago", "48213"),
        ("Pagaré", "10045"),
        ("No. pago", "12345"),
        ("Pago No.", "12345"),
        ("Teléfono", "3001234567"),
        ("Cuotas pagadas", "12"),
    ],
)
def test_what_names_or_counts_something_is_no_money(heading: str, cell: str) -> None:
    assert matters(heading, cell) is None
