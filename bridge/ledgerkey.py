"""The secret that the ledger's webhooks are signed with, in the keyring."""

from __future__ import annotations

import os

from bridge.clock import Clock
from bridge.credentials import Credentials, open_credentials
from bridge.settings import Settings

_NAME = "webhook_secret"


def read(settings: Settings, clock: Clock) -> str | None:
    """The secret as it is now; None when nobody has set it."""
    return _keyring(settings, clock).get(settings.source.kind, "", _NAME)


def keep(settings: Settings, clock: Clock, secret: str) -> None:
    """Keep it; the one before is good no longer."""
    _keyring(settings, clock).set(settings.source.kind, "", _NAME, secret)


def _keyring(settings: Settings, clock: Clock) -> Credentials:
    return open_credentials(settings.state_folder, os.environ, clock)
