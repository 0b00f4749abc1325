"""Reading Zoho's books by what changed finds what reading all of them finds: money on its day."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bridge.core.books import Kind
from bridge.core.identity import BooksId
from bridge.core.tie_out.reconciliation import Item, SystemResult
from bridge.pipeline import unopened
from bridge.pipeline.in_part import read_in_part
from bridge.pipeline.reconcile import compare
from bridge.report.details import english
from bridge.sandbox.server import SandboxServer
from bridge.systems.zoho import chart
from bridge.systems.zoho.in_part import InPart
from tests.pipeline.for_ever import Lender
from tests.pipeline.ledger import Ledger
from tests.pipeline.world import World

SEEDS = int(os.environ.get("BRIDGE_IN_PART_SEEDS", "1"))
MORNINGS = 8
DAY_S = 86_400
EVERY_DAYS = 5
PAID = ("7777", "7777.00")
"""The total of an invoice that somebody else paid."""
SECTION = "LEDGER_BRIDGE_SYSTEMS__ZOHO__"


def made(
    folder: Path, sandbox: SandboxServer, ledger: Ledger | None = None, **switches: Any
) -> World:
    """A lender whose books were posted, and are read in part from the second morning on."""
    world = World(folder, sandbox, "zoho")
    world.control("POST", "reset")
    world.clock.sandbox_url = sandbox.url
    world.overrides = {
        f"{SECTION}IN_PART_FROM": "0",
        f"{SECTION}WHOLE_EVERY_DAYS": str(EVERY_DAYS),
    }
    if switches:
        world.control("POST", "zoho/settings", **switches)
    (ledger or lender()).write(world.snapshot)
    assert world.sync().verdict in ("clean", "person")
    morning(world)
    return world


def lender() -> Lender:
    """Ana has two loans and paid both, Bob has one."""
    found = Lender()
    found.borrower(1, "Ana Ruiz")
    found.borrower(2, "Bob Gil")
    for number, debtor in ((1, 1), (2, 1), (3, 2)):
        found.lent(number, debtor)
        found.row(10 + number, number, "PAYMENT", 10_000)
    return found


def by_chance(chance: random.Random) -> Ledger:
    ledger = Ledger.random(chance, loans=6)
    for debt in ledger.debts.values():
        debt["currency"] = "COP"
    return ledger


def morning(world: World, *, full: bool = False) -> SystemResult:
    with world.bridge() as bridge:
        found = compare(bridge, bridge.today, bridge.clock.now(), full=full, listed=10_000)
    (result,) = found.systems
    assert result.checked, result.notices
    return result


def in_full(world: World) -> SystemResult:
    """The same morning, told by a copy of the state that reads everything."""
    copy = world.folder / "copy"
    shutil.rmtree(copy, ignore_errors=True)
    copy.mkdir()
    for file in world.folder.glob("*"):
        if file.is_file():
            shutil.copy(file, copy)
    other = replace(world, folder=copy, overrides=dict(world.overrides))
    return morning(other, full=True)


def by_changes(found: SystemResult) -> bool:
    return "read.in_part" in {notice.code for notice in found.notices}


def of(found: SystemResult) -> dict[str, Any]:
    """What a person is told."""
    return {
        "items": sorted(map(repr, found.items)),
        "ties": found.tie_outs,
        "counts": found.counts,
    }


class Hand:
    """A bookkeeper who does what moves money, in every way there is."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.world, self.chance = world, chance
        self.done: list[str] = []
        self._numbers = 0

    def act(self) -> None:
        deeds = [getattr(self, name) for name in dir(type(self)) if name.startswith("do_")]
        deed = self.chance.choice(deeds)
        wish = deed()
        self.done.append(f"{deed.__name__}: {wish}")

    def do_edit_amount(self) -> Any:
        one = self._some("invoice", "receipt", "credit_note")
        amount = max(Decimal(one["total"]) + self.chance.choice([-500, 500]), Decimal(1))
        return self._edit(one, amount=str(amount))

    def do_edit_both_ways(self) -> Any:
        """An invoice and its receipt lose as much: nothing is open that was not."""
        for one in (self._some("invoice"), self._some("receipt")):
            amount = max(Decimal(one["total"]) - 700, Decimal(1))
            self._edit(one, amount=str(amount))
        return "both"

    def do_due(self) -> Any:
        return self._edit(self._some("invoice"), due="2027-01-31")

    def do_lines(self) -> Any:
        one = self._some("invoice")
        return self._edit(one, memo=f"note {self._next()}")

    def do_void(self) -> Any:
        one = self._some("invoice", "credit_note")
        return self._wish("void", kind=one["kind"], id=one["id"])

    def do_delete(self) -> Any:
        one = self._some("receipt", "credit_note", "receipt")
        return self._wish("delete", kind=one["kind"], id=one["id"])

    def do_delete_and_make_again(self) -> Any:
        one = self._some("receipt")
        self._wish("delete", kind="receipt", id=one["id"])
        self._add("receipt", one["customer"], one["total"], apply="auto")
        return one["number"]

    def do_delete_loan_and_payments(self) -> Any:
        """An invoice and all that paid it, so that nothing is left on any account of ours."""
        one = self._some("invoice")
        for each in self._documents("receipt", "credit_note"):
            if each["customer"] == one["customer"]:
                self._wish("delete", kind=each["kind"], id=each["id"])
        return self._wish("delete", kind="invoice", id=one["id"])

    def do_exchange_for_journal(self) -> Any:
        """A receipt becomes a journal: the receivable account does not move."""
        one = self._some("receipt")
        self._wish("delete", kind="receipt", id=one["id"])
        return self._journal(one["customer"], one["total"], credit=True)

    def do_journal(self) -> Any:
        credit = self.chance.random() < 0.5
        return self._journal(self._some("invoice")["customer"], "900", credit=credit)

    def do_add(self) -> Any:
        kind = self.chance.choice(["invoice", "credit_note", "receipt"])
        return self._add(kind, self._customer(), "1300")

    def do_pay(self) -> Any:
        return self._add("receipt", self._customer(), "2500", apply="auto")

    def do_apply_elsewhere(self) -> Any:
        """A receipt settles other invoices of its customer than it did."""
        receipt = self._some("receipt")
        others = [
            each
            for each in self._documents("invoice")
            if each["customer"] == receipt["customer"] and Decimal(each["open"]) > 0
        ]
        if not others:
            return "nothing"
        one = self.chance.choice(others)
        amount = min(Decimal(one["open"]), Decimal(receipt["total"]))
        body = {"invoices": [{"invoice_id": one["id"], "amount_applied": str(amount)}]}
        return self._call("PUT", f"customerpayments/{receipt['id']}", body)

    def do_merge(self) -> Any:
        names = sorted({each["name"] for each in self.world.books()["customers"]})
        if len(names) < 5 or self.chance.random() < 0.7:
            return "nothing"
        one, other = self.chance.sample(names, 2)
        return self._wish("merge", **{"from": one, "into": other})

    def do_write_off(self) -> Any:
        one = self._some("invoice")
        if Decimal(one["open"]) <= 0:
            return "nothing"
        return self._call("POST", f"invoices/{one['id']}/writeoff", None)

    def many(self) -> None:
        """More receipts than the newest page of them shows: older ones are not told by the way."""
        for _ in range(220):
            self._add("receipt", "Ferretería La Llave", "1300")

    def _customer(self) -> str:
        return self.chance.choice(["Ferretería La Llave", self._some("invoice")["customer"]])

    def _documents(self, *kinds: str) -> list[dict[str, Any]]:
        return [
            each
            for each in self.world.books()["documents"]
            if each["kind"] in kinds and each["status"] not in ("void", "draft")
        ]

    def _some(self, *kinds: str) -> dict[str, Any]:
        there = self._documents(self.chance.choice(kinds)) or self._documents("invoice")
        return self.chance.choice(there)

    def _next(self) -> str:
        self._numbers += 1
        return f"H-{self._numbers}"

    def _edit(self, one: dict[str, Any], **fields: str) -> Any:
        return self._wish("edit", kind=one["kind"], id=one["id"], set=fields)

    def _add(self, kind: str, customer: str, amount: str, **more: Any) -> Any:
        wish = {"kind": kind, "customer": customer, "amount": amount, "currency": "COP"}
        wish |= {"number": self._next(), "date": "2026-11-19", "due": "2026-12-20", **more}
        return self._wish("add", **wish)

    def _journal(self, customer: str, amount: str, *, credit: bool) -> Any:
        accounts = self.world.books()["accounts"]
        types = ("Accounts Receivable", "accounts_receivable")
        receivable = next(each["id"] for each in accounts if each["type"] in types)
        sides = ("credit", "debit") if credit else ("debit", "credit")
        lines = [
            {"account": receivable, sides[0]: amount, "customer": customer},
            {"account": "Opening balances", sides[1]: amount},
        ]
        wish = {"kind": "journal", "number": self._next(), "date": "2026-11-10"}
        return self._wish("add", lines=lines, **wish)

    def _wish(self, action: str, **wish: Any) -> Any:
        try:
            self.world.control("POST", "zoho/edit", action=action, **wish)
        except AssertionError as refused:
            return f"refused {action}: {str(refused)[:80]}"
        return (action, wish)

    def _call(self, method: str, path: str, body: Any) -> Any:
        import requests

        answer = requests.request(
            method,
            f"{self.world.sandbox.url}/zoho/books/v3/{path}",
            params={"organization_id": self.world.company},
            headers={"Authorization": "Zoho-oauthtoken demo-access"},
            json=body,
            timeout=60,
        )
        return (method, path, body, answer.status_code)


