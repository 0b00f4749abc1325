"""Advice on clearing accounts: what passes through one must be told apart there and come to zero.

A renewal's old balance goes in with the receipt and out with the new loan's hand-out: the account
comes to zero by itself. A payment that was taken back leaves a balance there for the bookkeeper.
And an account that takes real money comes to zero nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from bridge.core.books import Chart
from bridge.core.mapping.booking import Booking
from bridge.core.mapping.mapping_file import DepositRule
from bridge.core.message import message
from bridge.errors import Problem

_ADVICE = message("clearing_advice")


def mixed(booking: Booking, chart: Chart, where: str) -> Iterator[Problem]:
    """Advice about accounts in which a mapping mixes renewals with money that must be told
    apart."""
    names = {account.id: account.name for account in chart.accounts}
    renewals = {rule.account for rule in booking.deposits if "renewal" in rule.method}
    money = {rule.account for rule in booking.deposits if "renewal" not in rule.method}
    reversal, principal = booking.targets.get("reversal"), booking.targets.get("principal")
    at = f"{where}, [[deposits]] renewal"
    for rule in _before_renewals(booking.deposits):
        what = message("renewals_as_money", account=names[rule.account])
        yield Problem(at, what, message("renewals_rule"))
    for account in sorted(renewals):
        name = names[account]
        if account in money:
            yield Problem(at, message("clearing_money", account=name), _ADVICE)
        if is_undeposited(name):
            yield Problem(at, message("clearing_waits", account=name), _ADVICE)
        if reversal is not None and account == reversal.account:
            what = message("clearing_reversal", account=name)
            yield Problem(at, what, _ADVICE)
        if principal is not None and account == principal.account:
            what = message("clearing_principal", account=name)
            yield Problem(at, what, _ADVICE)


def _before_renewals(rules: tuple[DepositRule, ...]) -> Iterator[DepositRule]:
    """The rules for money that come before the rule for renewals, and would take renewals too."""
    for rule in rules:
        if "renewal" in rule.method:
            if not any((rule.collector, rule.route, rule.store, rule.currency)):
                return
        elif not rule.method:
            yield rule


def is_undeposited(name: str) -> bool:
    """Whether an account is the one that products give to money on its way to the bank."""
    return name.strip().lower() in ("undeposited funds", "fondos no depositados")
