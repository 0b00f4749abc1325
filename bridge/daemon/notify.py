"""The states that systemd is told: ready, what is being done, still alive, stopping.

sd_notify(3): a datagram to the socket that NOTIFY_SOCKET names; nothing where there is none.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping

BEAT_S = 20.0
"""How often the loop goes round at least. `WatchdogSec=` must be a few of these."""


def tell(environ: Mapping[str, str] = os.environ, **said: str) -> None:
    """Send `READY=1` and the like. A supervisor that does not listen costs nothing but itself."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    text = "\n".join(f"{key}={value}" for key, value in said.items())
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as out:
        try:
            out.sendto(text.encode(), f"\0{address[1:]}" if address[0] == "@" else address)
        except OSError:
            return


def beat() -> None:
    """The daemon's loop goes round. When it does no more, systemd starts it anew."""
    tell(WATCHDOG="1")
