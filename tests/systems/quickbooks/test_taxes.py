"""Lines say themselves that no tax is on them, in every country, or it is told before any post."""

from __future__ import annotations

from typing import Any

import pytest

from bridge.core.delivery import Posted
from bridge.core.mapping.booking import resolve
from bridge.mappingfiles import load_books_mapping
from bridge.pipeline.plan import limits_of
from bridge.systems.quickbooks.taxes import exempt
from tests.in_words import in_words
from tests.pipeline.world import ROOT
from tests.systems.quickbooks.bench import CUSTOMER, INVOICE, Bench

MAPPING = load_books_mapping(ROOT / "mappings" / "quickbooks.toml")
CODES: dict[str, tuple[bool, bool, list[tuple[str, str]], str]] = {
    "US": (True, True, [("TAX", "TAX"), ("NON", "NON")], "NON"),
    "US without sales tax": (True, False, [], "NON"),
    "Colombia without sales tax": (False, False, [("2", "Exempt")], ""),
    "UK": (
        False,
        True,
        [("5", "20.0% S"), ("6", "0.0% Z"), ("17", "Exempt"), ("18", "No VAT")],
        "18",
    ),
    "Canada": (False, True, [("2", "Exempt"), ("3", "Zero-rated"), ("4", "Out of scope")], "4"),
    "Australia": (False, True, [("2", "GST free"), ("10", "GST")], "2"),
    "only zero per cent": (False, True, [("5", "20.0% S"), ("6", "0.0% Z")], ""),
    "two of one name": (False, True, [("1", "Exempt"), ("2", "exempt ")], ""),
}


@pytest.mark.parametrize(("us", "taxed", "codes", "wanted"), CODES.values(), ids=CODES)
def test_the_exempt_code_of_a_company(us: bool, taxed: bool, codes: Any, wanted: str) -> None:
    rows = [{"Id": row_id, "Name": name} for row_id, name in codes]
    assert exempt(us, taxed, rows) == wanted


@pytest.mark.parametrize(
    ("country", "tax", "code"),
    [("CO", "off", "NON"), ("US", "on", "NON"), ("GB", "on", "18"), ("CA", "on", "4")],
)
def test_a_line_is_sent_with_its_exempt_code(
    bench: Bench, country: str, tax: str, code: str
) -> None:
    bench.switch(country=country, sales_tax=tax)
    with bench.disturbed() as other:
        other.posted(CUSTOMER)
        other.posted(INVOICE)
        found = other.now(INVOICE)
    assert found is not None
    assert {line.tax for line in found.lines} == {code}
    assert found.total == INVOICE.total


def test_a_company_that_demands_a_code_it_does_not_have_is_told_before_anything_is_posted(
    bench: Bench,
) -> None:
    bench.switch(country="GB", sales_tax="without_exempt")
    with bench.disturbed() as other:
        chart = other.system.chart()
        probes = {topic: advice for topic, _, advice in other.system.probes()}
        booking, problems = resolve(
            MAPPING, chart, limits_of(other.system.capabilities), "mappings/quickbooks.toml"
        )
    assert booking is None
    assert {each.where.rpartition(" ")[2] for each in problems} == {"tax"}
    assert "20.0% S" in in_words(problems[0].fix)
    assert "6000" in probes["sales tax"]


def test_the_sandbox_refuses_a_line_without_a_code_where_tax_is_charged(bench: Bench) -> None:
    bench.posted(CUSTOMER)
    bench.switch(country="GB", sales_tax="on")
    outcome = bench.post(INVOICE)  # as the settings were before
    assert not isinstance(outcome, Posted)
    assert "VAT rate" in outcome.reason  # type: ignore[union-attr]
