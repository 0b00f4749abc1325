"""Options of the whole suite: see tests/live."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from hypothesis import HealthCheck, settings

from bridge import tomlfiles
from tests import quick
from tests.live import options
from tests.reading import read_once

# Tests start the program hundreds of times: what one has compiled serves the next.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# The program speaks the language of its terminal; a test that means another one says so.
for _name in ("LC_ALL", "LC_MESSAGES", "LANGUAGE"):
    os.environ.pop(_name, None)
os.environ["LANG"] = "C.UTF-8"

# A shared or loaded machine must not fail a law by being slow.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

# Tests open the bridge thousands of times with the same few files.
tomlfiles.read = read_once()


IN_MEMORY = Path("/dev/shm")
ROOM = 4 << 30
"""Bytes that must be free there; a run keeps some tens of megabytes, and those before it too."""


def _keep_files_in_memory() -> None:
    """Put temporary files where no test waits for a disk, unless somebody chose a place."""
    if "TMPDIR" in os.environ or not os.access(IN_MEMORY, os.W_OK):
        return
    if shutil.disk_usage(IN_MEMORY).free >= ROOM:
        os.environ["TMPDIR"] = tempfile.tempdir = str(IN_MEMORY)


_keep_files_in_memory()


LATER_DAYS = int(os.environ.get("BRIDGE_LATER", "0"))
"""So many days from now the tests think it is: none may hang on the day on which it was written."""


def _travel(config: pytest.Config) -> None:
    later = time_machine.travel(datetime.now(UTC) + timedelta(days=LATER_DAYS), tick=True)
    later.start()
    config.add_cleanup(later.stop)


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add(parser)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """As many as there are processors; a company at a provider is asked one thing at a time."""
    return 0 if config.getoption("--live") else os.cpu_count() or 1


def pytest_configure(config: pytest.Config) -> None:
    if LATER_DAYS:
        _travel(config)
    options.configure(config)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    options.remember(item, report)
    return report


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    options.select(config, items)
    for item in items:
        if quick.is_quick(item):
            item.add_marker(pytest.mark.quick)


def pytest_collection_finish() -> None:
    """What is loaded by now stays to the end: the search for garbage passes it by, and is made
    when there may be some worth it."""
    gc.collect()
    gc.freeze()


def _watched(item: pytest.Item) -> Generator[None]:
    """A step of a test: a quick one in which a process or a server is started fails."""
    if item.get_closest_marker("quick") is None:
        return (yield)
    with quick.noticed() as started:
        done = yield
    assert not started, f"a quick test starts {started[0]}: mark it not_quick, see tests/quick.py"
    return done


pytest_runtest_setup = pytest.hookimpl(_watched, wrapper=True)
pytest_runtest_call = pytest.hookimpl(_watched, wrapper=True)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Load no folder that has none of the tests asked for: it takes longer than they do."""
    of_tests = collection_path.is_dir() and collection_path.parent == quick.TESTS
    asked = of_tests and config.getoption("markexpr") == "quick"
    return True if asked and collection_path.name not in quick.FOLDERS else None
