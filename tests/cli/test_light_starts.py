"""What short verbs load. Nobody times it here: what is heavy is named, and must not be there."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from tests.cli.small_lender import lender_on

SYSTEMS = ("quickbooks", "xero", "zoho")
HEAVY = {
    "alembic": "a state at the newest schema is not migrated",
    "apscheduler": "a ledger that was read today was read in time",
    "babel": "figures are written out in reports",
    "bridge.core.change.undo": "nothing is taken back",
    "bridge.core.loan.translate": "no loan is planned",
    "bridge.pipeline.doubts": "no write is in doubt",
    "bridge.pipeline.planner": "nothing has changed",
    "bridge.report.figures": "no report is made",
    "bridge.report.render": "no report is made",
    "bridge.source.deudores.sheets": "a snapshot has no sheets",
    "bridge.systems.quickbooks.adapter": "the books are asked nothing",
    "bridge.systems.xero.adapter": "the books are asked nothing",
    "bridge.systems.zoho.adapter": "the books are asked nothing",
    "cryptography": "no login is opened",
    "jinja2": "no report is made",
    "keyring": "no login is opened",
    "dotenv": "no variable of the environment sets anything",
    "oauthlib": "no login is opened",
    "openpyxl": "no workbook is read",
    "pydantic_settings": "no variable of the environment sets anything",
    "quickbooks": "the books are asked nothing",
    "rapidfuzz": "no row is without a number of its own",
    "requests": "the books are asked nothing",
    "rich": "nobody sits at a terminal",
    "sqlalchemy.orm": "rows leave the state as plain values",
    "sqlmodel": "no state is made",
    "urllib3": "the books are asked nothing",
    "xero_python": "the books are asked nothing",
    "xlsxwriter": "no workbook is written",
}
"""Module → why a short verb does without."""
_LOADED = """
import json, sys
from bridge.cli.main import main
code = main(json.loads(sys.argv[1]))
print(json.dumps([code, sorted(sys.modules)]), file=sys.stderr)
"""


def loaded_by(*arguments: str) -> set[str]:
    """What a program of its own has loaded when it has run a verb."""
    call = [sys.executable, "-c", _LOADED, json.dumps(arguments)]
    done = subprocess.run(call, capture_output=True, text=True, check=True)
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code == 0, done.stdout + done.stderr
    return set(modules)


def heavy(modules: set[str], *, but: frozenset[str] = frozenset()) -> dict[str, str]:
    return {name: why for name, why in HEAVY.items() if name in modules and name not in but}


@pytest.mark.parametrize("system", SYSTEMS)
def test_status_and_a_pass_with_nothing_to_do_load_nothing_heavy(
    system, tmp_path, monkeypatch, capsys
):
    monkeypatch.chdir(tmp_path)
    with lender_on(system, tmp_path, capsys) as lender:
        assert lender.run("sync")[0] == 0
        assert heavy(loaded_by("sync")) == {}
        assert heavy(loaded_by("status")) == {}
        # With a login of its own, it is not even opened.
        monkeypatch.setenv(f"LEDGER_BRIDGE_SYSTEMS__{system.upper()}__ACCESS", "oauth")
        overlaid = frozenset({"pydantic_settings", "dotenv"})
        assert heavy(loaded_by("sync"), but=overlaid) == {}


def test_what_systems_and_ledgers_say_of_themselves_loads_nothing_heavy():
    asked = """
import json, sys
from bridge.source import registry as ledgers
from bridge.systems import registry as systems
for name in systems.SYSTEMS:
    systems.about(name)
for name in ledgers.SOURCES:
    ledgers.about(name)
print(json.dumps(sorted(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    modules = set(json.loads(done.stdout))
    assert "bridge.systems.xero.about" in modules
    assert heavy(modules) == {}
    assert modules.isdisjoint({"pydantic", "sqlalchemy"})


def test_help_loads_next_to_nothing():
    modules = loaded_by("--help")
    assert heavy(modules) == {}
    assert modules.isdisjoint({"msgspec", "pydantic", "sqlalchemy", "bridge.store", "decimal"})


def test_the_names_of_heavy_modules_are_right(lender):
    """A first pass does load what the others do without, so that a wrong name would be seen."""
    first = loaded_by("sync")
    needed = {"quickbooks", "requests", "urllib3", "sqlmodel", "bridge.pipeline.planner"}
    assert needed <= heavy(first).keys()
