"""The accounts and the customer that a journal by hand names."""

from __future__ import annotations

from tests.pipeline.world import World


def places(world: World) -> tuple[str, str, str]:
    """Ids of the receivable account and of one for equity, and a customer who owes pesos."""
    with world.dry() as bridge:
        accounts = bridge.books[world.system].system.chart().accounts
    home = [account for account in accounts if account.currency in ("", "COP")]
    customer = next(c["name"] for c in world.books()["customers"] if c["currency"] == "COP")
    return (
        next(a.id for a in home if a.role == "receivable"),
        next(a.id for a in home if a.classification == "equity"),
        customer,
    )
