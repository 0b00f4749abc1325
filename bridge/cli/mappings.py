"""`mappings check`: every mistake in the mapping files at once."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from bridge import mappingfiles, settings, tomlfiles
from bridge.cli.output import Output
from bridge.cli.placeholders import left_in
from bridge.core.message import Message, message
from bridge.errors import ConfigurationError, Problem, UsageError
from bridge.report.details import plain_problem


def check(arguments: Namespace, out: Output) -> int:
    """Every mistake in every mapping file that the settings name."""
    loaded = settings.load(arguments.config)
    files = mapping_files(loaded.settings)
    for name in arguments.names:
        if name not in files:
            raise UsageError(
                message("system_not_there", name=name, near=tomlfiles.nearest(name, files))
            )
    problems: list[Problem] = []
    results = []
    for name, (path, load) in files.items():
        if arguments.names and name not in arguments.names:
            continue
        found = problems_in(path, load)
        problems += found
        results.append({"mapping": name, "file": str(path), "problems": len(found)})
        out.line(f"{out.told(_verdict(found)):<12}{tomlfiles.shown(path)}")
    if problems:
        raise ConfigurationError(message("mappings_person"), problems)
    left = list(left_in(loaded.settings))
    if left:
        what = message("mappings_unfilled", file=tomlfiles.shown(loaded.path))
        raise ConfigurationError(what, left)
    advice: list[Problem] = []
    if arguments.live:
        from bridge.cli.mappings_live import check_charts

        systems = [name for name in loaded.settings.systems if name in files]
        advice = check_charts(loaded.settings, systems)
        out.line(message("charts_good"))
        for each in advice:
            out.line(message("mapping_warning", what=out.told(each)))
    if arguments.json:
        shown = [plain_problem(each) for each in advice]
        out.document({"mappings": results, "problems": [], "warnings": shown})
    return 0


def mapping_files(loaded: settings.Settings) -> dict[str, tuple[Path, Callable[[Path], Any]]]:
    """Name → (file, what reads it), of the source and every system that is on."""
    found: dict[str, tuple[Path, Callable[[Path], Any]]] = {}
    source = loaded.source
    assert source.mapping is not None, "settings were placed"
    found[source.kind] = (source.mapping, partial(mappingfiles.load_ledger_mapping, source.kind))
    for name, system in loaded.systems.items():
        if system.enabled:
            assert system.mapping is not None, "settings were placed"
            found[name] = (system.mapping, mappingfiles.load_books_mapping)
    return found


def problems_in(path: Path, load: Callable[[Path], Any]) -> list[Problem]:
    try:
        load(path)
    except ConfigurationError as error:
        return list(error.problems)
    return []


def _verdict(problems: list[Problem]) -> Message:
    if not problems:
        return message("file_good")
    if len(problems) == 1:
        return message("file_one_wrong")
    return message("file_wrong", count=len(problems))
