"""The morning after a bookkeeper's day: every edit is found, and every cent has its item."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bridge.core.books import Kind
from bridge.core.delivery import Unavailable
from bridge.core.identity import BooksId
from bridge.core.tie_out.items import ItemKind
from bridge.core.tie_out.reconciliation import Notice, SystemResult
from bridge.errors import LoginRequired, PersonNeeded, TryLater
from bridge.pipeline.reconcile import compare
from bridge.report.render import content
from bridge.sandbox.server import SandboxServer
from tests.pipeline.ledger import Ledger, small_ledger
from tests.pipeline.mornings import answer, morning
from tests.pipeline.world import MAY_SHRINK, NOW, REALM, Killed, World

DAY = "2026-11-10"
SEEDS = int(os.environ.get("BRIDGE_EDIT_SEEDS", "4"))
"""How many days of a bookkeeper; 12 and more with BRIDGE_EDIT_SEEDS=12."""


@pytest.fixture
def world(tmp_path: Path, sandbox: SandboxServer) -> World:
    made = World(tmp_path, sandbox)
    made.control("POST", "reset")
    ledger = Ledger.random(random.Random(7), loans=4)
    ledger.write(made.snapshot)
    assert made.sync().verdict == "clean"
    return made


def unread(world: World) -> None:
    """As if these books had never been read."""
    with world.bridge() as bridge, bridge.store.begin() as work:
        work.mirror.clear(BooksId("quickbooks", REALM))


def hand(world: World, **wish: Any) -> None:
    world.control("POST", "quickbooks/edit", **wish)


def ours(world: World, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = next(d for d in world.live_documents() if d["kind"] == kind)
    return found


def kinds(result: SystemResult) -> set[str]:
    return {item.kind.value for item in result.items}


def adds_up(result: SystemResult) -> None:
    """The law of the report: items add up to the difference, or the rest is said to be open."""
    assert result.checked
    for tie in result.tie_outs:
        items = [item for item in result.items if item.currency == tie.currency]
        explained = [item.amount for item in items if item.kind is not ItemKind.REMAINDER]
        assert sum(explained, Decimal(0)) == tie.explained
        assert sum((item.amount for item in items), Decimal(0)) == tie.difference
        if tie.unexplained:
            assert not result.agree


def test_after_a_pass_both_sides_agree_and_the_control_account_says_so(world: World) -> None:
    result = answer(world)
    assert result.agree
    assert result.company == REALM
    assert not result.counts["missing"] + result.counts["drifted"] + result.counts["orphaned"]
    for tie in result.tie_outs:
        if tie.currency != "XXX":
            assert tie.control_account == world.receivable(tie.currency)
    adds_up(result)


def test_the_second_morning_reads_only_what_changed(world: World) -> None:
    unread(world)
    first = answer(world)
    second = answer(world)
    assert Notice("read.full") in first.notices
    assert Notice("read.full") not in second.notices
    assert second.calls["total"] < first.calls["total"]
    assert msgspec.structs.replace(second, calls={}, notices=()) == msgspec.structs.replace(
        first, calls={}, notices=()
    )


@pytest.mark.parametrize("before", [False, True], ids=["full", "changes"])
def test_every_kind_of_edit_is_found_whichever_way_the_books_are_read(
    world: World, before: bool
) -> None:
    if before:
        assert answer(world).agree
    invoice, receipt = ours(world, "invoice"), ours(world, "receipt")
    rest = [d["number"] for d in world.live_documents() if d["kind"] == "receipt"]
    hand(world, action="edit", kind="invoice", number=invoice["number"], set={"due": "2027-01-31"})
    hand(world, action="void", kind="receipt", number=receipt["number"])
    hand(world, action="delete", kind="receipt", number=rest[-1])
    common = {"customer": "Nueva Clienta", "date": DAY}
    hand(world, action="add", kind="invoice", number="DY7F3A-L999", amount="700", **common)
    hand(world, action="add", kind="invoice", number="A-17", amount="500", **common)
    result = answer(world)
    adds_up(result)
    assert not result.agree
    by_reference = {item.reference: item for item in result.items}
    assert by_reference[receipt["number"]].cause == "books.voided"
    assert by_reference[rest[-1]].kind in {ItemKind.TOMBSTONED, ItemKind.MISSING}
    assert by_reference["DY7F3A-L999"].kind is ItemKind.ORPHANED
    assert by_reference["A-17"].kind is ItemKind.FOREIGN
    due = next(i for i in result.items if i.reference == invoice["number"] and i.field == "due")
    assert (due.kind, due.books, due.amount) == (ItemKind.DRIFTED, "2027-01-31", 0)


def test_a_document_by_hand_is_explained(world: World) -> None:
    hand(
        world, action="add", kind="invoice", number="A-17", amount="500", customer="Otra", date=DAY
    )
    result = answer(world)
    adds_up(result)
    assert result.agree
    assert kinds(result) >= {"foreign"}


def journal(world: World, number: str, amount: str, currency: str = "COP") -> None:
    """A bookkeeper's entry: debit receivables, credit the bank (or the other way round)."""
    side, other = ("credit", "debit") if amount.startswith("-") else ("debit", "credit")
    name = f"Otra {currency}"
    if name not in {customer["name"] for customer in world.books()["customers"]}:
        hand(world, action="add", kind="customer", name=name, currency=currency)
    account = next(
        a
        for a in world.books()["accounts"]
        if a["type"] == "Accounts Receivable" and a["currency"] == currency
    )
    lines = [
        {"account": account["id"], side: amount.lstrip("-"), "customer": name},
        {"account": "Opening Balance Equity", other: amount.lstrip("-")},
    ]
    hand(
        world, action="add", kind="journal", number=number, date=DAY, lines=lines, currency=currency
    )


