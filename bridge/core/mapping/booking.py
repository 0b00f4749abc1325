"""A mapping file tied to one company's chart of accounts: what translation works on."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from difflib import get_close_matches
from typing import TypeVar

import msgspec

from bridge.core.books import (
    Account,
    BooksItem,
    Chart,
    Company,
    Document,
    Kind,
    Line,
    Named,
    Receipt,
)
from bridge.core.ledger import Loan, LoanFile, Repayment, RepaymentKind
from bridge.core.mapping.mapping_file import NEEDED_CLASSES, BooksMapping, DepositRule
from bridge.core.mapping.rounding import Rounding, rounding_of
from bridge.core.signs import kept
from bridge.errors import Problem


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The limits of an accounting system, as far as translation must know them."""

    line_target: str
    name_length: int
    name_forbidden: str
    memo_length: int
    description_length: int
    one_currency_per_customer: bool
    updates: frozenset[Kind]
    """Kinds that are changed in place; the others are taken back and posted anew."""
    receipt_parts: bool = False
    """Whether one receipt settles one invoice, so that a repayment may be several."""

    sales_in_account_currency: bool = False
    """Whether money that is income at once is booked in the currency of the account it goes to."""

    dated_uses: bool = False
    """Whether what credit is put to use for has a day of its own, so that credit of a closed month
    may be used in an open one."""

    def may_settle_otherwise(self, document: Document) -> bool:
        """Whether the applications of a posted document can be changed. Where a receipt is for one
        invoice, only those of a receipt that settled nothing when it came."""
        if document.kind in self.updates:
            return True
        if not (self.receipt_parts and isinstance(document, Receipt)):
            return False
        return document.on_account or not document.applications


class Target(msgspec.Struct, frozen=True, kw_only=True):
    item: str
    account: str
    tax: str
    description: str


class Booking(msgspec.Struct, frozen=True, kw_only=True):
    """Every name of the mapping replaced by the company's own ids."""

    company: Company
    mapping: BooksMapping
    limits: Limits
    targets: dict[str, Target]
    deposits: tuple[DepositRule, ...]
    payment_methods: dict[str, str]
    tags: dict[str, dict[str, str]]
    cutover: date | None = None
    """The day of going live; what is older is carried over as one balance for each loan."""
    book_rates: dict[tuple[str, date], Decimal | None] = {}
    """Rates asked of the books in this run, by (currency, day)."""
    deposit_currencies: dict[str, str] = {}
    """Deposit account → the currency that it is kept in, where it is another than at home."""
    banks: frozenset[str] = frozenset()
    """Those deposit accounts that are bank accounts."""
    rounding: Rounding | None = None
    """What the amounts of this loan were worked out to when it was posted."""

    def rounding_of(self, file: LoanFile) -> Rounding:
        """The rounding of a loan's amounts: as it was posted, else as is wanted now."""
        assert file.loan is not None
        if self.rounding is not None:
            return self.rounding
        decimals = self.company.decimals.get(file.loan.currency)
        return rounding_of(file.loan, file.instalments, self.mapping.policies, decimals)

    def line(self, purpose: str, amount: Decimal, description: str) -> Line:
        target = self.targets[purpose]
        return Line(
            purpose=purpose,
            amount=amount,
            description=self._noted(kept(description)),
            item=target.item,
            account=target.account,
            tax=target.tax,
        )

    def _noted(self, description: str) -> str:
        """The text of a line with the mapping's note after it, which is never cut off."""
        note, room = kept(self.mapping.internal_note), self.limits.description_length
        if not note or note in description:
            return description[:room]
        return f"{description[: room - len(note) - 1]} {note}".strip()[:room]

    def deposit_account(self, loan: Loan, repayment: Repayment) -> str:
        """The account a payment's money went to: the first rule whose conditions all hold."""
        method = "renewal" if repayment.kind is RepaymentKind.RENEWAL else repayment.method
        asked = {
            "method": method,
            "collector": repayment.collector or loan.collector,
            "route": repayment.route or loan.route,
            "store": repayment.store or loan.store,
            "currency": loan.currency,
        }
        for rule in self.deposits:
            if all(not getattr(rule, k) or v in getattr(rule, k) for k, v in asked.items()):
                return rule.account
        raise AssertionError("the last deposit rule has no conditions")

    def is_worth_at_home(self, account: str, currency: str) -> bool:
        """Whether income in that currency that goes to the account at once is booked at home's: its
        account is kept in that, and the system books it as its account is kept."""
        home = self.company.home_currency
        at_home = self.deposit_currencies.get(account, home) == home
        return self.limits.sales_in_account_currency and at_home and currency != home

    def takes_no_credit(self, account: str, currency: str) -> bool:
        """Whether that account cannot hold unapplied money in that currency: the books tell such
        credit in the currency of the bank account (Xero: an overpayment is a bank transaction, and
        those are in their account's currency)."""
        kept_in = self.deposit_currencies.get(account, self.company.home_currency)
        in_its_own = self.limits.receipt_parts and self.limits.sales_in_account_currency
        return in_its_own and account in self.banks and kept_in != currency

    def tags_of(self, row: Loan | Repayment) -> tuple[tuple[str, str], ...]:
        found = []
        for name, rule in self.mapping.tags.items():
            value = getattr(row, rule.from_field)
            if value in self.tags[name]:
                found.append((name, self.tags[name][value]))
        return tuple(found)

    def rate(self, currency: str, day: date) -> Decimal | None:
        """Home currency per unit on that day; None when nobody vouches for one."""
        rules = self.mapping.currencies.get(currency)
        if rules is None:
            return None
        given = [entry for entry in rules.rates if entry.from_date <= day]
        if given:
            return max(given, key=lambda entry: entry.from_date).rate
        return self.book_rates.get((currency, day))

    def asks_books_for_rate(self, currency: str, day: date) -> bool:
        """Whether the company's own list of rates is to be asked for that day."""
        rules = self.mapping.currencies.get(currency)
        if rules is None or rules.source != "books":
            return False
        return not any(entry.from_date <= day for entry in rules.rates)


