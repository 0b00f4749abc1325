"""`restore`: a copy of the state store put in its place; the one that was there is set aside."""

from __future__ import annotations

import shutil
import sqlite3
from argparse import Namespace
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

from bridge.cli.output import Output
from bridge.cli.own_files import alike
from bridge.cli.paths import naming
from bridge.cli.session import open_settings
from bridge.clock import SystemClock
from bridge.core.message import message
from bridge.errors import UsageError
from bridge.files import whole
from bridge.instance import only_one
from bridge.store.engine import A_COPY, file_of, parsed
from bridge.store.soundness import Damaged, look_through, set_aside
from bridge.tomlfiles import shown


def run(arguments: Namespace, out: Output) -> int:
    """A copy is put back; documents that the books have beyond it are found by the next `sync`:
    nothing is posted twice."""
    loaded = open_settings(arguments)
    state = file_of(parsed(loaded.state.url))
    assert state is not None, "the settings take files only"
    copy: Path = arguments.file.absolute()
    _refuse_what_is_no_copy(copy, state)
    now = SystemClock().now().astimezone(ZoneInfo(loaded.lender.timezone))
    aside = None
    with only_one(loaded.state.url), naming(copy, "FILE"):
        with whole(state.with_name(f"{state.name}.restoring")) as part:
            shutil.copyfile(copy, part)
            with closing(sqlite3.connect(part)) as database:
                database.execute("PRAGMA journal_mode = DELETE")
                database.execute(f"PRAGMA user_version = {A_COPY}")
        if state.exists():
            aside = set_aside(state, f"aside-{now:%Y-%m-%d-%H%M%S}")
        state.with_name(f"{state.name}.restoring").replace(state)
    if out.json:
        out.document({"state": str(state), "aside": None if aside is None else str(aside)})
    out.line(message("restored", copy=shown(copy)))
    if aside is not None:
        out.line(message("restored_aside", aside=shown(aside)))
    out.line(message("look_dry"))
    return 0


def _refuse_what_is_no_copy(copy: Path, state: Path) -> None:
    if not copy.is_file():
        raise UsageError(message("no_copy", copy=shown(copy)))
    if alike(copy, state):
        raise UsageError(message("copy_is_state", copy=shown(copy)))
    try:
        rows = look_through(copy)
    except Damaged as damaged:
        raise UsageError(message("copy_not_whole", copy=shown(copy))) from damaged
    if "binding" not in rows:
        raise UsageError(message("copy_no_state", copy=shown(copy)))
