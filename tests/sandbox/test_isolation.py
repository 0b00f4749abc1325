"""The wire is all that the sandbox and the adapters share."""

from __future__ import annotations

import ast
from pathlib import Path

ROOT = Path(__file__).parents[2] / "bridge" / "sandbox"


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module))
    return found


def test_the_sandbox_imports_nothing_else_of_the_bridge() -> None:
    paths = list(ROOT.rglob("*.py"))
    assert len(paths) > 30
    for path in paths:
        ours = {name for name in imports(path) if name.split(".")[0] == "bridge"}
        assert all(name.startswith("bridge.sandbox") for name in ours), f"{path}: {sorted(ours)}"


def test_the_books_know_no_vendor() -> None:
    for path in ROOT.joinpath("books").glob("*.py"):
        ours = {name for name in imports(path) if name.startswith("bridge")}
        assert all(name.startswith("bridge.sandbox.books") for name in ours), path
        assert "quickbooks" not in path.read_text("utf-8").lower(), path