SWITCHES: list[dict[str, Any]] = [
    {},
    {"payment_moves_invoice_time": False},
    {"duplicate_rows": True, "excess_account": "unearned_revenue"},
]


@pytest.mark.parametrize("seed", range(SEEDS))
def test_what_moves_money_is_found_on_its_day(
    seed: int, tmp_path: Path, sandbox: SandboxServer
) -> None:
    chance = random.Random(seed)
    switches = SWITCHES[seed % len(SWITCHES)]
    world = made(tmp_path, sandbox, by_chance(chance), **switches)
    hand = Hand(world, chance)
    hand.many()
    world.clock.move(DAY_S)
    morning(world)
    for _ in range(MORNINGS):
        world.clock.move(DAY_S)
        for _ in range(chance.randrange(3)):
            hand.act()
        world.clock.move(700)
        found, whole = morning(world), in_full(world)
        assert of(found) == of(whole), (switches, hand.done)


# ── one by one ───────────────────────────────────────────────────────────────────────────────


class Office(Hand):
    """The same hand, told what to do."""

    def named(self, number: str) -> dict[str, Any]:
        (found,) = [
            each
            for each in self.world.books()["documents"]
            if (each["number"] or "").endswith(f"-{number}")
        ]
        return found

    def other_invoice(self) -> None:
        """Ana's payment of loan 1 settles loan 2."""
        paid, loan = self.named("P11"), self.named("L2")
        body = {"invoices": [{"invoice_id": loan["id"], "amount_applied": "10000"}]}
        self._call("PUT", f"customerpayments/{paid['id']}", body)

    def less_of_both(self) -> None:
        self._edit(self.named("L1"), amount="57000")
        self._edit(self.named("P11"), amount="7000")

    def taken_and_made_again(self) -> None:
        paid = self.named("P13")
        self._wish("delete", kind="receipt", id=paid["id"])
        apply = [{"number": self.named("L3")["number"], "amount": "10000"}]
        self._add("receipt", paid["customer"], "10000", apply=apply)

    def journal_instead(self) -> None:
        paid = self.named("P13")
        self._wish("delete", kind="receipt", id=paid["id"])
        self._journal(paid["customer"], "10000", credit=True)

    def no_loan_at_all(self) -> None:
        """The loan and its payment are gone, and with them everything that they moved."""
        for number in ("P13", "L3"):
            one = self.named(number)
            self._wish("delete", kind=one["kind"], id=one["id"])

    def nothing_of_what_was_paid(self) -> None:
        """An invoice with nothing open is gone, and its receipt with it."""
        for kind in ("receipt", "invoice"):
            (one,) = [each for each in self._documents(kind) if each["total"] in PAID]
            self._wish("delete", kind=kind, id=one["id"])

    def credit_of_others(self) -> None:
        """What a stranger paid in advance is more than it was."""
        (one,) = [each for each in self._documents("receipt") if each["number"] == "H-3"]
        self._edit(one, amount="1800")


