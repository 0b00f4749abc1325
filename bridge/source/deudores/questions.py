"""The questions that a sheet typed in by hand may leave open: see the same keys in
mappings/deudores.toml."""

from __future__ import annotations

from bridge.source.questions import Question

QUESTIONS = (
    Question(
        key="undated_payments",
        options=("hold", "period"),
        safe="hold",
        shipped="ask",
        codes=("date.unreadable",),
    ),
    Question(
        key="default_currency",
        options=("COP", "USD"),
        safe="",
        shipped="",
        codes=("loan.currency_missing",),
        any_currency=True,
    ),
    Question(
        key="date_order",
        options=("hold", "day_first", "month_first"),
        safe="hold",
        shipped="hold",
        codes=("date.unreadable",),
    ),
    Question(
        key="ambiguous_amounts",
        options=("hold", "locale"),
        safe="hold",
        shipped="hold",
        codes=("amount.unreadable",),
    ),
    Question(
        key="default_kind",
        options=("auto", "cash_loan", "running_account"),
        safe="auto",
        shipped="auto",
        codes=("loan.kind_unknown",),
    ),
    Question(
        key="amount_is",
        options=("ask", "lent", "owed"),
        safe="ask",
        shipped="ask",
        codes=("loan.interest_unclear",),
    ),
    Question(
        key="cancelado",
        options=("paid", "annulled"),
        safe="paid",
        shipped="paid",
        codes=(),
    ),
    Question(
        key="balance_without_payments",
        options=("ask", "opening", "ignore"),
        safe="ask",
        shipped="opening",
        codes=("loan.balance_only", "loan.opened_at_balance"),
    ),
)
"""In the order in which they are asked: whether it can be read, what a cell is, what it means."""
