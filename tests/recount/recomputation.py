"""What a company's books must be, worked out again from a ledger's rows and a mapping file alone.

Nothing of the bridge is imported here, nor anything else beyond Python itself, and nothing of it
was looked at: what is booked where is DESIGN.md §2, the arithmetic of lending is
`ledger_sources.md` §2.4, what a system does to a foreign amount is its fact page. One loan after
another is lived through day by day, as if nobody had ever been late.

    python -m tests.recount.recomputation world.json mapping.toml

prints every account, who owes what, and nothing else. `world.json` holds `system`, `home`, `as_of`,
`accounts` (number, name or id to name), `currencies` (account to its currency), `items` (item to
account), `deliveries` (days), `locks` (day on which books were closed, last day that was closed),
`loans` and `movements`: the rows of `lenders.py`.
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

Row = dict[str, Any]

ZERO = Decimal(0)
WHOLE = Decimal(1)
CENT = Decimal("0.01")
RECEIVABLE = "(receivable)"
EXCHANGE = "(exchange differences)"
WITHOUT_DECIMALS = ("CLP", "PYG")
RAISES = {"charge": "principal", "interest": "interest", "late_fee": "late_fee"}
"""Movements that raise what is owed → what the line is for; a charge at the store is a sale."""


@dataclass(frozen=True)
class Way:
    """What one accounting system does to amounts."""

    rate_places: int = 0
    """Decimals of the rate that it keeps, in units of foreign money for one of ours; 0: all."""
    one_receipt_an_invoice: bool = False
    """Money that settles two invoices is two documents, each rounded by itself at home."""


WAYS = {
    "quickbooks": Way(),
    "xero": Way(rate_places=6, one_receipt_an_invoice=True),
    "zoho": Way(),
}


@dataclass
class Open:
    """A document that stands in the receivables: what is left of it, and its value at home."""

    due: str
    amount: Decimal
    home: Decimal
    rate: Decimal

    def take(self, amount: Decimal) -> Decimal:
        """Value at home of a part that is settled; the last part takes what is left."""
        value = self.home if amount == self.amount else cents(amount * self.rate)
        self.amount -= amount
        self.home -= value
        return value


@dataclass
class Books:
    """Debit-positive balances: of accounts at home and in each currency, and of customers."""

    home: Counter[str] = field(default_factory=Counter)
    foreign: Counter[tuple[str, str]] = field(default_factory=Counter)
    customers: Counter[tuple[str, str]] = field(default_factory=Counter)
    slack: Decimal = ZERO
    """Half of the smallest sum at home for each time that foreign money settled something: the
    systems round its value then, and which of two parts takes the cent hangs on their order."""
    loose: set[str] = field(default_factory=lambda: {RECEIVABLE, EXCHANGE})
    """The accounts between which those cents may lie; together they are exact."""

    def enter(self, account: str, currency: str, amount: Decimal, home: Decimal) -> None:
        self.home[account] += home  # type: ignore[assignment]
        self.foreign[account, currency] += amount  # type: ignore[assignment]


def recompute(world: Row, mapping: Row) -> Books:
    """The books of the company, of every loan that the world has."""
    books = Books()
    of_loan: dict[str, list[Row]] = {}
    for movement in world["movements"]:
        of_loan.setdefault(movement["loan"], []).append(movement)
    for loan in world["loans"]:
        Life(world, mapping, books, loan).live(of_loan.get(loan["id"], []))
    return books


@dataclass
class Life:
    """One loan, event by event in the order of their days."""

    world: Row
    mapping: Row
    books: Books
    loan: Row
    owed: list[Open] = field(default_factory=list)
    """Invoices that are not settled, the one that falls due first before the others."""
    credit: list[Open] = field(default_factory=list)
    """Money and credit notes that settle nothing yet, oldest first."""
    stopped: Decimal = ZERO
    """Interest that had not fallen due when the loan was written off: it never will."""
    charges: list[Row] = field(default_factory=list)
    """What was charged beside the loan, by the ledger."""
    came_in: dict[str, list[Decimal]] = field(default_factory=dict)
    """Payment → the documents by which it came in: each is taken back by one of its own."""
    recovered: dict[str, Decimal] = field(default_factory=dict)
    """Payment → how much of it recovers what was written off."""

    def live(self, movements: list[Row]) -> None:
        self.charges = [row for row in movements if row["kind"] in RAISES]
        movements = self._stop(movements)
        self.recovered = recoveries(self._told(movements))
        for event in self._posted(movements):
            self._happen(event)
        place = self.loan["customer"], self.loan["currency"]
        left = sum((each.amount for each in self.owed), ZERO)
        left -= sum((each.amount for each in self.credit), ZERO)
        self.books.customers[place] += left  # type: ignore[assignment]

    # ── what is in the books, and on which day ───────────────────────────────────────────────

    def _told(self, movements: list[Row]) -> list[Row]:
        """Everything that the ledger tells of the loan, in the order of its own days."""
        back = {row["reverses"] for row in movements if row["kind"] == "reversal"}
        rows = [row for row in movements if row["id"] not in back and row["kind"] != "reversal"]
        return sorted([*self._invoices(), *rows], key=_when)

    def _stop(self, movements: list[Row]) -> list[Row]:
        """The movements, without what a write-off takes of interest that is invoiced nowhere yet:
        that stops, from the last instalment back, and only the rest is lost."""
        found = []
        for row in movements:
            if row["kind"] == "write_off" and self._by_due_day():
                later = [i for due, _, i in self._parts() if due.isoformat() > row["day"]]
                self.stopped = min(sum(later, ZERO), Decimal(row["amount"]))
                row = {**row, "amount": Decimal(row["amount"]) - self.stopped}
                row["stopped"] = self.stopped
            found.append(row)
        return found

    def _by_due_day(self) -> bool:
        return bool(self.mapping["interest"] == "as_due" and self.loan["kind"] != "fiado")

    def _parts(self) -> list[tuple[date, Decimal, Decimal]]:
        return instalments(self.loan, self.mapping)

    def _posted(self, movements: list[Row]) -> list[Row]:
        """Everything that is booked of the loan, in the order of its days there."""
        asked = [each for event in self._invoices() if (each := self._dated(event))]
        if not any(event["known"] == self.loan["known"] for event in asked):
            return []  # the loan itself came too late for its month
        rows = list(self._in_force(movements))
        return sorted([*asked, *rows], key=_when)

    def _in_force(self, movements: list[Row]) -> Iterator[Row]:
        """Those that are booked. A payment that was taken back is not, nor what took it back; but
        where its month was closed meanwhile it stays, and what takes it back is told or booked."""
        taken_back = {row["reverses"]: row for row in movements if row["kind"] == "reversal"}
        for row in movements:
            back = taken_back.get(row["id"])
            made = self._dated(row) if row["kind"] != "reversal" else None
            if made is None:
                continue
            if back is None:
                yield made
            elif made["day"] <= self._closed(back) and self._delivered(row) < self._delivered(back):
                yield made
                undone = self._dated({**back, "day": made["day"], "paid_on": made["day"]})
                # What corrects a closed month is of the day on which it came to light.
                yield from [{**undone, "day": self._delivered(back)}] if undone else []

    def _delivered(self, row: Row) -> str:
        return min((d for d in self.world["deliveries"] if d >= row["known"]), default=row["known"])

    def _closed(self, row: Row) -> str:
        """The last day that was closed when a row was delivered."""
        locks = self.world["locks"]
        return max((to for set_on, to in locks if set_on <= self._delivered(row)), default="")

    def _dated(self, event: Row) -> Row | None:
        """The event with its day in the books, or None where its month was closed already when
        it became known."""
        through = self._closed(event)
        if event["day"] > through:
            return event
        if self.mapping["policies"]["closed_period"] == "hold":
            return None
        return {**event, "day": (date.fromisoformat(through) + timedelta(days=1)).isoformat()}

    # ── what happens ─────────────────────────────────────────────────────────────────────────

    def _invoices(self) -> Iterator[Row]:
        """What the loan itself asks for, and when: all at once, or interest as it falls due."""
        loan, total = self.loan, Decimal(self.loan["total"])
        if loan["kind"] == "fiado":
            yield self._invoice(loan["day"], self._last_day(loan["day"]), {"sale": total})
            return
        principal, due = Decimal(loan["principal"]), due_days(loan)[-1].isoformat()
        as_due, each = (
            self.mapping["interest"] == "as_due",
            self.mapping["invoice_per"] == "instalment",
        )
        stopped = self.stopped
        for day, capital, interest in reversed(self._parts()):
            falls = day.isoformat()
            never = min(stopped, interest)
            stopped -= never
            lines = {"principal": capital, "interest": ZERO if as_due else interest}
            if each:
                yield self._invoice(loan["day"], falls, lines)
            if as_due and falls <= self.world["as_of"]:
                yield self._invoice(falls, falls, {"interest": interest - never}, falls)
        if not each:
            lines = {"principal": principal, "interest": ZERO if as_due else total - principal}
            yield self._invoice(loan["day"], due, lines)

    def _invoice(self, day: str, due: str, lines: dict[str, Decimal], known: str = "") -> Row:
        known = known or self.loan["known"]
        return {"kind": "invoice", "day": day, "due": due, "lines": lines, "known": known}

    def _last_day(self, day: str) -> str:
        """When what is charged without a due date is due: so many days later."""
        days = int(self.mapping["policies"]["running_account_days"])
        return (date.fromisoformat(day) + timedelta(days=days)).isoformat()

    def _happen(self, event: Row) -> None:
        kind, day = event["kind"], event["day"]
        if kind == "invoice":
            self._ask(day, event["due"], event["lines"])
        elif kind in RAISES:
            fiado = self.loan["kind"] == "fiado" and kind == "charge"
            due = self._last_day(day) if kind == "charge" else day
            self._ask(day, due, {"sale" if fiado else RAISES[kind]: Decimal(event["amount"])})
        elif kind == "reversal":
            # Of a closed month: the money is taken back at what it was worth when it came.
            for part in self.came_in[event["reverses"]]:
                self._ask(day, day, {kind: part}, event["paid_on"])
        elif kind == "payment":
            self._receive(event, Decimal(event["amount"]))
        elif kind in ("discount", "write_off"):
            self._lower(day, self._lost(event) if kind == "write_off" else {kind: event["amount"]})
        else:
            raise ValueError(f"nobody said what a {kind} does to the books")

    def _ask(self, day: str, due: str, lines: dict[str, Decimal], worth_on: str = "") -> None:
        """An invoice: what it asks for is owed, and credit that lies there settles it."""
        accounts = {self._account(name): amount for name, amount in lines.items() if amount}
        if not accounts:
            return
        made = self._document(worth_on or day, RECEIVABLE, accounts, 1)
        made.due = due
        self.owed = sorted([*self.owed, made], key=lambda each: each.due)
        self._settle()

    def _lower(self, day: str, lines: dict[str, Any]) -> None:
        """A credit note."""
        accounts: Counter[str] = Counter()
        for purpose, amount in lines.items():
            accounts[self._account(purpose)] += Decimal(amount)  # type: ignore[assignment]
        parts = {account: Decimal(amount) for account, amount in accounts.items() if amount}
        if parts:
            self.credit.append(self._document(day, RECEIVABLE, parts, -1))
            self._settle()

    def _lost(self, event: Row) -> dict[str, Decimal]:
        """What of a write-off is bad debt, and what is interest that nobody will earn: the share of
        the end of the loan, less what stops without a document. What was charged beside the loan
        is lost first, and is no interest."""
        amount, total = Decimal(event["amount"]), Decimal(self.loan["total"])
        interest = total - Decimal(self.loan["principal"])
        before = [row for row in self.charges if row["day"] <= event["day"]]
        charged = sum((Decimal(row["amount"]) for row in before), ZERO)
        of_loan = max(amount + self.stopped - charged, ZERO)
        kept = (max(total - of_loan, ZERO) * interest / total).quantize(
            unit_of(self.loan["currency"]), ROUND_HALF_UP
        )
        lost = max(interest - kept - self.stopped, ZERO)
        return {"write_off": amount - lost, "write_off_interest": lost}

    def _receive(self, event: Row, amount: Decimal) -> None:
        """Money: what recovers something that was written off is income; the rest pays what is
        open, and what is more than that is the customer's."""
        day, account = event["day"], self._deposit(event)
        if WAYS[self.world["system"]].one_receipt_an_invoice:
            self.books.loose.add(account)
        recovered = self.recovered.get(event["id"], ZERO)
        if recovered:
            self._recover(day, account, recovered)
        rest = amount - recovered
        parts = self.came_in.setdefault(event["id"], [])
        for part, paid in self._receipts(rest):
            if not paid and self._is_refused(account):
                continue  # told as held: nobody owes it, and the books have no place for it
            parts.append(part)
            made = self._document(day, account, {RECEIVABLE: part}, 1, paid=paid)
            self.credit.append(made)
        self._settle()

    def _recover(self, day: str, account: str, amount: Decimal) -> None:
        """Income. Where an account takes only its own currency, what it is worth comes in."""
        way, home = WAYS[self.world["system"]], self.world["home"]
        kept_in = self.world["currencies"].get(account, home)
        income = self._account("recovery")
        if way.one_receipt_an_invoice and kept_in == home != self.loan["currency"]:
            _, worth = self._worth(day, account, amount, paid=True)
            self.books.enter(account, home, worth, worth)
            self.books.enter(income, home, -worth, -worth)
        else:
            self._document(day, account, {income: amount}, 1)

    def _is_refused(self, account: str) -> bool:
        """Whether the account takes no money that settles nothing: where one receipt settles one
        invoice, the rest is told in the currency of the bank account."""
        home = self.world["home"]
        kept_in = self.world["currencies"].get(account, home)
        one_each = WAYS[self.world["system"]].one_receipt_an_invoice
        return one_each and account in self.world["banks"] and kept_in != self.loan["currency"]

    def _receipts(self, amount: Decimal) -> Iterator[tuple[Decimal, bool]]:
        """The documents that money comes in by, and whether each pays an invoice."""
        if WAYS[self.world["system"]].one_receipt_an_invoice:
            for each in self.owed:
                part = min(each.amount, amount)
                if part:
                    yield part, True
                amount -= part
        if amount:
            yield amount, False

    def _settle(self) -> None:
        """The oldest credit settles what falls due first. Their values at home may differ."""
        while self.owed and self.credit:
            debit, credit = self.owed[0], self.credit[0]
            part = min(debit.amount, credit.amount)
            gain = credit.take(part) - debit.take(part)
            self.books.home[RECEIVABLE] += gain  # type: ignore[assignment]
            self.books.home[EXCHANGE] -= gain  # type: ignore[assignment]
            if self.loan["currency"] != self.world["home"]:
                self.books.slack += smallest(self.world["home"]) / 2
                if self._by_due_day():
                    # How money is shared between principal and interest, which have rates of their
                    # own days, moves only exchange differences.
                    self.books.slack = Decimal("Infinity")
            self.owed = [each for each in self.owed if each.amount]
            self.credit = [each for each in self.credit if each.amount]

    # ── what it is at home ───────────────────────────────────────────────────────────────────

    def _document(
        self, day: str, whole: str, parts: dict[str, Decimal], sign: int, *, paid: bool = False
    ) -> Open:
        """Enter a document: its whole on one account, its lines on others, balanced at home: the
        largest line takes the cents. Returns it as it stands in the receivables."""
        currency, total = self.loan["currency"], sum(parts.values(), ZERO)
        rate, home = self._worth(day, whole, total, paid=paid)
        values = {account: cents(amount * rate) for account, amount in parts.items()}
        largest = max(parts, key=lambda account: abs(parts[account]))
        values[largest] += home - sum(values.values(), ZERO)
        self.books.enter(whole, currency, sign * total, sign * home)
        for account, amount in parts.items():
            self.books.enter(account, currency, -sign * amount, -sign * values[account])
        return Open(day, total, home, rate)

    def _worth(
        self, day: str, whole: str, total: Decimal, *, paid: bool
    ) -> tuple[Decimal, Decimal]:
        """Units of home money for one of the loan's as the system keeps them, and the value of a
        whole document. Money that pays an invoice into an account of ours says what arrived there,
        in what there is at home."""
        currency, home = self.loan["currency"], self.world["home"]
        if currency == home:
            return WHOLE, total
        rules = self.mapping["currencies"][currency]["rates"]
        known = [rule for rule in rules if str(rule["from"]) <= day]
        rate = Decimal(max(known, key=lambda rule: str(rule["from"]))["rate"])
        places = WAYS[self.world["system"]].rate_places
        if places and paid and self.world["currencies"].get(whole, home) == home:
            arrived = (total * rate).quantize(smallest(home), ROUND_HALF_UP)
            return arrived / total, arrived
        if places:
            rate = 1 / (1 / rate).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        return rate, cents(total * rate)

    # ── which account ────────────────────────────────────────────────────────────────────────

    def _account(self, purpose: str) -> str:
        rule = self.mapping["lines"][purpose]
        if rule.get("item"):
            return str(self.world["items"][rule["item"]])
        return str(self.world["accounts"][rule["account"]])

    def _deposit(self, payment: Row) -> str:
        """The account of the first rule that the payment meets in everything it asks for."""
        known = {"currency": self.loan["currency"], "method": payment["method"]}
        for rule in self.mapping["deposits"]:
            asked = {name: value for name, value in rule.items() if name != "account"}
            if all(known.get(name, "") in values for name, values in asked.items()):
                return str(self.world["accounts"][rule["account"]])
        raise ValueError(f"no deposit rule takes {known}")