def test_a_journal_on_the_control_account_is_named_and_the_sides_agree(world: World) -> None:
    first, usual = answer(world), answer(world)
    journal(world, "J-1", "90")
    journal(world, "J-2", "-40.5")
    result = answer(world)
    adds_up(result)
    assert result.agree
    found = {i.reference: i for i in result.items if i.cause == "control.journal"}
    assert {number: item.amount for number, item in found.items()} == {
        "J-1": Decimal(-90),
        "J-2": Decimal("40.5"),
    }
    item = found["J-1"]
    assert (item.kind, item.document, item.books) == (ItemKind.FOREIGN, "journal", DAY)
    assert item.external_id
    assert result.counts["foreign"] == first.counts.get("foreign", 0) + 2
    assert result.calls["total"] > usual.calls["total"]


def test_a_morning_without_anything_to_explain_asks_nothing_more(world: World) -> None:
    class Asked(Wrapped):
        def control_entries(self) -> Any:
            raise AssertionError("asked without need")

    assert answer(world, wrap=lambda system: Asked(system, TryLater(""))).agree


def test_a_currency_in_which_nothing_is_left_lists_nothing(world: World) -> None:
    journal(world, "J-1", "90")
    foreign = {"customer": "Otra MXN", "currency": "MXN", "rate": "230"}
    hand(world, action="add", kind="customer", name="Otra MXN", currency="MXN")
    hand(world, action="add", kind="invoice", number="B-1", amount="10", date=DAY, **foreign)
    journal(world, "J-3", "70", currency="MXN")
    journal(world, "J-4", "-70", currency="MXN")
    result = answer(world)
    adds_up(result)
    assert result.agree
    assert [i.reference for i in result.items if i.cause == "control.journal"] == ["J-1"]


def test_what_no_entry_explains_stays_a_remainder(world: World) -> None:
    class Forgetful(Wrapped):
        def control_entries(self) -> Any:
            yield next(self.system.control_entries())

    journal(world, "J-1", "90")
    journal(world, "J-2", "5")
    result = answer(world, wrap=lambda system: Forgetful(system, TryLater("")))
    adds_up(result)
    assert not result.agree
    (rest,) = [item for item in result.items if item.kind is ItemKind.REMAINDER]
    named = {i.amount for i in result.items if i.cause == "control.journal"}
    assert rest.cause == "control.manual_entries"
    assert {rest.amount, *named} == {Decimal(-90), Decimal(-5)}


