"""Which APIs the sandbox serves: one line each."""

from __future__ import annotations

from bridge.sandbox.clock import Clock
from bridge.sandbox.quickbooks.face import QuickBooks
from bridge.sandbox.wire import Face
from bridge.sandbox.xero.face import Xero
from bridge.sandbox.zoho.face import ZohoBooks


def make_faces(clock: Clock, *, fast: bool, static_token: bool) -> dict[str, Face]:
    faces: tuple[Face, ...] = (
        QuickBooks(clock, fast=fast, static_token=static_token),
        Xero(clock, fast=fast, static_token=static_token),
        ZohoBooks(clock, fast=fast, static_token=static_token),
    )
    return {face.system: face for face in faces}
