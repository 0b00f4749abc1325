"""Options of the whole suite: see tests/live."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.live import options

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


TESTS = Path(__file__).parent
QUICK = {"core", "source", "report", "settings", "daemon"}
"""Folders whose tests are `-m quick`."""
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


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add(parser)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """As many as there are processors; a company at a provider is asked one thing at a time."""
    return 0 if config.getoption("--live") else os.cpu_count() or 1


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "quick: no process, no sandbox; see tests/README.md")
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
        if not QUICK.isdisjoint(item.path.relative_to(TESTS).parts):
            item.add_marker(pytest.mark.quick)