def test_entries_that_cannot_be_asked_for_leave_the_comparison_and_say_so(world: World) -> None:
    class Shut(Wrapped):
        def control_entries(self) -> Any:
            raise self.error

    journal(world, "J-1", "90")
    result = answer(world, wrap=lambda system: Shut(system, TryLater("refused for rate")))
    adds_up(result)
    assert result.checked
    assert not result.agree
    assert Notice("control.unread", "refused for rate") in result.notices
    (rest,) = [item for item in result.items if item.kind is ItemKind.REMAINDER]
    assert (rest.amount, rest.cause) == (Decimal(-90), "control.manual_entries")


def test_a_total_changed_by_hand_is_named_with_both_amounts(world: World) -> None:
    invoice = ours(world, "invoice")
    hand(world, action="edit", kind="invoice", number=invoice["number"], set={"amount": "1234567"})
    result = answer(world)
    adds_up(result)
    total = next(i for i in result.items if i.field == "total")
    assert (total.reference, total.books) == (invoice["number"], "1234567.00")
    assert total.amount == Decimal(invoice["total"]) - Decimal(1234567)


def test_a_ledger_that_moved_on_is_pending_work_not_a_mystery(world: World) -> None:
    ledger = Ledger.random(random.Random(7), loans=4)
    ledger.lend(5, random.Random(1))
    ledger.write(world.snapshot)
    world.overrides = {"LEDGER_BRIDGE_LIMITS__DOCUMENTS": "0"}
    world.sync()
    result = answer(world)
    adds_up(result)
    assert not result.agree
    assert {i.cause for i in result.items if i.kind is ItemKind.REMAINDER} == {"ledger.not_planned"}
    world.overrides = {}
    world.dies = lambda when: when == "before the request"
    with pytest.raises(Killed):
        world.sync()
    result = answer(world)
    adds_up(result)
    assert result.agree
    assert kinds(result) & {"pending", "in_doubt"}


def test_a_lost_reply_is_in_doubt_at_most_and_never_an_orphan(world: World) -> None:
    ledger = Ledger.random(random.Random(7), loans=4)
    ledger.lend(5, random.Random(1))
    ledger.write(world.snapshot)
    deaths = iter([False, True])
    world.dies = lambda when: when == "after the answer" and next(deaths, False)
    with pytest.raises(Killed):
        world.sync()
    result = answer(world)
    adds_up(result)
    assert result.counts["orphaned"] == 0
    assert result.agree
    assert any(item.cause == "outbox.found" for item in result.items)


class Wrapped:
    """An accounting system with one thing that is otherwise."""

    def __init__(self, system: Any, error: Exception) -> None:
        self.system, self.error = system, error

    def __getattr__(self, name: str) -> Any:
        return getattr(self.system, name)


class Broken(Wrapped):
    """An accounting system whose listing breaks off after the first document."""

    def read(self, kinds: Any) -> Iterator[Any]:
        yield next(self.system.read([Kind.CUSTOMER]))
        raise self.error


@pytest.mark.parametrize(
    ("error", "code", "exit_code"),
    [
        (TryLater("the page broke off"), "unchecked.try_later", 75),
        (LoginRequired("connect again"), "unchecked.login", 78),
        (PersonNeeded("two candidates"), "unchecked.refused", 1),
    ],
)
def test_a_reading_that_breaks_off_concludes_nothing(
    world: World, error: Exception, code: str, exit_code: int
) -> None:
    unread(world)
    found = morning(world, wrap=lambda system: Broken(system, error))
    (result,) = found.systems
    assert (result.checked, result.agree, result.items) == (False, False, ())
    assert result.notices == (Notice(code, str(error)),)
    assert found.verdict.exit_code == exit_code
    after = answer(world)
    assert after.agree
    assert Notice("read.full") in after.notices


