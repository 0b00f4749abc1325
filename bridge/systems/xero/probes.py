"""Smallest harmless questions about what the facts leave uncertain. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from bridge.core.books import Chart
from bridge.systems.oauth import GrantEnds
from bridge.systems.xero.translate import Body

Probe = tuple[str, str, str]

_FEW_CALLS = 200
_WARN = timedelta(days=15)


def of_connection(connections: Sequence[Body], tenant: str) -> Iterator[Probe]:
    """Whether this login reaches the organisation; read by Xero's own model of a connection."""
    reached = [_connection(raw) for raw in connections]
    ours = next((c for c in reached if c.tenant_id == tenant), None)
    names = ", ".join(str(c.tenant_name) for c in reached) or "none"
    yield (
        "organisation",
        str(ours.tenant_name) if ours else f"not among those of this login: {names}",
        "" if ours else "Run: ledger-bridge connect xero, and choose this organisation.",
    )


def organisations(connections: Sequence[Body]) -> dict[str, str]:
    """Tenant id → name of what a login reaches; a practice's own data is no organisation."""
    reached = [_connection(raw) for raw in connections]
    return {
        str(c.tenant_id): str(c.tenant_name)
        for c in reached
        if c.tenant_id and c.tenant_type in (None, "ORGANISATION")
    }


def of_chart(chart: Chart) -> Iterator[Probe]:
    """The facts that the chart tells."""
    company = chart.company
    yield ("lock date", str(company.locked_through or "none"), "")
    yield ("currencies", ", ".join(company.currencies), "")
    receivable = [account for account in chart.accounts if account.role == "receivable"]
    yield (
        "receivable account",
        ", ".join(account.name for account in receivable) or "not found",
        "" if receivable else "Without it the tie-out has no control account; tell your advisor.",
    )
    unnumbered = [a.name for a in chart.accounts if a.active and not a.number and not a.role]
    yield (
        "accounts without a code",
        ", ".join(unnumbered) or "none",
        "Lines name accounts by their code: give those a code before they are used in a mapping."
        if unnumbered
        else "",
    )
    yield (
        "loan principal on a balance sheet account",
        "not documented for sales invoices",
        "Post one loan to a demo company first: no source says whether Xero takes it.",
    )


def of_actions(content: Body) -> Iterator[Probe]:
    """The things that the organisation's plan and this login may do."""
    told = {row.get("Name"): row.get("Status") for row in content.get("Actions") or ()}
    wishes = {
        "CreateApprovedInvoice": "Invoices could not be approved: look at the plan and at the "
        "rights of the person who connected.",
        "CreateInvoicePayment": "Payments could not be posted: look at the rights of the person "
        "who connected.",
        "UseMulticurrency": "Documents in another currency would be refused; it takes a plan "
        "with several currencies.",
    }
    for name, advice in wishes.items():
        status = told.get(name)
        yield (name, status or "not told", "" if status in ("ALLOWED", None) else advice)


def of_limits(day_left: int | None) -> Iterator[Probe]:
    """The calls left of the day."""
    if day_left is None:
        yield ("calls left today", "not told", "")
        return
    advice = "Leave the first big load to another day." if day_left < _FEW_CALLS else ""
    yield ("calls left today", str(day_left), advice)


def of_grant(ends: GrantEnds, now: datetime) -> Iterator[Probe]:
    """When the login dies if nobody uses it; a run of the bridge puts it off."""
    if not ends.idle:
        yield ("connection ends if unused", "not told", "")
        return
    when = datetime.fromisoformat(ends.idle)
    soon = when - now < _WARN
    advice = "Run a sync, or: ledger-bridge connect xero" if soon else ""
    yield ("connection ends if unused", when.date().isoformat(), advice)


def _connection(raw: Body) -> Any:
    """xero-python's model: this answer has no amount and no list of words that may grow."""
    from xero_python.api_client import ModelFinder  # a tenth of a second to import
    from xero_python.api_client.deserializer import deserialize
    from xero_python.identity import models

    return deserialize("Connection", raw, ModelFinder(models))
