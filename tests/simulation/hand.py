"""The bookkeeper's hand: what a person does in the books while the bridge knows nothing of it."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.pipeline.world import GONE
from tests.simulation.estate import Estate
from tests.simulation.trace import Trace

Document = dict[str, Any]
KINDS = ("invoice", "receipt", "credit_note")
PRINCIPAL = {"quickbooks": "Loan principal", "zoho": "Loan principal"}
RECEIVABLE = {"quickbooks": "Accounts Receivable (A/R)", "zoho": "Accounts Receivable"}
CASH = {"quickbooks": "Checking", "xero": "090", "zoho": "Bank COP"}
ACCOUNTS = {
    "quickbooks": ("account", ("Loan clearing", "Store cash", "Nequi wallet")),
    "xero": ("account", ("640", "271", "092")),
    "zoho": ("account", ("1022", "1021", "4120")),
}


@dataclass
class Hand:
    """What the bookkeeper did, as far as anybody must remember it."""

    estate: Estate
    trace: Trace
    edited: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    """(system, id of a document) → what it must still say."""
    right: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    """The same → what it was posted with, or a person has accepted since."""
    before: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    """The same → what it said before, for who wants to put it right."""
    ever: set[tuple[str, str]] = field(default_factory=set)
    """Every document that was edited once: put right, it has its total again, not its lines."""
    journals: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    """(system, currency) → what entries by hand did to the receivable account."""
    adopted: dict[tuple[str, str], str] = field(default_factory=dict)
    """(system, id) of a document by hand → which of ours it is, as somebody said."""
    locks: dict[str, date | None] = field(default_factory=dict)
    inactive: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    """(system, wish that brings it back)."""
    taken_back: frozenset[str] = frozenset()
    """Fields that are the ledger's own: an edit of one need not stay."""
    doubled: set[tuple[str, str]] = field(default_factory=set)
    """(system, base) of what another bridge posted as well, while the books did not list it yet."""
    lied_to: set[str] = field(default_factory=set)
    """Systems in which a write was said to be done and was not kept."""
    made: int = 0

    def do(self, system: str, **wish: Any) -> dict[str, Any] | None:
        """Do it in the web site; None when the product lets nobody do it."""
        what = f"{wish['action']} {wish.get('kind', '')}".strip()
        named = {k: v for k, v in wish.items() if k not in ("action", "kind")}
        try:
            done: dict[str, Any] = self.estate.control("POST", f"{system}/edit", **wish)
        except ValueError as refused:
            self.trace.count("hand", f"refused: {what}")
            self.trace.say(f"hand in {system}: {what} {named}: {refused}")
            return None
        self.trace.count("hand", what)
        self.trace.say(f"hand in {system}: {what} {named}")
        self._forget_what_changed(system)
        return done

    def _forget_what_changed(self, system: str) -> None:
        """What the bookkeeper did just now undid some of what the bookkeeper did before."""
        for key in self.overwritten(system):
            self.forget(*key)

    def overwritten(self, system: str) -> dict[tuple[str, str], str]:
        """Documents edited by hand that do not say any more what they were made to say."""
        there = {
            str(document["id"]): document
            for document in self.estate.books_of(system)["documents"]
            if document["status"] not in GONE
        }
        found = {}
        for key, wanted in self.edited.items():
            now = there.get(key[1])
            if key[0] != system:
                continue
            if now is None:
                found[key] = "it is gone"
            elif any(_field(now, name) != _same(name, value) for name, value in wanted.items()):
                found[key] = f"{wanted} became {[_field(now, name) for name in wanted]}"
        return found

    def documents(self, system: str, *kinds: str) -> list[Document]:
        """What is in the books and not void, oldest first."""
        return [
            document
            for document in self.estate.books_of(system)["documents"]
            if document["kind"] in (kinds or KINDS)
            and document["status"] not in GONE
            and document["number"]
            and Decimal(document["total"])
        ]

    def number(self) -> str:
        self.made += 1
        return f"H{self.made}"

    @property
    def today(self) -> date:
        return self.estate.clock.true_day(self.estate.zone)

    def says(self, key: tuple[str, str], field: str, wanted: str, right: dict[str, str]) -> None:
        """A field was edited. One that says again what is taken for right is edited no more."""
        self.right[key] = right
        edited = self.edited.setdefault(key, {})
        edited.pop(field, None)
        if field not in self.taken_back and _same(field, right[field]) != _same(field, wanted):
            edited[field] = wanted
        if not edited:
            del self.edited[key]

    def forget(self, system: str, document_id: str) -> None:
        self.right.pop((system, document_id), None)
        self.edited.pop((system, document_id), None)
        self.before.pop((system, document_id), None)


def _field(document: Document, name: str) -> object:
    return Decimal(document["total"]) if name == "amount" else document[name]


def _same(name: str, value: str) -> object:
    return Decimal(value) if name == "amount" else value


Touch = Callable[[Hand, str, random.Random], object]


def edit(hand: Hand, system: str, chance: random.Random) -> None:
    """Another amount, date or due date."""
    found = hand.documents(system)
    if not found:
        return
    document = chance.choice(found)
    field = chance.choice(("amount", "date", "due") if document["due"] else ("amount", "date"))
    was = document["total" if field == "amount" else field]
    if field == "amount":
        wanted = str(max(Decimal(was) + chance.choice((-500, 500, 1000)), Decimal(1)))
    else:
        wanted = (
            date.fromisoformat(was) + timedelta(days=chance.choice((-1, -2, -40)))
        ).isoformat()
    change = {field: wanted}
    kind, number = document["kind"], document["number"]
    right = {field: was} | hand.right.get((system, str(document["id"])), {})
    done = hand.do(system, action="edit", kind=kind, number=number, id=document["id"], set=change)
    if done is not None:
        key = (system, str(done["id"]))
        hand.says(key, field, wanted, right)
        hand.ever.add(key)
        hand.before.setdefault(key, {}).setdefault(field, was)