def test_what_a_listing_leaves_out_is_asked_for_before_it_is_called_missing(world: World) -> None:
    class Lagging(Broken):
        def read(self, kinds: Any) -> Iterator[Any]:
            for document in self.system.read(kinds):
                if document.kind is not Kind.RECEIPT:
                    yield document

    result = answer(world, wrap=lambda system: Lagging(system, TryLater("")))
    assert result.counts["missing"] == 0
    assert result.agree


def test_one_receivable_account_for_all_currencies_is_told_apart(world: World) -> None:
    class Merged(Broken):
        def read(self, kinds: Any) -> Iterator[Any]:
            yield from self.system.read(kinds)

        def chart(self) -> Any:
            chart = self.system.chart()
            receivables = [a for a in chart.accounts if a.role == "receivable"]
            home = chart.company.home_currency
            balance = sum((a.balance for a in receivables if a.currency == home), Decimal(0))
            for document in self.system.read([Kind.INVOICE, Kind.RECEIPT, Kind.CREDIT_NOTE]):
                if document.currency != home and document.open:
                    sign = 1 if document.kind is Kind.INVOICE else -1
                    at_home = (document.open * document.rate).quantize(Decimal("0.01"))
                    balance += sign * at_home
            one = msgspec.structs.replace(receivables[0], currency="", balance=balance)
            others = tuple(a for a in chart.accounts if a.role != "receivable")
            return msgspec.structs.replace(chart, accounts=(*others, one))

    ledger = Ledger.random(random.Random(7), loans=4)
    ledger.lend(5, random.Random(1))
    ledger.debts[5]["currency"] = "MXN"
    ledger.write(world.snapshot)
    world.sync()
    result = answer(world, wrap=lambda system: Merged(system, TryLater("")))
    adds_up(result)
    assert result.agree
    assert {tie.currency for tie in result.tie_outs} == {"COP", "MXN"}
    separate = answer(world)
    assert [t.control_account for t in result.tie_outs] == [
        t.control_account for t in separate.tie_outs
    ]
    codes = {notice.code for notice in result.notices}
    assert codes >= {"control.from_documents", "control.home_less_foreign"}


def test_a_write_whose_correction_arrived_unseen_is_not_called_an_edit(world: World) -> None:
    ledger = Ledger.random(random.Random(7), loans=4)
    ledger.write(world.snapshot)
    payment = next(m for m in ledger.movements.values() if m["type"] == "PAYMENT")
    payment["amount"] += 500
    ledger.write(world.snapshot)
    world.dies = lambda when: when == "after the answer"
    with pytest.raises(Killed):
        world.sync()
    result = answer(world)
    adds_up(result)
    assert result.agree, result.items
    assert result.counts["drifted"] + result.counts["tombstoned"] + result.counts["missing"] == 0


def test_a_dry_run_says_the_same_and_leaves_no_trace(world: World) -> None:
    unread(world)
    with world.dry() as bridge:
        dry = compare(bridge, bridge.today, NOW)
    wet = morning(world)
    assert [s.tie_outs for s in dry.systems] == [s.tie_outs for s in wet.systems]
    assert Notice("read.full") in wet.systems[0].notices


def test_names_are_there_when_wanted_and_reports_can_be_made(world: World) -> None:
    receipt = ours(world, "receipt")
    hand(world, action="void", kind="receipt", number=receipt["number"])
    named = morning(world, run="x")
    assert set(named.names.values()) <= {"Persona 0", "Persona 1", "Persona 2"}
    assert named.names
    assert not morning(world, names=False).names
    assert named.source == "deudores"
    assert named.ledger_counts["loans"] == 4
    for form in ("html", "text", "json", "csv", "xlsx"):
        assert content(named, form, "es", "es-CO")


