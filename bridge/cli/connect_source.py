"""`connect LEDGER`: the secret that the ledger signs its webhooks with."""

from __future__ import annotations

import secrets
from argparse import Namespace
from typing import Any

from bridge import ledgerkey
from bridge.cli.output import Output
from bridge.cli.session import secret_in
from bridge.clock import SystemClock
from bridge.core.message import message
from bridge.daemon.app import HOST
from bridge.errors import ConfigurationError, UsageError
from bridge.settings import Settings
from bridge.source import registry as ledgers

SHORTEST = 16
BYTES = 32


def run(arguments: Namespace, loaded: Settings, out: Output) -> int:
    """Keep the secret of a file, or make one and show it this once."""
    name = loaded.source.kind
    if arguments.code is not None or arguments.custom_connection or arguments.set_up is not None:
        raise UsageError(message("hooks_options", source=name))
    if ledgers.about(name).calls is None:
        raise UsageError(message("hooks_none", source=name))
    told: dict[str, Any] = {"source": name}
    if arguments.secret_file is not None:
        secret = secret_in(arguments.secret_file, message("a_webhook_secret"))
        if len(secret) < SHORTEST:
            raise ConfigurationError(
                message("hooks_short", file=str(arguments.secret_file), count=SHORTEST)
            )
    else:
        secret = told["secret"] = secrets.token_urlsafe(BYTES)
    ledgerkey.keep(loaded, SystemClock(), secret)
    out.line(message("hooks_kept", source=name))
    if "secret" in told:
        out.line(message("hooks_secret", secret=secret))
    port = loaded.listen.port
    if port is None:
        out.line(message("hooks_no_port"))
    else:
        out.line(message("hooks_proxy", source=name, host=HOST, port=port))
    if out.json:
        out.document({**told, "path": f"/webhooks/{name}", "port": port})
    return 0
