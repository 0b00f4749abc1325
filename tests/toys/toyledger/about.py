"""The toy's ledger, before anything of it is read."""

from __future__ import annotations

from bridge.source.about import About

ABOUT = About(
    reader="toyledger.reader:ToyLedger",
    mapping="toyledger.mapping:ToyMapping",
    letters="TY",
    forms=("csv",),
)
