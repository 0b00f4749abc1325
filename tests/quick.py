"""`pytest -m quick`: which tests a developer runs on every edit, and that they keep it so.

A test is quick if it lies in a folder of `FOLDERS`, is not marked `not_quick`, and neither it nor a
fixture or helper that it uses names what starts a process or a server. What the product starts all
the same, deep within, is noticed when the test runs and fails it: that is what the mark is for, and
for a test that takes over two seconds.
"""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from inspect import unwrap
from pathlib import Path
from types import CodeType, FunctionType, ModuleType
from typing import Any
from unittest import mock

import pytest

TESTS = Path(__file__).parent
FOLDERS = ("core", "source", "report", "cli", "settings", "daemon")
NOT_QUICK = "not_quick"
OURS = ("bridge.", "tests.")
STARTERS = frozenset(
    {
        "AF_UNIX",
        "HTTPServer",
        "Popen",
        "SandboxServer",
        "ThreadingHTTPServer",
        "create_server",
        "fork",
        "listening",
        "multiprocessing",
        "subprocess",
    }
)
"""Names of what starts a process or a server."""
_EVENTS: tuple[tuple[Any, str, str], ...] = (
    (subprocess.Popen, "__init__", "a process"),
    (os, "fork", "a process"),
    (socket.socket, "bind", "a server"),
)


def is_quick(item: pytest.Item) -> bool:
    """Whether a test is one for every edit."""
    folder = item.path.relative_to(TESTS).parts[0]
    if (
        folder not in FOLDERS
        or item.get_closest_marker(NOT_QUICK)
        or not isinstance(item, pytest.Function)
    ):
        return False
    fixtures = item._fixtureinfo.name2fixturedefs.values()
    used = [item.function, *(each.func for definitions in fixtures for each in definitions)]
    return not any(starts(each) for each in used)


@cache
def starts(used: Any) -> bool:
    """Whether a function, or what it uses of ours, names what starts something."""
    seen: set[FunctionType] = set()
    ahead = list(_functions(used))
    while ahead:
        function = ahead.pop()
        if function in seen:
            continue
        seen.add(function)
        names = _names(function.__code__)
        if names & STARTERS:
            return True
        # Into the product it is one step only: what lies deeper is often exchanged by a test.
        if function.__module__.startswith("tests."):
            for name in names:
                ahead += _ours(function.__globals__.get(name), names)
    return False


def _ours(used: Any, names: frozenset[str]) -> Iterator[FunctionType]:
    """The functions of `tests` behind a name; of a module those that are named with it."""
    if isinstance(used, ModuleType):
        if used.__name__.startswith(OURS):
            for name in names:
                yield from _ours(getattr(used, name, None), frozenset())
    elif str(getattr(used, "__module__", "")).startswith(OURS):
        yield from _functions(used)


def _functions(used: Any) -> Iterator[FunctionType]:
    """A function without its wrappings, or those of a class and of what it inherits."""
    if isinstance(used, type):
        for kind in used.__mro__:
            if kind.__module__.startswith(OURS):
                for part in tuple(vars(kind).values()):
                    yield from _functions(getattr(part, "fget", getattr(part, "__func__", part)))
        return
    # A law of hypothesis is inside what pytest calls.
    bare = unwrap(getattr(getattr(used, "hypothesis", used), "inner_test", used))
    if isinstance(bare, FunctionType):
        yield bare


@cache
def _names(code: CodeType) -> frozenset[str]:
    """Every name that a function's code has, and the functions inside it."""
    inner = (_names(part) for part in code.co_consts if isinstance(part, CodeType))
    return frozenset(code.co_names).union(*inner)


@contextmanager
def noticed() -> Iterator[list[str]]:
    """What is started meanwhile: it starts all the same, and is noted."""
    found: list[str] = []

    def noting(what: str, start: Callable[..., Any]) -> Callable[..., Any]:
        def noted(*given: Any, **named: Any) -> Any:
            found.append(what)
            return start(*given, **named)

        return noted

    with ExitStack() as stack:
        for owner, name, what in _EVENTS:
            start = noting(what, getattr(owner, name))
            stack.enter_context(mock.patch.object(owner, name, start))
        yield found