def recoveries(events: list[Row]) -> dict[str, Decimal]:
    """Payment → how much of it recovers what was written off.

    What is open is paid first; money is recovery up to what was written off, with interest that was
    never invoiced, and beyond that it is the customer's. A payment of before may come to light
    after: then what was written off was more than what was open, and the money that came last
    recovers it.
    """
    found: dict[str, Decimal] = {}
    paid: list[tuple[str, Decimal]] = []
    owed = lost = ZERO
    for event in events:
        if event["kind"] == "payment":
            amount = Decimal(event["amount"])
            part = min(max(amount - max(owed, ZERO), ZERO), lost)
            found[event["id"]] = part
            paid.append((event["id"], amount - part))
            owed, lost = owed - (amount - part), lost - part
        elif event["kind"] == "write_off":
            amount = Decimal(event["amount"])
            more = min(amount, max(amount - max(owed, ZERO), ZERO))
            owed, lost = owed - amount, lost + amount + event.get("stopped", ZERO)
            for name, settled in reversed(paid):
                part = min(settled, more)
                found[name] += part
                more, lost, owed = more - part, lost - part, owed + part
        elif event["kind"] == "invoice":
            owed += sum(event["lines"].values(), ZERO)
        else:
            owed += Decimal(event["amount"]) * (1 if event["kind"] in (*RAISES, "reversal") else -1)
    return found