DEEDS = [
    name for name in vars(Office) if not name.startswith("_") and name not in ("named", "many")
]


@pytest.mark.parametrize("moves", [True, False])
@pytest.mark.parametrize("deed", DEEDS)
def test_each_way_to_move_money_is_found_on_its_day(
    deed: str, moves: bool, tmp_path: Path, sandbox: SandboxServer
) -> None:
    """Whether or not a payment moves its invoice's time of change; no page has its turn yet."""
    world = made(tmp_path, sandbox, payment_moves_invoice_time=moves)
    office = Office(world, random.Random(1))
    office._add("invoice", "Panadería Aurora", PAID[0])
    office._add("receipt", "Panadería Aurora", PAID[0], apply="auto")
    office.many()
    world.clock.move(DAY_S)
    before = morning(world)
    assert by_changes(before)
    getattr(office, deed)()
    world.clock.move(DAY_S)
    found, whole = morning(world), in_full(world)
    assert of(found) == of(whole)
    assert of(found) != of(before)


def test_a_quiet_morning_asks_as_little_for_many_payments_as_for_few(
    tmp_path: Path, sandbox: SandboxServer
) -> None:
    """But for its share of the pages that are read in turns."""
    world = made(tmp_path, sandbox)
    office = Office(world, random.Random(1))
    calls = []
    for _ in range(2):
        world.clock.move(DAY_S)
        morning(world)
        world.clock.move(DAY_S)
        calls.append(morning(world).calls["total"])
        office.many()
    assert calls[0] <= calls[1] <= calls[0] + 1


