"""Calls that are cut while they are sent, after which the process dies."""

from __future__ import annotations

import pytest

from tests.pipeline.world import Killed, World

SENT: dict[str, dict[str, tuple[str, str]]] = {
    "quickbooks": {
        "customer": ("POST", "/customer"),
        "invoice": ("POST", "/invoice"),
        "receipt": ("POST", "/payment"),
        "credit note": ("POST", "/creditmemo"),
        "application": ("POST", "/payment"),
        "sale": ("POST", "/salesreceipt"),
        "update": ("POST", "/invoice"),
        "void": ("POST", "/payment"),
    },
    "xero": {
        "customer": ("PUT", "/Contacts"),
        "invoice": ("PUT", "/Invoices"),
        "receipt": ("PUT", "/Payments"),
        "credit note": ("PUT", "/CreditNotes[?]"),
        "application": ("PUT", "/CreditNotes/.+/Allocations"),
        "sale": ("PUT", "/BankTransactions"),
        "update": ("POST", "/Invoices"),
        "void": ("POST", "/Payments"),
    },
    "zoho": {
        "customer": ("POST", "/contacts"),
        "invoice": ("POST", "/invoices"),
        "receipt": ("POST", "/customerpayments"),
        "credit note": ("POST", "/creditnotes"),
        "application": ("POST", "/creditnotes/.+/invoices"),
        "sale": ("POST", "/journals"),
        "update": ("PUT", "/invoices/"),
        "void": ("DELETE", "/customerpayments/"),
    },
}


def is_planned(world: World) -> bool:
    return bool(world.control("GET", "faults")["faults"])


def dies_when_cut(world: World) -> None:
    world.dies = lambda where: where == "after the answer" and not is_planned(world)
    with pytest.raises(Killed):
        world.sync()
    world.dies = lambda _: False
