"""`connect LEDGER`: the secret that the ledger signs its webhooks with."""

from __future__ import annotations

import secrets
from argparse import Namespace
from typing import Any

from bridge import ledgerkey
from bridge.cli.output import Output
from bridge.cli.session import secret_in
from bridge.clock import SystemClock
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
        raise UsageError(f"{name} is a ledger: of the options only --secret-file is for it.")
    if ledgers.about(name).calls is None:
        raise UsageError(f"{name} never calls: there is no secret to keep, and nothing to connect.")
    told: dict[str, Any] = {"source": name}
    if arguments.secret_file is not None:
        secret = secret_in(arguments.secret_file, "webhook secret")
        if len(secret) < SHORTEST:
            raise ConfigurationError(
                f"{arguments.secret_file}: the webhook secret is too short. Use one of {SHORTEST} "
                f"signs or more, or leave --secret-file out: one is made."
            )
    else:
        secret = told["secret"] = secrets.token_urlsafe(BYTES)
    ledgerkey.keep(loaded, SystemClock(), secret)
    out.line(f"{name}: the secret of its webhooks is in the keyring; an earlier one is void now.")
    if "secret" in told:
        out.line(f"Enter it in the app, it is not shown again: {secret}")
    port = loaded.listen.port
    if port is None:
        out.line("The daemon does not listen yet: set [listen] port in bridge.toml.")
    else:
        out.line(f"Have your proxy pass POST /webhooks/{name} to http://{HOST}:{port}.")
    if out.json:
        out.document({**told, "path": f"/webhooks/{name}", "port": port})
    return 0
