"""Names of a mapping file looked up in a company's chart of accounts."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TypeVar

from bridge.core.books import (
    Account,
    BooksItem,
    Chart,
    Named,
)
from bridge.core.mapping.mapping_file import NEEDED_CLASSES, DepositRule
from bridge.core.message import Detail, Message, Word, message
from bridge.errors import Problem


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
    "principal": message("principal_no_income"),
    "interest": message("interest_unearned"),
}
"""What to do about a line whose account is of a class that it may not be booked to."""
NEEDED_LINES = ("principal", "interest", "late_fee", "sale", "discount", "write_off", "recovery")


class NotTold(Problem):
    """A problem that may pass: the books have what the mapping names, and do not tell it."""


class Finder:
    """Looks names up in a chart and collects what is wrong."""

    def __init__(self, chart: Chart, where: str) -> None:
        self.chart = chart
        self.where = where
        self.problems: list[Problem] = []
        self.accounts = {account.id: account for account in chart.accounts}

    def problem(self, key: str, what: Detail, fix: Detail) -> None:
        self.problems.append(Problem(f"{self.where}, {key}", what, fix))

    def is_untold(self, wanted: str, key: str, *names: str) -> bool:
        """Whether the books say nothing that can be used about what is named there."""
        came = next((self.chart.untold[n] for n in names if n in self.chart.untold), "")
        if came:
            what = message(
                "not_told_what", company=self.chart.company.name, wanted=wanted, why=came
            )
            fix = message("open_and_save")
            self.problems.append(NotTold(f"{self.where}, {key}", what, fix))
        return came != ""

    def missing_lines(self, lines: Iterable[str]) -> None:
        for purpose in NEEDED_LINES:
            if purpose not in lines:
                self.problem(
                    f"[lines.{purpose}]", message("is_missing"), message("say_where_lines")
                )

    def line(
        self, purpose: str, item: str, account: str, target: str
    ) -> tuple[str, Account] | None:
        key = f"[lines.{purpose}] {target}"
        if target == "item":
            found = self.item(item, key)
            behind = self.accounts.get(found.account_id) if found else None
            if found and behind is None and not self.is_untold(item, key, found.id):
                self.problem(
                    key, message("item_no_account", item=found.name), message("give_it_one")
                )
        else:
            found = None
            behind = self.account(account, key)
        if behind is None:
            return None
        needed = NEEDED_CLASSES[purpose]
        if behind.classification not in needed:
            self.problem(
                key,
                message(
                    "wrong_class",
                    named=item or account,
                    account=behind.name,
                    group=Word("classes", behind.classification),
                    type=behind.type,
                    purpose=purpose,
                    needed=[Word("classes", each) for each in sorted(needed)],
                ),
                _WHY_NOT.get(purpose, ""),
            )
            return None
        return (found.id if found else "", behind)

    def item(self, wanted: str, key: str) -> BooksItem | None:
        choices = [i.name for i in self.chart.items if i.active]
        named = items_named(self.chart, wanted)
        if not named and self.is_untold(wanted, key, wanted):
            return None
        return self._one(wanted, named, choices, key, message("an_item"))

    def account(self, wanted: str, key: str) -> Account | None:
        named = accounts_named(self.chart, wanted)
        active = [a for a in self.chart.accounts if a.active]
        choices = [a.number for a in active] + [a.name for a in active]
        return self._one(wanted, named, choices, key, message("an_account"))

    def tax(self, purpose: str, wanted: str) -> str:
        """The tax code that the mapping names; empty where the company's own exempt one is taken.
        A company that demands one and has none that is exempt needs it named."""
        key, company = f"[lines.{purpose}] tax", self.chart.company
        if not wanted and company.demands_tax and not company.exempt_tax:
            names = ", ".join(v.name for v in self.chart.lists.get("tax_code", ()) if v.active)
            self.problem(
                key,
                message("tax_empty", company=company.name),
                message("tax_name", names=names or message("tax_none_there")),
            )
        return self.listed("tax_code", wanted, key)

    def listed(self, name: str, wanted: str, key: str) -> str:
        if not wanted:
            return ""
        values = self.chart.lists.get(name, ())
        named = [v for v in values if wanted in (v.id, v.name)]
        if not named and self.is_untold(wanted, key, wanted, name):
            return ""
        found = self._one(
            wanted, named, [v.name for v in values], key, message("a_list_value", list=name)
        )
        return found.id if found else ""

    def _one(
        self, wanted: str, named: list[T], choices: Iterable[str], key: str, what: Message
    ) -> T | None:
        active = [n for n in named if n.active]
        company = self.chart.company.name
        if len(active) == 1:
            return active[0]
        if not wanted:
            self.problem(
                key, message("is_empty"), message("name_one_of", what=what, company=company)
            )
        elif len(active) > 1:
            ids = ", ".join(n.id for n in active)
            self.problem(
                key,
                message("ambiguous_in", wanted=wanted, company=company),
                message("use_one_id", ids=ids),
            )
        elif named:
            self.problem(
                key,
                message("inactive_in", wanted=wanted, company=company),
                message("choose_another"),
            )
        else:
            near = get_close_matches(wanted, [c for c in choices if c], n=3, cutoff=0.4)
            fix = message("hint_listed")
            untold = [f"{name} ({came})" for name, came in sorted(self.chart.untold.items())]
            if untold:
                fix = message("sentences", first=message("hint_untold", names=untold), second=fix)
            if near:
                fix = message("sentences", first=message("hint_nearest", names=near), second=fix)
            self.problem(
                key,
                message("is_not_in", wanted=wanted, what=what, company=company),
                fix,
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
            key = f"[[deposits {number}]]"
            account = self.account(rule.account, key)
            if account is None:
                continue
            if account.classification != "asset" or account.role == "receivable":
                self.problem(
                    key,
                    message(
                        "no_deposit_there",
                        account=account.name,
                        type=account.type or Word("classes", account.classification),
                    ),
                    message("choose_bank"),
                )
            if account.currency not in ("", home) and rule.currency != (account.currency,):
                self.problem(
                    key,
                    message("kept_in_currency", account=account.name, currency=account.currency),
                    message("add_rule_currency", currency=account.currency),
                )
            resolved.append(rule.model_copy(update={"account": account.id}))
        last = rules[-1] if rules else None
        if last is None or any((last.method, last.collector, last.route, last.store)):
            self.problem("[[deposits]]", message("no_rule_for_all"), message("end_with_plain"))
        elif last.currency:
            self.problem("[[deposits]]", message("last_has_currency"), message("end_with_plain"))
        return tuple(resolved)
