"""What `pytest -m quick` holds: something of each folder that it names, and nothing that starts."""

from __future__ import annotations

import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest

from tests import conftest, quick
from tests.cli import small_lender

COLLECT = ("-m", "pytest", "-n", "0", "--collect-only", "-m", "quick")


def test_every_folder_has_quick_tests_and_none_of_them_has_a_sandbox_or_is_long() -> None:
    command = [sys.executable, *COLLECT]
    done = subprocess.run(
        command, cwd=quick.TESTS.parent, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    found = [line for line in done.stdout.splitlines() if line.startswith("tests/")]
    assert {line.split("/")[1] for line in found} == set(quick.FOLDERS)
    assert "tests/cli/test_output.py::test_no_text_commands_a_terminal" in found
    for started in (
        "tests/cli/test_drift.py",  # by a fixture of a fixture
        "tests/cli/test_light_starts.py",  # by a helper
        "tests/cli/test_demo.py",  # by the product
        "tests/daemon/test_app.py",
    ):
        assert not [line for line in found if line.startswith(started)]
    assert not [line for line in found if "six_times_as_large" in line], "it is marked not_quick"


def by_itself() -> None:
    subprocess.run(["true"], check=True)


def by_another() -> None:
    return by_itself()


def in_itself() -> None:
    def inner() -> None:
        by_itself()

    inner()


class Place:
    def __init__(self) -> None:
        self.server = by_another()


class Inherits(Place):
    pass


def by_a_class() -> Inherits:
    return Inherits()


def by_a_module() -> object:
    return small_lender.Lender.run, small_lender.lender_on


def by_nothing() -> str:
    return small_lender.small_ledger()["format"]


@pytest.mark.parametrize("used", [by_itself, by_another, in_itself, by_a_class, by_a_module])
def test_what_a_test_starts_is_seen_however_it_comes_to_it(used) -> None:
    assert quick.starts(used)


def test_what_starts_nothing_is_quick() -> None:
    assert not quick.starts(by_nothing)


def serve() -> None:
    socket.create_server(("127.0.0.1", 0)).close()


@pytest.mark.parametrize("step", [conftest.pytest_runtest_setup, conftest.pytest_runtest_call])
@pytest.mark.parametrize(("start", "what"), [(by_itself, "a process"), (serve, "a server")])
def test_a_quick_test_that_starts_something_unseen_fails(step, start, what) -> None:
    quick_test = SimpleNamespace(get_closest_marker=lambda name: name == "quick" or None)
    watched = step(quick_test)
    next(watched)
    start()
    with pytest.raises(AssertionError, match=f"a quick test starts {what}"):
        watched.send(None)
