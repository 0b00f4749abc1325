"""`backup`: a copy of the state store in one private file, also while a run is at work."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from zoneinfo import ZoneInfo

from bridge.cli.output import Output
from bridge.cli.paths import naming, refuse_own
from bridge.cli.session import open_settings, state_file
from bridge.clock import SystemClock
from bridge.core.message import message
from bridge.errors import UsageError
from bridge.settings import Settings
from bridge.store.soundness import in_passing
from bridge.store.store import Store
from bridge.tomlfiles import shown


def run(arguments: Namespace, out: Output) -> int:
    loaded = open_settings(arguments)
    state = state_file(loaded)
    with naming(arguments.file or state.parent, "FILE"):
        target = _target(arguments.file, state, loaded)
    if arguments.file is not None:
        refuse_own(target, "FILE", loaded, arguments.config, a_copy=True)
    store = Store.open(loaded.state.url, migrate=False)
    try:
        with naming(target, "FILE"), in_passing(state):
            store.back_up(target)
    finally:
        store.close()
    if out.json:
        out.document({"file": str(target), "bytes": target.stat().st_size})
    out.line(str(target))
    return 0


def _target(wanted: Path | None, state: Path, loaded: Settings) -> Path:
    """The path of the copy: beside the state under the lender's date and time, or where asked."""
    now = SystemClock().now().astimezone(ZoneInfo(loaded.lender.timezone))
    target = (state.parent if wanted is None else wanted).absolute()
    if target.is_dir():
        target /= f"{state.name}.backup-{now:%Y-%m-%d-%H%M%S}"
    if target.exists():
        raise UsageError(message("target_stays", target=shown(target)))
    if not target.parent.is_dir():
        raise UsageError(message("no_folder", folder=shown(target.parent)))
    return target
