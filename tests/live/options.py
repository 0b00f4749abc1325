"""`--live SYSTEM` and `--record`: the conformance suite on a test company at a provider."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bridge.systems import registry
from tests.live import shelf

if TYPE_CHECKING:
    from tests.live.company import LiveCompany

COMPANY: pytest.StashKey[LiveCompany] = pytest.StashKey()
NOT_PASSED = pytest.StashKey[bool]()
SUITE = Path(__file__).parents[1] / "conformance"
SANDBOX_ONLY = "sandbox_only"
RECORDED = "recorded"


def add(parser: pytest.Parser) -> None:
    group = parser.getgroup("live", "a test company at a provider")
    group.addoption(
        "--live",
        metavar="SYSTEM",
        choices=sorted(registry.SYSTEMS),
        help="run tests/conformance on the test company of bridge.toml, and nothing else",
    )
    group.addoption(
        "--live-config",
        metavar="FILE",
        type=Path,
        default=Path("bridge.toml"),
        help="the bridge.toml of that company (default: ./bridge.toml)",
    )
    group.addoption(
        "--live-company",
        metavar="ID",
        default="",
        help="the company's id once more; Zoho does not tell test organizations from real ones",
    )
    group.addoption(
        "--record",
        action="store_true",
        help="with --live: write what was asked and answered, without secrets and names",
    )
    group.addoption(
        "--cassettes",
        metavar="FOLDER",
        type=Path,
        default=shelf.FOLDER,
        help="where recordings are written, and played from (default: tests/cassettes/live)",
    )


def configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", f"{SANDBOX_ONLY}(what): moves the world around the company; not with --live"
    )
    system = config.getoption("--live")
    if not system:
        if config.getoption("--record"):
            raise pytest.UsageError("--record goes with --live SYSTEM.")
        return
    if config.getoption("numprocesses", None):
        raise pytest.UsageError("--live runs in one process: leave -n out.")
    from tests.live.company import Refused, open_company

    try:
        company = open_company(
            system,
            config.getoption("--live-config"),
            config.getoption("--live-company"),
            share=not config.getoption("--record"),
        )
    except Refused as refused:
        raise pytest.UsageError(f"--live {system}: {refused}") from refused
    config.stash[COMPANY] = company
    config.add_cleanup(company.close)


def remember(item: pytest.Item, report: pytest.TestReport) -> None:
    """Note that a test did not pass: nothing of it is kept."""
    if report.outcome != "passed":
        item.stash[NOT_PASSED] = True


def select(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With --live only the suite, less what needs the sandbox; without, of recordings what is."""
    keep, leave = _chosen(config, items)
    items[:] = keep
    if leave:
        config.hook.pytest_deselected(items=leave)


def _chosen(
    config: pytest.Config, items: Sequence[pytest.Item]
) -> tuple[list[pytest.Item], list[pytest.Item]]:
    live = COMPANY in config.stash
    keep: list[pytest.Item] = []
    leave: list[pytest.Item] = []
    for item in items:
        marker = item.get_closest_marker(SANDBOX_ONLY)
        if live and SUITE not in item.path.parents:
            leave.append(item)
            continue
        if live and marker is not None:
            reason = f"needs the sandbox's control: {marker.args[0]}"
            item.add_marker(pytest.mark.skip(reason=reason))
        tape = cassette_of(item)
        (keep if tape is None or tape.exists() else leave).append(item)
    return keep, leave


def parameters(config: pytest.Config) -> list[tuple[str, str]]:
    """(system, place) pairs that the suite runs on."""
    if COMPANY in config.stash:
        return [(config.stash[COMPANY].system, "live")]
    folder: Path = config.getoption("--cassettes")
    played = sorted({path.parent.name for path in shelf.all_in(folder)})
    return [(system, "sandbox") for system in sorted(registry.SYSTEMS)] + [
        (system, RECORDED) for system in played
    ]


def cassette_of(item: pytest.Item) -> Path | None:
    """Where the recording of a test is, for one that is to be played; None for others."""
    params = getattr(item, "callspec", None) and item.callspec.params  # type: ignore[attr-defined]
    if not params or "bench" not in params or params["bench"][1] != RECORDED:
        return None
    return cassette(item, params["bench"][0])


def cassette(item: pytest.Item, system: str) -> Path:
    """Where the recording of a test is, by its name and its other parameters."""
    params = getattr(item, "callspec", None) and item.callspec.params  # type: ignore[attr-defined]
    words = [str(getattr(v, "value", v)) for n, v in (params or {}).items() if n != "bench"]
    name = "-".join([item.originalname, *words])  # type: ignore[attr-defined]
    return shelf.place(item.config.getoption("--cassettes"), system, item.path.stem, name)
