"""The heads of the table that `sync` shows of a pass, in each language."""

from __future__ import annotations

from bridge.cli.languages import Language

HEADS: dict[Language, tuple[str, ...]] = {
    "en": (
        "system", ">create", ">update", ">void", ">posted", ">confirmed", ">rejected",
        ">in doubt", ">pending", ">calls",
    ),
    "es": (
        "sistema", ">crear", ">cambiar", ">anular", ">enviados", ">confirmados", ">rechazados",
        ">en duda", ">pendientes", ">llamadas",
    ),
    "pt": (
        "sistema", ">criar", ">mudar", ">anular", ">enviados", ">confirmados", ">recusados",
        ">em dúvida", ">pendentes", ">chamadas",
    ),
}  # fmt: skip
"""The table of a pass. What is right-aligned begins with `>`."""
