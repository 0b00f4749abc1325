"""`reconcile --dry-run` as a person uses it once, on a machine that may know nothing."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.cli.small_lender import small_ledger


def everything(folder: Path) -> dict[str, bytes]:
    """Every file and folder of the lender, by path."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.rglob("*"))
    }


def lose_state(lender) -> None:
    for path in (lender.folder / "state").glob("sandbox.db*"):
        path.unlink()


def morning(lender):
    return lender.json("reconcile", "--as-of", small_ledger()["as_of"])["systems"]["quickbooks"]


def test_with_no_state_at_all_it_says_what_is_still_to_be_posted_and_leaves_no_trace(lender):
    before = everything(lender.folder)
    told = lender.json("reconcile", "--dry-run")
    assert everything(lender.folder) == before
    found, plan = told["systems"]["quickbooks"], told["plan"]["systems"]["quickbooks"]
    assert told["as_of"] == small_ledger()["as_of"]
    assert plan["planned"]["create"] == found["counts"]["pending"] > 20
    figures = found["currencies"]["COP"]
    assert figures["ledger"] == figures["difference"] == figures["explained"] != "0.00"
    assert {item["action"] for item in found["items"] if item["kind"] == "pending"} == {"run_sync"}


def test_its_figures_are_those_of_the_real_pass_that_follows(lender):
    told = lender.json("reconcile", "--dry-run")["systems"]["quickbooks"]
    lender.json("sync")
    after = morning(lender)
    for currency, figures in after["currencies"].items():
        assert told["currencies"][currency]["ledger"] == figures["ledger"]
        assert told["currencies"][currency]["unexplained"] == figures["unexplained"] == "0.00"


def test_after_the_state_was_lost_the_answer_is_the_mornings(lender):
    lender.run("sync")
    known = morning(lender)
    lose_state(lender)
    before = everything(lender.folder)
    told = lender.json("reconcile", "--dry-run")
    assert everything(lender.folder) == before
    found = told["systems"]["quickbooks"]
    assert told["plan"]["systems"]["quickbooks"]["planned"]["create"] == 0
    for key in ("agree", "currencies", "counts", "aging"):
        assert found[key] == known[key]
    assert not [item for item in found["items"] if item["cause"] == "books.by_hand"]


@pytest.mark.parametrize("form", ["html", "csv", "text"])
def test_every_form_is_the_mornings_and_only_where_it_was_asked_for(lender, form):
    lender.run("sync")
    day = small_ledger()["as_of"]
    lender.run("reconcile", "--as-of", day, "--format", form, "--out", "morning")
    before = everything(lender.folder)
    lender.run("reconcile", "--dry-run", "--format", form, "--out", "look")
    written = {k: v for k, v in everything(lender.folder).items() if k not in before}
    assert {name.partition("/")[0] for name in written} == {"look"}
    (path,) = (lender.folder / "look").glob("*.es.*")
    (known,) = (lender.folder / "morning").glob("*.es.*")
    assert path.name == known.name
    if form == "csv":
        assert path.read_bytes() == known.read_bytes()


def test_a_format_without_a_folder_writes_nothing_and_says_so(lender):
    before = everything(lender.folder)
    _, _, err = lender.run("reconcile", "--dry-run", "--format", "html")
    assert "--out" in err
    assert everything(lender.folder) == before


def no_database(path: Path) -> None:
    path.write_bytes(b"this is no database, only text that is long enough to look at" * 40)


def of_a_newer_program(path: Path) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE alembic_version (version_num TEXT)")
        database.execute("INSERT INTO alembic_version VALUES ('9999')")
    database.close()


def a_folder(path: Path) -> None:
    path.mkdir()


@pytest.mark.parametrize("spoil", [no_database, of_a_newer_program, a_folder])
def test_a_state_that_cannot_be_used_is_left_out_and_named(lender, spoil):
    lender.run("sync")
    known = morning(lender)
    lose_state(lender)
    spoil(lender.folder / "state" / "sandbox.db")
    before = everything(lender.folder)
    code, out, err = lender.run("reconcile", "--dry-run", "--json")
    assert code == 0, err
    assert "no se pueden usar" in err
    assert json.loads(out)["systems"]["quickbooks"]["counts"] == known["counts"]
    assert everything(lender.folder) == before


def test_a_state_folder_that_takes_nothing_is_no_hindrance(lender):
    lender.run("sync")
    state = lender.folder / "state"
    state.chmod(0o500)
    try:
        assert lender.json("reconcile", "--dry-run")["systems"]["quickbooks"]["agree"]
    finally:
        state.chmod(0o700)


def test_where_nothing_can_be_made_the_state_folder_is_not_needed(lender, monkeypatch):
    monkeypatch.setenv("LEDGER_BRIDGE_STATE__URL", "sqlite:////proc/none/bridge.db")
    assert lender.json("reconcile", "--dry-run")["plan"]["digest"]


def test_a_refused_delivery_is_a_persons_task(lender):
    lender.run("sync")
    ledger = small_ledger()
    ledger["movements"] = ledger["movements"][:3]
    ledger["counts"]["movements"] = 3
    lender.deliver(ledger)
    code, out, err = lender.run("reconcile", "--dry-run")
    assert code == 1
    assert "no se aceptó" in out
    assert "is not believed" in err


def test_books_that_cannot_be_reached_are_not_checked(lender):
    lender.sandbox.stop()
    code, out, _ = lender.run("reconcile", "--dry-run")
    assert code == 75
    assert "No se pudo comprobar" in out
    lender.sandbox.start()


def test_another_day_may_be_asked_for(lender):
    told = lender.json("reconcile", "--dry-run", "--as-of", "2026-11-25")
    assert told["as_of"] == "2026-11-25"


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("es-MX", "Vista previa:"),
        ("pt-BR", "Prévia:"),
        ("en-US", "Dry run:"),
        ("fr-FR", "Dry run:"),
    ],
)
def test_it_speaks_the_lenders_language(lender, monkeypatch, locale, said):
    monkeypatch.setenv("LEDGER_BRIDGE_LENDER__LOCALE", locale)
    assert said in lender.run("reconcile", "--dry-run")[1]
