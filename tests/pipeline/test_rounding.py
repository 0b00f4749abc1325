"""Instalments in what is paid in the currency, in every system: no peso is ever cut."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest
import requests

from tests.pipeline.ledger import Ledger
from tests.pipeline.mappings import edit_mapping
from tests.pipeline.world import COMPANIES, PATHS, World, one

ADDED: dict[str, tuple[str, str, dict[str, Any]]] = {
    "quickbooks": ("POST", f"/v3/company/{COMPANIES['quickbooks']}/companycurrency", {}),
    "xero": ("PUT", "/Currencies", {}),
    "zoho": (
        "POST",
        f"/settings/currencies?organization_id={COMPANIES['zoho']}",
        {"currency_symbol": "$", "price_precision": 0},
    ),
}
CODE = {"quickbooks": "Code", "xero": "Code", "zoho": "currency_code"}
PER_INSTALMENT = ('invoice_per = "loan"', 'invoice_per = "instalment"')
RATES = '\n[currencies.CLP]\nrates = [{ from = "2026-01-01", rate = "4.30" }]\n'


def add_currency(world: World, code: str) -> None:
    method, path, more = ADDED[world.system]
    scheme = "Zoho-oauthtoken" if world.system == "zoho" else "Bearer"
    answer = requests.request(
        method,
        f"{world.sandbox.url}{PATHS[world.system][0]}{path}",
        json={CODE[world.system]: code, **more},
        headers={
            "Authorization": f"{scheme} demo-access",
            "xero-tenant-id": COMPANIES["xero"],
            "Accept": "application/json",
        },
        timeout=60,
    )
    assert answer.ok, answer.text


def lent(currency: str, amount: int | float = 120_000, paid: int | float = 20_000) -> Ledger:
    """120,000 in seven monthly instalments, which no seven equal whole amounts make up."""
    made = Ledger()
    made.lend(1, random.Random(1))
    made.debts[1] |= {
        "kind": "loan", "amount": amount, "principal": 100_000, "interest_pct": 20,
        "currency": currency, "due_on": None, "instalments": 7, "frequency": "MONTHLY",
    }  # fmt: skip
    made.movements[1] = {
        "movement_id": 1, "debt_id": 1, "type": "PAYMENT", "amount": paid, "date": "2026-08-01",
        "concept": "", "method": "CASH",
    }  # fmt: skip
    return made


def totals(world: World) -> list[Decimal]:
    documents = [d for d in world.live_documents() if d["kind"] == "invoice"]
    return [Decimal(d["total"]) for d in sorted(documents, key=lambda d: str(d["number"]))]


@pytest.mark.parametrize(
    ("currency", "each", "last"),
    [
        ("COP", "17143", "17142"),
        ("CLP", "17143", "17142"),
        ("MXN", "17142.86", "17142.84"),
    ],
)
def test_instalments_are_in_what_is_paid_in_their_currency(
    world: World, currency: str, each: str, last: str
) -> None:
    edit_mapping(world, PER_INSTALMENT, ("\n[policies]\n", f"{RATES}\n[policies]\n"))
    if currency == "CLP":
        add_currency(world, currency)
    lent(currency).write(world.snapshot)
    done = world.sync()
    assert done.verdict == "clean", done.reason
    assert totals(world) == [Decimal(each)] * 6 + [Decimal(last)]
    world.clock.move(120)
    assert one(world.preview()).plan.figures.by_kind == {}


@pytest.mark.parametrize("world", ["zoho"], indirect=True)
def test_zoho_without_cents_of_the_peso_takes_whole_pesos(world: World) -> None:
    world.control("POST", "zoho/settings", price_precision=0)
    edit_mapping(world, PER_INSTALMENT)
    lent("COP").write(world.snapshot)
    assert world.sync().verdict == "clean"
    assert totals(world) == [Decimal(17143)] * 6 + [Decimal(17142)]


@pytest.mark.parametrize("world", ["zoho"], indirect=True)
def test_a_loan_with_cents_is_not_torn_in_two_where_zoho_keeps_none(world: World) -> None:
    world.control("POST", "zoho/settings", price_precision=0)
    lent("COP", paid=20_000.5).write(world.snapshot)
    done = world.sync()
    assert [(task.code, task.action) for task in done.answer.tasks] == [
        ("books.decimals", "raise_decimals")
    ]
    assert world.live_documents() == []
    world.control("POST", "zoho/settings", price_precision=2)
    assert world.sync().verdict == "clean"
    assert world.receivable("COP") == Decimal("99999.50")
