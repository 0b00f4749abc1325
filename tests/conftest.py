"""Options of the whole suite: see tests/live."""

from __future__ import annotations

import os
from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from tests.live import options

# A shared or loaded machine must not fail a law by being slow.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")


def pytest_addoption(parser: pytest.Parser) -> None:
    options.add(parser)


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """As many as there are processors; a company at a provider is asked one thing at a time."""
    return 0 if config.getoption("--live") else os.cpu_count() or 1


def pytest_configure(config: pytest.Config) -> None:
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