def _when(event: Row) -> tuple[str, bool, int]:
    """By day; on one day what is asked for comes before what pays it."""
    lowers = event["kind"] in ("payment", "discount", "write_off")
    return event["day"], lowers, int(event.get("id", 0))


# ── lending ──────────────────────────────────────────────────────────────────────────────────────


def instalments(loan: Row, mapping: Row) -> list[tuple[date, Decimal, Decimal]]:
    """Of each instalment: when it falls due, how much of it is principal, how much interest.

    All are alike, rounded up to the lender's step; the last takes the remainder. The interest of
    the first n together is their share of all interest, rounded once.
    """
    total, interest = Decimal(loan["total"]), Decimal(loan["total"]) - Decimal(loan["principal"])
    number, unit = int(loan["instalments"]), unit_of(loan["currency"])
    step = max(step_of(mapping, loan["currency"]), unit)
    each = (total / number / step).quantize(WHOLE, ROUND_CEILING) * step
    apart = mapping.get("interest") == "as_due"
    made, paid, earned, lent = [], ZERO, ZERO, ZERO
    for turn, due in enumerate(due_days(loan), start=1):
        amount = total - paid if turn == number else each
        paid += amount
        until_now = (paid * interest / total).quantize(unit, ROUND_HALF_UP)
        capital = amount - (until_now - earned)
        if apart:
            # Documents of their own: each is rounded by itself.
            capital = (paid * (total - interest) / total).quantize(unit, ROUND_HALF_UP) - lent
        made.append((due, capital, until_now - earned))
        earned, lent = until_now, lent + capital
    return made


