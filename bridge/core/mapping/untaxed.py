"""Advice about items of the books that would tax what is lent, and interest on it."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.core.books import Chart
from bridge.core.mapping.booking import Booking
from bridge.core.message import message
from bridge.errors import Problem


def taxed_items(booking: Booking, chart: Chart, where: str) -> Iterator[Problem]:
    """The items of the mapping that carry a tax which their lines may take by themselves, as
    advice: where the line says nothing of tax, the books would owe what nobody collected."""
    taxes = {item.id: item for item in chart.items if item.tax}
    for purpose, target in booking.targets.items():
        if target.item in taxes and not target.tax:
            item = taxes[target.item]
            yield Problem(
                f"{where}, [lines.{purpose}] item",
                message("item_taxed", item=item.name, tax=item.tax),
                message("item_untax"),
            )