def resolve(
    mapping: BooksMapping, chart: Chart, limits: Limits, where: str
) -> tuple[Booking | None, list[Problem]]:
    """Tie the mapping to the company's chart. The booking is None when there is any problem.

    Refuses, before anything is written: unknown or inactive items and accounts, an account of a
    class that the purpose may not be booked to (principal is never income), deposit accounts that
    are not asset accounts of the right currency, and a last deposit rule with conditions.
    What is there and is not told now is a problem too (`NotTold`).
    """
    finder = _Finder(chart, where)
    targets: dict[str, Target] = {}
    for purpose, rule in mapping.lines.items():
        target = finder.line(purpose, rule.item, rule.account, limits.line_target)
        if target is not None:
            tax = finder.tax(purpose, rule.tax)
            targets[purpose] = Target(
                item=target[0], account=target[1].id, tax=tax, description=rule.description
            )
    finder.missing_lines(mapping.lines)
    deposits = finder.deposits(mapping.deposits, chart.company.home_currency)
    methods = {
        method: finder.listed("payment_method", value, f"[payment_methods] {method}")
        for method, value in mapping.payment_methods.items()
    }
    tags = {
        name: {
            key: finder.listed(name, value, f"[tags.{name}.values] {key}")
            for key, value in rule.values.items()
        }
        for name, rule in mapping.tags.items()
    }
    if finder.problems:
        return None, finder.problems
    booking = Booking(
        company=chart.company,
        mapping=mapping,
        limits=limits,
        targets=targets,
        deposits=deposits,
        deposit_currencies=finder.currencies_of(deposits),
        banks=finder.banks_of(deposits),
        payment_methods=methods,
        tags=tags,
    )
    return booking, []


def accounts_named(chart: Chart, wanted: str) -> list[Account]:
    """The accounts that a mapping means, inactive ones too. By number first, then name, then id: a
    number on a chart may look like another's id."""
    for field in ("number", "name", "id"):
        named = [a for a in chart.accounts if wanted and getattr(a, field) == wanted]
        if named:
            return named
    return []


def items_named(chart: Chart, wanted: str) -> list[BooksItem]:
    """The items that a mapping means by an id or a name, inactive ones too."""
    return [item for item in chart.items if wanted and wanted in (item.id, item.name)]


T = TypeVar("T", BooksItem, Account, Named)
_WHY_NOT = {
    "principal": "Money lent is not income. Choose another.",
    "interest": "What is booked as unearned would stay so: the bridge moves nothing to income "
    'later. Choose an account of income; with interest = "as_due" each instalment\'s interest is '
    "income on the day on which it falls due, and not before.",
}
"""What to do about a line whose account is of a class that it may not be booked to."""
NEEDED_LINES = ("principal", "interest", "late_fee", "sale", "discount", "write_off", "recovery")


class NotTold(Problem):
    """A problem that may pass: the books have what the mapping names, and do not tell it."""


