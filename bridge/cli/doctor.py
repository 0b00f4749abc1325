"""`doctor`: looks at everything that a pass needs, and says what to do. Writes nothing."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Generator, Iterator
from datetime import timedelta
from email.utils import parsedate_to_datetime
from importlib import metadata
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

import requests

from bridge import settings, tomlfiles
from bridge.cli import doctor_parts as parts
from bridge.cli.doctor_lines import Line, plain, told, wrong
from bridge.cli.mappings import mapping_files, problems_in
from bridge.cli.output import Output
from bridge.cli.placeholders import of_lender, of_system
from bridge.clock import Clock, SystemClock
from bridge.core.message import message
from bridge.errors import BridgeError
from bridge.settings import Settings
from bridge.systems.registry import SYSTEMS

CLOCK_WARNING = timedelta(seconds=30)
CLOCK_PROBLEM = timedelta(minutes=5)
TIMEOUT_S = 10


def run(arguments: Namespace, out: Output) -> int:
    """Print each line as soon as it is known. Answers the gravest problem's exit code."""
    lines: list[Line] = []
    for line in _all(arguments.config):
        lines.append(line)
        if not out.json:
            state = out.word("line_states", line.state)
            out.line(f"{state:<8} {line.topic}: {out.told(line.finding)}")
            if line.advice:
                out.line(f"         {out.told(line.advice)}")
    problems = [line for line in lines if line.state == "problem"]
    warnings = [line for line in lines if line.state == "warning"]
    code = max((line.exit_code for line in problems), default=0)
    if out.json:
        out.document(
            {
                "lines": [plain(line) for line in lines],
                "problems": len(problems),
                "warnings": len(warnings),
            }
        )
    out.line(message("doctor_sum", problems=len(problems), warnings=len(warnings)))
    return code


def _all(config: Path | None) -> Iterator[Line]:
    yield from installation()
    try:
        loaded = settings.load(config)
    except BridgeError as error:
        yield from told("settings", error)
        return
    yield Line(topic="settings", finding=tomlfiles.shown(loaded.path))
    in_force, clock = loaded.settings, SystemClock()
    broken = yield from mappings(in_force)
    for problem in of_lender(in_force):
        yield wrong("settings", problem)
    yield from parts.source(in_force, clock, readable=in_force.source.kind not in broken)
    yield from parts.webhooks(in_force, clock)
    yield from parts.state(in_force)
    yield from parts.tasks(in_force)
    yield from parts.folders(in_force)
    for name, system in in_force.systems.items():
        if not system.enabled:
            yield Line(topic=name, finding=message("not_enabled"))
            continue
        unfilled = [*of_system(in_force, name)]
        for problem in unfilled:
            yield wrong(name, problem)
        if unfilled:  # nobody can have logged in: the provider has nothing to say about it
            continue
        yield from parts.invoicing(in_force, name)
        yield from server_clock(name, system.base_url, clock)
        if broken & {name, in_force.source.kind}:
            yield Line(
                topic=name,
                state="warning",
                finding=message("not_asked_yet"),
                advice=message("mend_mapping"),
            )
        else:
            yield from parts.system(in_force, name)
    if not in_force.systems:
        yield Line(
            topic="systems",
            state="problem",
            finding=message("systems_none"),
            advice=message("system_add", system=next(iter(SYSTEMS))),
            exit_code=78,
        )


def installation() -> Iterator[Line]:
    """Python and the packages that the bridge asks for."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    yield Line(topic="python", finding=version)
    missing, count = [], 0
    for needed in metadata.requires("ledger-bridge") or []:
        if "extra ==" in needed:
            continue
        count += 1
        name = needed.split(";")[0].strip()
        for sign in "<>=!~[ ":
            name = name.split(sign)[0]
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            missing.append(name)
    if missing:
        yield Line(
            topic="packages",
            state="problem",
            finding=message("packages_missing", names=missing),
            advice=message("packages_again"),
            exit_code=78,
        )
    else:
        yield Line(topic="packages", finding=message("packages_there", count=count))


def mappings(loaded: Settings) -> Generator[Line, None, set[str]]:
    """The mapping files by themselves. Returns the names of those that are broken."""
    broken: set[str] = set()
    for name, (path, load) in mapping_files(loaded).items():
        problems = problems_in(path, load)
        if not problems:
            yield Line(topic="mapping", finding=tomlfiles.shown(path))
            continue
        broken.add(name)
        for problem in problems:
            yield wrong("mapping", problem)
    return broken


def server_clock(name: str, url: str, clock: Clock) -> Iterator[Line]:
    """This machine's clock beside the one of the system's server."""
    parts = urlsplit(url)
    topic = f"{name} clock"
    try:
        answer = requests.head(f"{parts.scheme}://{parts.netloc}/", timeout=TIMEOUT_S)
        there = parsedate_to_datetime(answer.headers["Date"])
    except requests.RequestException:
        yield Line(
            topic=topic,
            state="problem",
            finding=message("host_unreached", host=parts.netloc),
            advice=message("look_at_network"),
            exit_code=75,
        )
        return
    except (KeyError, ValueError, TypeError):
        yield Line(topic=topic, finding=message("clock_untold"))
        return
    apart = abs(clock.now() - there)
    state: Literal["ok", "warning", "problem"] = "ok"
    if apart > CLOCK_WARNING:
        state = "problem" if apart > CLOCK_PROBLEM else "warning"
    yield Line(
        topic=topic,
        state=state,
        finding=message("clock_apart", seconds=f"{apart.total_seconds():.0f}"),
        advice="" if state == "ok" else message("clock_switch_on"),
        exit_code=1 if state == "problem" else 0,
    )