def test_a_short_list_still_adds_up(world: World) -> None:
    for number in range(120):
        hand(
            world, action="add", kind="invoice", number=f"B-{number}", amount="10",
            customer="Otra", date=DAY,
        )  # fmt: skip
    result = answer(world, listed=5)
    adds_up(result)
    assert result.counts["foreign"] == 120
    assert result.agree


@pytest.mark.parametrize("seed", range(SEEDS))
def test_whatever_a_bookkeeper_does_every_cent_has_an_item(world: World, seed: int) -> None:
    chance = random.Random(seed)
    if chance.random() < 0.5:
        answer(world)
    for number in range(chance.randrange(1, 8)):
        document = chance.choice(world.live_documents())
        if document["kind"] not in {"invoice", "receipt", "credit_note"}:
            continue
        where = {"kind": document["kind"], "number": document["number"]}
        match chance.randrange(6):
            case 0:
                hand(world, action="void", **where)
            case 1:
                hand(world, action="delete", **where)
            case 2:
                amount = str(chance.randrange(1, 900) * 500)
                hand(world, action="edit", set={"amount": amount}, **where)
            case 3:
                hand(world, action="edit", set={"date": DAY}, **where)
            case 4:
                hand(world, action="edit", set={"number": f"X{seed}-{number}"}, **where)
            case 5:
                name = chance.choice(["DY7F3A-L88", "C"])
                hand(
                    world, action="add", kind="invoice", number=f"{name}{number}", amount="75.25",
                    customer="Otra", date=DAY,
                )  # fmt: skip
    result = answer(world)
    adds_up(result)
    assert not [item for item in result.items if item.kind is ItemKind.REMAINDER]
    assert all(not tie.unexplained for tie in result.tie_outs)


def test_refused_at_the_door_is_waiting_not_missing(world: World) -> None:
    ledger = Ledger.random(random.Random(7), loans=4)
    ledger.lend(5, random.Random(1))
    ledger.write(world.snapshot)

    class Shut(Broken):
        def post(self, batch: Any) -> list[Any]:
            return [Unavailable("busy", 3600) for _ in batch]

    with world.bridge() as bridge:
        from bridge.pipeline.sync import sync

        for name, books in bridge.books.items():
            shut: Any = Shut(books.system, TryLater(""))
            bridge.books[name] = type(books)(shut, books.mapping, books.where)
        sync(bridge)
    result = answer(world)
    adds_up(result)
    assert result.agree
    assert "pending" in kinds(result)


def test_a_draft_that_nobody_wants_any_more_is_named(
    tmp_path: Path, sandbox: SandboxServer
) -> None:
    """It moves no account, and its number cannot be used as long as it is there."""
    world = World(tmp_path, sandbox, "zoho")
    world.overrides["LEDGER_BRIDGE_LIMITS__SHRINK_ROWS_PERCENT"] = "100"
    world.overrides |= MAY_SHRINK
    world.control("POST", "reset")
    world.clock.sandbox_url = sandbox.url
    ledger = small_ledger()
    ledger.write(world.snapshot)
    match = {"method": "POST", "path": "status/sent"}
    world.control(
        "POST", "faults", system="zoho", kind="reset", when="before", count=99, match=match
    )
    world.sync()
    world.clock.move(600)
    drafts = {d["number"]: d["id"] for d in world.books()["documents"] if d["status"] == "draft"}
    assert "DY7F3A-L2" in drafts
    assert not any(item.cause == "books.draft" for item in answer(world).items), "it is under way"
    world.control("DELETE", "faults")
    wish = {"action": "edit", "kind": "invoice", "id": drafts["DY7F3A-L2"]}
    world.control("POST", "zoho/edit", **wish, set={"due": "2027-09-09"})  # not what we sent
    del ledger.debts[2]
    ledger.write(world.snapshot)
    for _ in range(3):
        world.clock.move(3600)
        world.sync()
    (item,) = [item for item in answer(world).items if item.cause == "books.draft"]
    assert (item.reference, item.amount) == ("DY7F3A-L2", 0)
