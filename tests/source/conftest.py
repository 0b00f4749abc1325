"""The shipped column map, and a reader on any path."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from bridge.source.deudores.mapping import DeudoresMapping
from bridge.source.deudores.reader import Deudores

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "tests" / "data" / "deudores"
DAY1 = SAMPLES / "dia1"
FOUND = ROOT / "tests" / "data" / "found"
"""Small ledgers as lenders keep them, on which the reader once went wrong; a folder for each."""
TODAY = date(2026, 11, 20)


def shipped() -> dict[str, Any]:
    return tomllib.loads((ROOT / "mappings" / "deudores.toml").read_text(encoding="utf-8"))


_SHIPPED = DeudoresMapping.model_validate(shipped())


@pytest.fixture(scope="session")
def mapping() -> DeudoresMapping:
    return _SHIPPED


def source(path: Path, prefer: Any = None, today: date = TODAY, **changes: Any) -> Deudores:
    """A reader on a path, with the shipped mapping and some of its settings changed."""
    mapping = DeudoresMapping.model_validate(shipped() | changes) if changes else _SHIPPED
    return Deudores(path, mapping, "America/Bogota", today, prefer=prefer)


class Read:
    """A delivery read to its end."""

    def __init__(self, path: Path, prefer: Any = None, **changes: Any) -> None:
        self.snapshot = source(path, prefer, **changes).snapshot()
        self.facts = self.snapshot.facts
        self.rows = list(self.snapshot.rows())
        self.findings = self.snapshot.findings()

    def of(self, *kinds: type) -> list[Any]:
        return [row for row in self.rows if isinstance(row, kinds)]

    def one(self, kind: type, native_id: str) -> Any:
        found = [row for row in self.of(kind) if row.id == native_id]
        assert len(found) == 1, f"{native_id}: {found}"
        return found[0]

    def codes(self) -> set[str]:
        return {finding.code for finding in self.findings}


@pytest.fixture(scope="session")
def day1() -> Callable[[str], Read]:
    """Day 1 of the sample, read once in each form."""
    done: dict[str, Read] = {}

    def read(form: str) -> Read:
        if form not in done:
            done[form] = Read(DAY1, form)
        return done[form]

    return read


@pytest.fixture
def csv_file(tmp_path: Path) -> Callable[..., Path]:
    """Writes a text file and says where it is."""

    def write(content: str | bytes, name: str = "hoja.csv") -> Path:
        path = tmp_path / name
        raw = content.encode() if isinstance(content, str) else content
        path.write_bytes(raw)
        return path

    return write
