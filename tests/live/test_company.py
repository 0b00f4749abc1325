"""What is not plainly a test company is refused, in words, before anything is written to it."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from bridge.clock import SystemClock
from bridge.core.books import Kind
from bridge.sandbox.server import SandboxServer
from bridge.settings import SystemSettings
from tests.conformance.bench import Bench
from tests.conformance.ground import COMPANIES, ROOT, on_sandbox
from tests.live import options
from tests.live.company import (
    Refused,
    in_letters,
    open_company,
    refused_by_books,
    refused_by_settings,
)
from tests.live.opened import CONFIG, opened


def own(base_url: str, company: str = "123456") -> SystemSettings:
    return SystemSettings(company_id=company, base_url=base_url)


def answers(organisation: dict[str, Any]) -> Any:
    """An adapter of Xero's whose organisation is this one."""
    wire = SimpleNamespace(get=lambda _: {"Organisations": [organisation]})
    return SimpleNamespace(_wire=wire)


@pytest.mark.parametrize(
    ("system", "base_url", "named", "why"),
    [
        ("quickbooks", "https://quickbooks.api.intuit.com", "", "keeps real books"),
        ("quickbooks", "https://sandbox-quickbooks.api.intuit.com.evil.example", "", "real books"),
        ("quickbooks", "https://sandbox-quickbooks.api.intuit.com", "999", "is not the company"),
        ("zoho", "https://www.zohoapis.com/books/v3", "", "--live-company 123456"),
        ("zoho", "https://www.zohoapis.com/books/v3", "999", "is not the company"),
        ("zoho", "http://127.0.0.1:8765/zoho/books/v3", "999", "is not the company"),
    ],
)
def test_settings_that_may_mean_real_books_are_refused(
    system: str, base_url: str, named: str, why: str
) -> None:
    assert why in refused_by_settings(system, own(base_url), named)


@pytest.mark.parametrize(
    ("system", "base_url", "named"),
    [
        ("quickbooks", "https://sandbox-quickbooks.api.intuit.com", ""),
        ("quickbooks", "http://127.0.0.1:8765/quickbooks", ""),
        ("xero", "https://api.xero.com/api.xro/2.0", ""),
        ("zoho", "https://www.zohoapis.com/books/v3", "123456"),
        ("zoho", "http://localhost:8765/zoho/books/v3", ""),
    ],
)
def test_settings_of_a_test_company_are_taken(system: str, base_url: str, named: str) -> None:
    assert refused_by_settings(system, own(base_url), named) == ""


def test_only_a_demo_company_of_xero_is_written_to() -> None:
    xero = own("https://api.xero.com/api.xro/2.0")
    assert refused_by_books("xero", xero, answers({"IsDemoCompany": True})) == ""
    for real in ({"IsDemoCompany": False}, {}, {"IsDemoCompany": "true"}):
        assert "not a Demo Company" in refused_by_books("xero", xero, answers(real))


def test_a_company_without_settings_or_with_wrong_ones_is_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(Refused, match=r"nothing\.toml"):
        open_company("xero", tmp_path / "nothing.toml", environment={})
    alone = tmp_path / "bridge.toml"
    text = CONFIG.read_text(encoding="utf-8")
    alone.write_text(text.replace("[systems.zoho]", "[systems.zohoo]"), encoding="utf-8")
    with pytest.raises(Refused, match="zoho"):
        open_company("zoho", alone, environment={})


@pytest.mark.parametrize("system", sorted(COMPANIES))
def test_what_the_tests_need_of_a_company_is_asked_first(system: str) -> None:
    with SandboxServer(fast=True) as sandbox:
        company = opened(sandbox, system)
        assert (company.home, company.own.parallel) == ("COP", 1)
        assert company.foreign in ("MXN", "USD")
        assert company.rate > 100
        first, second = company.ground(), company.ground()
        company.close()
        today = SystemClock().now().date()
        other = Bench(on_sandbox(system, sandbox))
        other.edit(action="lock", date=today.isoformat())
        other.close()
        with pytest.raises(Refused, match="closed through"):
            opened(sandbox, system)
    assert first.prefix != second.prefix
    assert len(first.prefix) == 6


def test_a_mapping_that_does_not_fit_the_company_is_told_with_every_problem(tmp_path: Path) -> None:
    mapping = tmp_path / "quickbooks.toml"
    text = (ROOT / "mappings" / "quickbooks.toml").read_text(encoding="utf-8")
    mapping.write_text(text.replace("Loan principal", "No such item"), encoding="utf-8")
    with SandboxServer(fast=True) as sandbox, pytest.raises(Refused, match="No such item"):
        opened(sandbox, "quickbooks", LEDGER_BRIDGE_SYSTEMS__QUICKBOOKS__MAPPING=str(mapping))


def test_what_was_owed_before_is_not_the_tests_doing() -> None:
    with SandboxServer(fast=True) as sandbox:
        company = opened(sandbox, "quickbooks")
        for _ in range(2):
            bench = Bench(company.ground())
            bench.begin()
            invoice = bench.loan()
            assert bench.receivable() == 1200
            assert bench.count(invoice.reference) == 1
            with pytest.raises(AssertionError, match="sandbox_only"):
                bench.edit(action="void", kind=Kind.INVOICE.value, number=invoice.reference)
            bench.close()
        company.close()


class Config:
    """As much of pytest's as `configure` asks for."""

    def __init__(self, **chosen: Any) -> None:
        self.chosen = {"live": "", "record": False, "live_config": CONFIG, "live_company": ""}
        self.chosen |= chosen
        self.stash = pytest.Stash()

    def getoption(self, name: str, default: Any = None) -> Any:
        return self.chosen.get(name.lstrip("-").replace("-", "_"), default)

    def addinivalue_line(self, name: str, line: str) -> None:
        assert (name, line.partition("(")[0]) == ("markers", "sandbox_only")

    def add_cleanup(self, _: Any) -> None:
        raise AssertionError("nothing was opened")


@pytest.mark.parametrize(
    ("chosen", "why"),
    [
        ({"record": True}, "--record goes with --live"),
        ({"live": "xero", "numprocesses": 2}, "leave -n out"),
        ({"live": "zoho", "live_company": "1"}, "--live zoho: --live-company 1 is not"),
        ({"live": "xero", "live_config": Path("no.toml")}, "no.toml"),
    ],
)
def test_options_that_make_no_sense_stop_the_run(chosen: dict[str, Any], why: str) -> None:
    config: Any = Config(**chosen)
    with pytest.raises(pytest.UsageError, match=why):
        options.configure(config)


def test_prefixes_are_of_letters_and_digits() -> None:
    assert [in_letters(n, 3) for n in (0, 35, 36, 36**3 + 1)] == ["000", "00Z", "010", "001"]
