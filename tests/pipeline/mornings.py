"""The comparison of a morning."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bridge.core.tie_out.reconciliation import Reconciliation, SystemResult
from bridge.pipeline.reconcile import compare
from tests.pipeline.world import NOW, World


def morning(world: World, wrap: Any = None, **options: Any) -> Reconciliation:
    with world.bridge() as bridge:
        if wrap:
            books = {n: replace(b, system=wrap(b.system)) for n, b in bridge.books.items()}
            bridge = replace(bridge, books=books)
        return compare(bridge, bridge.today, NOW, **options)


def answer(world: World, **options: Any) -> SystemResult:
    (result,) = morning(world, **options).systems
    return result