def about(found: SystemResult, number: str) -> list[Item]:
    return [item for item in found.items if (item.reference or "").endswith(f"-{number}")]


def test_what_moves_no_figure_is_found_when_its_turn_comes(
    tmp_path: Path, sandbox: SandboxServer
) -> None:
    """Not on the day before its page of two is read, and earlier than the report names."""
    world = made(tmp_path, sandbox)
    office = Office(world, random.Random(1))
    office.many()
    world.clock.move(DAY_S)
    whole_on = world.clock.now().date()
    morning(world, full=True)
    office._edit(office.named("P11"), date="2026-07-09")
    for day in range(1, EVERY_DAYS + 1):
        world.clock.move(DAY_S)
        found = morning(world)
        assert by_changes(found)
        assert bool(about(found, "P11")) is (day >= 3), day
        told = {notice.code: notice.detail for notice in found.notices}
        today = world.clock.now().date()
        assert told["read.unseen_until"] == (today + timedelta(days=EVERY_DAYS)).isoformat()
        since = whole_on if day < EVERY_DAYS else whole_on + timedelta(days=1)
        assert told["read.in_part"] == since.isoformat()
    assert of(found) == of(in_full(world))


def test_what_comes_forward_in_the_place_of_what_is_gone_has_its_turn_too(
    tmp_path: Path, sandbox: SandboxServer
) -> None:
    """The first of the second page comes onto the first, which was read in this round."""
    ledger = lender()
    world = made(tmp_path, sandbox, ledger)
    office = Office(world, random.Random(1))
    for _ in range(197):
        office._add("receipt", "Ferretería La Llave", "1300")
    ledger.row(20, 1, "PAYMENT", 1_000, "2026-07-02")
    ledger.write(world.snapshot)
    world.clock.move(700)
    assert world.sync().verdict in ("clean", "person")
    office.many()
    world.clock.move(DAY_S)
    morning(world, full=True)
    for _ in range(2):
        world.clock.move(DAY_S)
        assert not about(morning(world), "P20")
    gone = office.named("P13")
    office._wish("delete", kind="receipt", id=gone["id"])
    office._edit(office.named("P20"), date="2026-07-09")
    for _ in range(3):
        world.clock.move(DAY_S)
        found = morning(world)
        assert by_changes(found)
    assert about(found, "P20")


