"""A mapping file tied to one company's chart of accounts: what translation works on."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import msgspec

from bridge.core.books import (
    Chart,
    Company,
    Document,
    Kind,
    Line,
    Receipt,
)
from bridge.core.ledger import Loan, LoanFile, Repayment, RepaymentKind
from bridge.core.mapping.finder import Finder
from bridge.core.mapping.mapping_file import BooksMapping, DepositRule
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
    finder = Finder(chart, where)
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