def take_back(hand: Hand, system: str, chance: random.Random) -> None:
    """Void it, or delete it altogether."""
    found = hand.documents(system)
    if not found:
        return
    document = chance.choice(found)
    action = chance.choice(("void", "delete"))
    kind, number = document["kind"], document["number"]
    if hand.do(system, action=action, kind=kind, number=number, id=document["id"]) is not None:
        hand.forget(system, str(document["id"]))


def add(hand: Hand, system: str, chance: random.Random) -> None:
    """A document of the bookkeeper's own, for a customer of ours or another one."""
    customers = [
        customer
        for customer in hand.estate.books_of(system)["customers"]
        if customer["currency"] == "COP" and customer.get("active", True)
    ]
    if not customers:
        return
    kind = chance.choice(KINDS)
    wish = {
        "action": "add", "kind": kind, "number": hand.number(), "amount": "7500",
        "customer": chance.choice(customers)["name"], "date": hand.today.isoformat(),
    }  # fmt: skip
    if kind == "receipt":
        wish |= {"account": CASH[system]} | ({"apply": "auto"} if chance.random() < 0.5 else {})
    elif system in PRINCIPAL:
        wish["item"] = PRINCIPAL[system]
    if kind == "invoice":
        wish["due"] = (hand.today + timedelta(days=30)).isoformat()
    hand.do(system, **wish)


def lock(hand: Hand, system: str, chance: random.Random) -> None:
    """Close the month before this one, later ones and earlier ones; sometimes open all."""
    first = hand.today.replace(day=1)
    day: date | None = first - timedelta(days=1)
    way = chance.choices(("month", "back", "open", "now"), (6, 2, 2, 1))[0]
    if way == "back":
        day = first - timedelta(days=chance.choice((40, 70)))
    elif way != "month":
        day = None if way == "open" else hand.today
    if hand.do(system, action="lock", date=day.isoformat() if day else None) is not None:
        hand.locks[system] = day


def rename(hand: Hand, system: str, chance: random.Random) -> None:
    customers = hand.estate.books_of(system)["customers"]
    name = chance.choice(customers)["name"]
    hand.do(system, action="rename", kind="customer", name=name, to=f"{name} {hand.number()}")


def inactivate(hand: Hand, system: str, chance: random.Random) -> None:
    """A customer or an account that somebody thinks is not needed any more."""
    if chance.random() < 0.6:
        customers = hand.estate.books_of(system)["customers"]
        active = [each for each in customers if each.get("active", True)]
        if not active:
            return
        customer = chance.choice(active)
        wish = {"kind": "customer", "id": customer["id"]}
    else:
        kind, names = ACCOUNTS[system]
        account = hand.estate.books_of(system)["accounts"]
        name = chance.choice(names)
        found = [a for a in account if name in (a["name"], a["number"])]
        if not found:
            return
        wish = {"kind": kind, "id": found[0]["id"]}
    if hand.do(system, action="inactivate", **wish) is not None:
        hand.inactive.append((system, wish))


def reactivate(hand: Hand, system: str, chance: random.Random) -> bool:
    """One of those comes back."""
    mine = [each for each in hand.inactive if each[0] == system]
    if not mine:
        return False
    each = chance.choice(mine)
    hand.inactive.remove(each)
    return hand.do(system, action="reactivate", **each[1]) is not None


def merge(hand: Hand, system: str, chance: random.Random) -> None:
    customers = [
        customer
        for customer in hand.estate.books_of(system)["customers"]
        if customer["currency"] == "COP" and customer.get("active", True)
    ]
    if len(customers) < 3:
        return
    lost, kept = chance.sample(customers, 2)
    wish = {"from": lost["name"], "into": kept["name"]}
    hand.do(system, action="merge", kind="customer", **wish)


def journal(hand: Hand, system: str, chance: random.Random) -> None:
    """An entry on the receivable account itself, which no document of anybody explains."""
    customers = [
        customer
        for customer in hand.estate.books_of(system)["customers"]
        if customer["currency"] == "COP" and customer.get("active", True)
    ]
    if not customers:
        return
    customer = chance.choice(customers)["name"]
    amount = Decimal(chance.randrange(1, 20) * 100)
    sides = ["debit", "credit"]
    chance.shuffle(sides)
    receivable = {
        "account": RECEIVABLE.get(system, "610"), sides[0]: str(amount), "customer": customer,
    }  # fmt: skip
    lines = [receivable, {"account": CASH[system], sides[1]: str(amount)}]
    wish = {"number": hand.number(), "date": hand.today.isoformat(), "currency": "COP"}
    if hand.do(system, action="add", kind="journal", lines=lines, **wish) is not None:
        key = (system, "COP")
        signed = amount if sides[0] == "debit" else -amount
        hand.journals[key] = hand.journals.get(key, Decimal(0)) + signed


TOUCHES: dict[Touch, float] = {
    edit: 6,
    take_back: 3,
    add: 5,
    lock: 4,
    rename: 3,
    inactivate: 3,
    reactivate: 3,
    merge: 1,
    journal: 2,
}
