"""What a plan is said to come to, held to what the books hold after it was done."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal

from bridge.core.change.planned import Planned
from bridge.pipeline.planned import changes, planned
from bridge.pipeline.sync import preview
from tests.pipeline.world import SAMPLE, World, one

CHANGED = {16, 21, 25, 70, 71, 72, 73, 84, 102, 114, 132, 137, 201, 202}
"""Loans of the sample in pesos that are new, edited, paid or gone on the second day."""


def in_pesos(day: str) -> str:
    """Loans of the sample in the home currency, so that every account has one currency only."""
    ledger = json.loads((SAMPLE / day / "deudores_snapshot.json").read_text(encoding="utf-8"))
    ledger["debts"] = [debt for debt in ledger["debts"] if debt["debt_id"] in CHANGED]
    kept = {debt["debt_id"] for debt in ledger["debts"]}
    owing = {debt["debtor_id"] for debt in ledger["debts"]}
    ledger["debtors"] = [each for each in ledger["debtors"] if each["debtor_id"] in owing]
    ledger["movements"] = [each for each in ledger["movements"] if each["debt_id"] in kept]
    ledger["consents"] = []
    ledger["counts"] = {key: len(ledger[key]) for key in ledger["counts"] if key in ledger}
    return json.dumps(ledger)


def foreseen(world: World) -> Planned:
    with world.dry() as dry:
        preview(dry)
        (books,) = dry.books.values()
        return planned(dry.store, books)


def balances(world: World) -> dict[str, Decimal]:
    return {each["id"]: Decimal(each["balance"]) for each in world.books()["accounts"]}


def made(told: Planned) -> set[str]:
    return {each.operation.value for each in told.sums}


def test_every_account_moves_as_it_was_foreseen(world):
    for day in ("dia1", "dia2"):
        world.snapshot.write_text(in_pesos(day), encoding="utf-8")
        told, before = foreseen(world), balances(world)
        assert told.accounts
        done = one(world.sync())
        assert done.rejected == done.in_doubt == 0
        moved = {a: b - before[a] for a, b in balances(world).items() if b != before[a]}
        assert moved == {
            each.account.id: each.debit - each.credit
            for each in told.accounts
            if each.debit != each.credit
        }
        assert sum(each.debit - each.credit for each in told.accounts) == 0
        assert made(told) == ({"create"} if day == "dia1" else made(told) | {"create", "void"})
        assert sum(each.count for each in told.sums) == done.posting.confirmed


def test_principal_is_seen_to_go_to_no_income_account(world):
    world.snapshot.write_text(in_pesos("dia1"), encoding="utf-8")
    told = foreseen(world)
    lent = sum(each.credit for each in told.accounts if "clearing" in each.account.name.lower())
    income = sum(each.credit for each in told.accounts if each.account.classification == "income")
    invoiced = sum(each.amount for each in told.sums if each.kind.value == "invoice")
    assert lent > income > 0
    assert lent + income == invoiced


def test_every_document_is_listed_once_and_each_is_in_balance(world):
    world.snapshot.write_text(in_pesos("dia1"), encoding="utf-8")
    with world.dry() as dry:
        preview(dry)
        (books,) = dry.books.values()
        told, listed = planned(dry.store, books), list(changes(dry.store, books))
    counted = Counter((each.entry.operation, each.entry.kind) for each in listed)
    assert counted == {(each.operation, each.kind): each.count for each in told.sums}
    for each in listed:
        assert sum(effect.debit - effect.credit for effect in each.effects) == 0
        assert each.customer
    for effect in told.accounts:
        own = [e for each in listed for e in each.effects if e.account.id == effect.account.id]
        assert sum(e.debit for e in own) == effect.debit
        assert sum(e.credit for e in own) == effect.credit


def test_a_plan_over_the_limits_is_told_whole(world):
    world.snapshot.write_text(in_pesos("dia1"), encoding="utf-8")
    whole = foreseen(world)
    world.overrides["LEDGER_BRIDGE_LIMITS__DOCUMENTS"] = "5"
    assert one(world.preview()).stopped is not None
    assert foreseen(world) == whole
