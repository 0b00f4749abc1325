from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.systems.zoho.bench import Bench, benches


@pytest.fixture
def bench() -> Iterator[Bench]:
    """An adapter on an empty organization of the sandbox."""
    with benches() as made:
        yield made


@pytest.fixture
def full(bench: Bench) -> Bench:
    """The same with one document of each kind posted."""
    for document in bench.docs.each:
        bench.posted(document)
    return bench
