"""`version`."""

from __future__ import annotations

import platform
from argparse import Namespace
from importlib.metadata import version

from bridge.cli.output import Output


def run(arguments: Namespace, out: Output) -> int:
    ours = version("ledger-bridge")
    if arguments.json:
        out.document({"version": ours, "python": platform.python_version()})
    out.line(f"ledger-bridge {ours} (Python {platform.python_version()})")
    return 0