class _Finder:
    """Looks names up in a chart and collects what is wrong."""

    def __init__(self, chart: Chart, where: str) -> None:
        self.chart = chart
        self.where = where
        self.problems: list[Problem] = []
        self.accounts = {account.id: account for account in chart.accounts}

    def problem(self, key: str, what: str, fix: str) -> None:
        self.problems.append(Problem(f"{self.where}, {key}", what, fix))

    def is_untold(self, wanted: str, key: str, *names: str) -> bool:
        """Whether the books say nothing that can be used about what is named there."""
        came = next((self.chart.untold[n] for n in names if n in self.chart.untold), "")
        if came:
            what = f'{self.chart.company.name} does not tell what "{wanted}" is: {came}'
            fix = "Open it there and save it, or name another one here."
            self.problems.append(NotTold(f"{self.where}, {key}", what, fix))
        return came != ""

    def missing_lines(self, lines: Iterable[str]) -> None:
        for purpose in NEEDED_LINES:
            if purpose not in lines:
                self.problem(f"[lines.{purpose}]", "is missing.", "Say where such lines go.")

    def line(
        self, purpose: str, item: str, account: str, target: str
    ) -> tuple[str, Account] | None:
        key = f"[lines.{purpose}] {target}"
        if target == "item":
            found = self.item(item, key)
            behind = self.accounts.get(found.account_id) if found else None
            if found and behind is None and not self.is_untold(item, key, found.id):
                self.problem(key, f'item "{found.name}" has no account.', "Give it one.")
        else:
            found = None
            behind = self.account(account, key)
        if behind is None:
            return None
        needed = NEEDED_CLASSES[purpose]
        if behind.classification not in needed:
            self.problem(
                key,
                f'"{item or account}" books to account "{behind.name}", which is of class '
                f"{behind.classification} ({behind.type}); {purpose} may only go to "
                f"{' or '.join(sorted(needed))}.",
                _WHY_NOT.get(purpose, ""),
            )
            return None
        return (found.id if found else "", behind)

    def item(self, wanted: str, key: str) -> BooksItem | None:
        choices = [i.name for i in self.chart.items if i.active]
        named = items_named(self.chart, wanted)
        if not named and self.is_untold(wanted, key, wanted):
            return None
        return self._one(wanted, named, choices, key, "an item")

    def account(self, wanted: str, key: str) -> Account | None:
        named = accounts_named(self.chart, wanted)
        active = [a for a in self.chart.accounts if a.active]
        choices = [a.number for a in active] + [a.name for a in active]
        return self._one(wanted, named, choices, key, "an account")

    def tax(self, purpose: str, wanted: str) -> str:
        """The tax code that the mapping names; empty where the company's own exempt one is taken.
        A company that demands one and has none that is exempt needs it named."""
        key, company = f"[lines.{purpose}] tax", self.chart.company
        if not wanted and company.demands_tax and not company.exempt_tax:
            names = ", ".join(v.name for v in self.chart.lists.get("tax_code", ()) if v.active)
            self.problem(
                key,
                f"is empty, and {company.name} charges sales tax: a line without a tax code would "
                "be refused.",
                f"Name the code of what is not taxed, one of: {names or 'none is there yet'}.",
            )
        return self.listed("tax_code", wanted, key)

    def listed(self, name: str, wanted: str, key: str) -> str:
        if not wanted:
            return ""
        values = self.chart.lists.get(name, ())
        named = [v for v in values if wanted in (v.id, v.name)]
        if not named and self.is_untold(wanted, key, wanted, name):
            return ""
        found = self._one(wanted, named, [v.name for v in values], key, f"a {name} value")
        return found.id if found else ""

    def _one(
        self, wanted: str, named: list[T], choices: Iterable[str], key: str, what: str
    ) -> T | None:
        active = [n for n in named if n.active]
        company = self.chart.company.name
        if len(active) == 1:
            return active[0]
        if not wanted:
            self.problem(key, "is empty.", f"Name {what} of {company}.")
        elif len(active) > 1:
            ids = ", ".join(n.id for n in active)
            self.problem(key, f'"{wanted}" is ambiguous in {company}.', f"Use one id: {ids}.")
        elif named:
            self.problem(key, f'"{wanted}" is inactive in {company}.', "Choose another.")
        else:
            near = get_close_matches(wanted, [c for c in choices if c], n=3, cutoff=0.4)
            hint = f"Nearest: {', '.join(near)}. " if near else ""
            untold = [f"{name} ({came})" for name, came in sorted(self.chart.untold.items())]
            hint += f"What it is may not be told: {', '.join(untold)}. " if untold else ""
            self.problem(
                key,
                f'"{wanted}" is not {what} in {company}.',
                f"{hint}`ledger-bridge mappings accounts` lists them all.",
            )
        return None

    def currencies_of(self, rules: tuple[DepositRule, ...]) -> dict[str, str]:
        named = (self.accounts[rule.account] for rule in rules)
        return {account.id: account.currency for account in named if account.currency}

    def banks_of(self, rules: tuple[DepositRule, ...]) -> frozenset[str]:
        return frozenset(r.account for r in rules if self.accounts[r.account].role == "bank")

    def deposits(self, rules: tuple[DepositRule, ...], home: str) -> tuple[DepositRule, ...]:
        resolved: list[DepositRule] = []
        for number, rule in enumerate(rules, start=1):
            key = f"[[deposits]] number {number}"
            account = self.account(rule.account, key)
            if account is None:
                continue
            if account.classification != "asset" or account.role == "receivable":
                self.problem(
                    key,
                    f'"{account.name}" is {account.type or account.classification}: money received '
                    "cannot be deposited there.",
                    "Choose a bank, cash or clearing account.",
                )
            if account.currency not in ("", home) and rule.currency != (account.currency,):
                self.problem(
                    key,
                    f'"{account.name}" is kept in {account.currency}.',
                    f'Add currency = ["{account.currency}"] to this rule.',
                )
            resolved.append(rule.model_copy(update={"account": account.id}))
        last = rules[-1] if rules else None
        if last is None or any((last.method, last.collector, last.route, last.store)):
            self.problem("[[deposits]]", "no rule takes every payment.", "End with a plain one.")
        elif last.currency:
            self.problem("[[deposits]]", "the last rule has a currency.", "End with a plain one.")
        return tuple(resolved)