def test_payments_that_no_list_tells_yet_make_all_of_it_be_read(
    tmp_path: Path, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What an invoice has paid has moved, and nothing that came, or was asked for, says by what."""
    world = made(tmp_path, sandbox)
    office = Office(world, random.Random(1))
    world.clock.move(DAY_S)
    assert by_changes(morning(world))
    before = {each["id"] for each in office._documents("receipt")}
    office._add("receipt", "Ana Ruiz", "2500", apply="auto")
    (new,) = {each["id"] for each in office._documents("receipt")} - before
    monkeypatch.setattr(InPart, "_payments", lambda *_: iter(()))
    monkeypatch.setattr(InPart, "of_customer", lambda *_: iter(()))
    monkeypatch.setattr(InPart, "are_exactly", lambda *_: True)
    world.clock.move(DAY_S)
    with world.bridge() as bridge:
        with bridge.store.read() as work:
            cursor = work.mirror.cursor(world.where)
        system = bridge.books["zoho"].system
        assert read_in_part(bridge.store, system, cursor, {}) is None, "it is not sure of itself"
    found, whole = morning(world), in_full(world)
    assert of(found) == of(whole)
    with world.bridge() as bridge, bridge.store.read() as work:
        assert work.mirror.document(world.where, Kind.RECEIPT, new) is not None


def test_readings_that_take_the_calls_of_a_plan_are_told_before_they_do(
    tmp_path: Path, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page of customers, of invoices and of receipts: three calls, of which half a day has room
    for as many and not for fewer."""
    world = made(tmp_path, sandbox)
    world.overrides[f"{SECTION}BUDGET"] = "1000"
    for allowed, is_told in ((6, False), (5, True)):
        monkeypatch.setattr(chart, "DAY_LIMITS", dict.fromkeys(chart.DAY_LIMITS, allowed))
        world.clock.move(DAY_S)
        told = {notice.code: notice.detail for notice in morning(world).notices}
        assert ("read.too_many_calls" in told) is is_told, allowed
    assert english(told["read.too_many_calls"]) == (
        "3 requests on the last morning of a round, 3 when everything is read; "
        "the plan allows 5 a day"
    )


def test_a_full_reading_finds_it_at_once(tmp_path: Path, sandbox: SandboxServer) -> None:
    world = made(tmp_path, sandbox)
    office = Office(world, random.Random(1))
    office.many()
    world.clock.move(DAY_S)
    morning(world, full=True)
    office._edit(office.named("P11"), date="2026-07-09")
    world.clock.move(DAY_S)
    assert not about(morning(world), "P11")
    assert about(morning(world, full=True), "P11")


# ── behind our own payments ──────────────────────────────────────────────────────────────────


@pytest.fixture
def paid(tmp_path: Path, sandbox: SandboxServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Mornings on which loan 1 is paid, with what somebody edits in its invoice just before."""
    monkeypatch.setattr(unopened, "_FEW", 0)
    ledger = lender()
    world = made(tmp_path, sandbox, ledger)
    office = Office(world, random.Random(1))
    numbers = iter(range(20, 99))

    def day(**edit: Any) -> SystemResult:
        world.clock.move(DAY_S)
        if edit:
            office._edit(office.named("L1"), **edit)
        ledger.row(next(numbers), 1, "PAYMENT", 1_000, "2026-07-02")
        ledger.write(world.snapshot)
        assert world.sync().verdict in ("clean", "person")
        return morning(world)

    day()
    day.world = world  # type: ignore[attr-defined]
    yield day


def remarks(world: World, number: str) -> str:
    """What the state knows of an invoice's remarks."""
    one = Office(world, random.Random(1)).named(number)
    with world.bridge() as bridge, bridge.store.read() as work:
        known = work.mirror.document(BooksId("zoho", world.company), Kind.INVOICE, one["id"])
    assert known is not None
    return known.memo


def test_money_moved_between_lines_behind_a_payment_of_ours_is_found_on_its_day(paid: Any) -> None:
    assert not about(paid(), "L1")
    lines = [{"amount": "40000"}, {"amount": "20000"}]
    assert about(paid(lines=lines), "L1")


def test_a_remark_behind_a_payment_of_ours_is_read_when_its_turn_comes(paid: Any) -> None:
    paid(memo="mine")
    seen = [remarks(paid.world, "L1")]
    for _ in range(2 * EVERY_DAYS):
        paid()
        seen.append(remarks(paid.world, "L1"))
    assert seen[0] != "mine"
    assert "mine" in seen
