"""Which places of an adapter call its wire, and which of them a run has used.

So that no kind of request is left out of the contract test: a new call that no run makes fails it.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any

BRIDGE = Path(__file__).parents[2] / "bridge"

Site = tuple[str, int]
"""File, and the line on which the call begins."""


def written(system: str) -> set[Site]:
    """Every place where the adapter's code calls a method of its Wire."""
    methods = set(_methods(system))
    found: set[Site] = set()
    for path in (BRIDGE / "systems" / system).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                owner = ast.unparse(node.func.value)
                if node.func.attr in methods and owner in ("wire", "self._wire"):
                    found.add((path.name, node.lineno))
    return found


@contextmanager
def watched(system: str) -> Iterator[set[Site]]:
    """Note where methods of the system's Wire are called from."""
    wire = _wire(system)
    used: set[Site] = set()
    methods = _methods(system)
    for name, method in methods.items():
        setattr(wire, name, _noting(method, used))
    try:
        yield used
    finally:
        for name, method in methods.items():
            setattr(wire, name, method)


def _noting(method: Any, used: set[Site]) -> Any:
    @wraps(method)
    def noted(*args: Any, **options: Any) -> Any:
        caller = sys._getframe(1)
        used.add((Path(caller.f_code.co_filename).name, caller.f_lineno))
        return method(*args, **options)

    return noted


def _wire(system: str) -> Any:
    return importlib.import_module(f"bridge.systems.{system}.wire").Wire


def _methods(system: str) -> dict[str, Any]:
    return {
        name: method
        for name, method in vars(_wire(system)).items()
        if inspect.isfunction(method) and not name.startswith("_")
    }


def names_written(system: str) -> set[str]:
    """Every field that the adapter's `translate` can put into a body."""
    tree = ast.parse((BRIDGE / "systems" / system / "translate.py").read_text(encoding="utf-8"))
    found: set[str] = set()
    for node in ast.walk(tree):
        keys: list[ast.expr | None] = []
        if isinstance(node, ast.Dict):
            keys = list(node.keys)
        elif isinstance(node, ast.Assign):
            keys = [t.slice for t in node.targets if isinstance(t, ast.Subscript)]
        found |= {k.value for k in keys if isinstance(k, ast.Constant) and isinstance(k.value, str)}
    return found


def names_in(value: Any) -> Iterator[str]:
    """Every field of a decoded body, however deep."""
    if isinstance(value, dict):
        yield from value
        for each in value.values():
            yield from names_in(each)
    elif isinstance(value, list):
        for each in value:
            yield from names_in(each)