def due_days(loan: Row) -> list[date]:
    first = date.fromisoformat(loan["day"])
    number = int(loan["instalments"])
    if loan["frequency"] == "weekly":
        return [first + timedelta(days=7 * turn) for turn in range(1, number + 1)]
    assert loan["frequency"] == "monthly", loan["frequency"]
    months = [first.month - 1 + turn for turn in range(1, number + 1)]
    return [first.replace(year=first.year + m // 12, month=m % 12 + 1) for m in months]


def unit_of(currency: str) -> Decimal:
    """The smallest sum that is paid in a currency."""
    return WHOLE if currency in ("COP", *WITHOUT_DECIMALS) else CENT


def smallest(currency: str) -> Decimal:
    """The smallest sum that books know in a currency."""
    return WHOLE if currency in WITHOUT_DECIMALS else CENT


def step_of(mapping: Row, currency: str) -> Decimal:
    """What the lender rounds instalments up to: one step for all, or one for each currency; where
    nothing is said, pesos and guaraníes are whole."""
    said = mapping["policies"].get("instalment_step", {})
    if not isinstance(said, dict):
        return Decimal(said)
    return Decimal(said.get(currency, unit_of(currency)))


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def shown(books: Books) -> Row:
    return {
        "accounts": {name: str(amount) for name, amount in sorted(books.home.items()) if amount},
        "receivable": {
            currency: str(amount)
            for (name, currency), amount in sorted(books.foreign.items())
            if name == RECEIVABLE and amount
        },
        "customers": {
            f"{name} {currency}": str(amount)
            for (name, currency), amount in sorted(books.customers.items())
            if amount
        },
    }


if __name__ == "__main__":
    described = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    rules = tomllib.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    print(json.dumps(shown(recompute(described, rules)), indent=1, ensure_ascii=False))  # noqa: T201
