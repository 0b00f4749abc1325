"""The verbs on a small lender, as a person or a program calls them."""

from __future__ import annotations

import csv
import io
import json

import pytest

from tests.cli.small_lender import lowered, small_ledger


def test_a_day_from_doctor_to_reconcile(lender):
    doctor = lender.json("doctor")
    assert doctor["problems"] == 0
    assert {"ledger", "state", "quickbooks chart"} <= {line["topic"] for line in doctor["lines"]}

    first = lender.json("sync")
    done = first["systems"]["quickbooks"]
    assert done["planned"]["create"] == done["posted"] == done["confirmed"] > 20
    assert first["verdict"] == "clean"

    again = lender.json("sync")
    assert again["systems"]["quickbooks"]["planned"] == {"create": 0, "update": 0, "void": 0}

    found = lender.json("reconcile")
    assert found["systems"]["quickbooks"]["agree"] is True
    assert [path.name.split(".", 1)[1] for path in (lender.folder / "reports").glob("*.es.*")]

    status = lender.json("status")
    assert status["systems"]["quickbooks"]["in_the_books"] == done["posted"]
    history = lender.json("history")
    assert [run["verb"] for run in history["runs"]] == ["reconcile", "sync", "sync"]
    assert lender.json("outbox", "list") == {"entries": []}


@pytest.mark.parametrize(
    "verb", [["sync"], ["reconcile"], ["mappings", "preview"], ["mappings", "accounts"], ["doctor"]]
)
def test_looking_writes_nothing(lender, verb):
    lender.run("sync")
    ledger = small_ledger()
    ledger["movements"][0]["amount"] += 1000
    lender.deliver(ledger)
    before = lender.files()
    dry = ["--dry-run"] if verb[0] in ("sync", "reconcile") else []
    assert lender.run(*verb, *dry)[0] in (0, 1)
    assert lender.files() == before


def test_a_dry_run_before_the_first_sync_makes_no_state(lender):
    assert lender.json("sync", "--dry-run")["systems"]["quickbooks"]["planned"]["create"] > 20
    assert lender.files() == {}


def test_a_plan_is_looked_at_and_then_done_or_not_at_all(lender):
    plan = lender.folder / "plan.json"
    dry = lender.json("sync", "--dry-run", "--plan-out", str(plan))
    written = json.loads(plan.read_text(encoding="utf-8"))
    assert written["digest"] == dry["digest"]
    assert len(written["changes"]) == dry["systems"]["quickbooks"]["planned"]["create"]
    assert not any("name" in change for change in written["changes"])

    ledger = small_ledger()
    ledger["movements"][0]["amount"] += 1000
    lender.deliver(ledger)
    assert lender.json("sync", "--apply", str(plan), code=1)["verdict"] == "person"

    lender.deliver(small_ledger())
    assert lender.json("sync", "--apply", str(plan))["systems"]["quickbooks"]["posted"] > 20


def test_a_plan_over_the_limits_waits_for_approval(lender, monkeypatch):
    monkeypatch.setenv("LEDGER_BRIDGE_LIMITS__DOCUMENTS", "5")
    code, out, err = lender.run("sync")
    assert code == 1
    assert "[limits] documents" in err
    assert "person" in out
    digest = lender.json("sync", code=1)["digest"]
    assert lender.json("sync", "--approve", digest)["verdict"] == "clean"


@pytest.mark.parametrize(
    ("name", "said"),
    [("none.json", "there is no file none.json"), ("bridge.toml", "is not a plan")],
)
def test_what_is_not_a_plan_is_a_usage_mistake(lender, name, said):
    code, _, err = lender.run("sync", "--apply", name)
    assert code == 2
    assert said in err


def test_a_system_that_is_not_there_is_a_usage_mistake(lender):
    code, _, err = lender.run("sync", "--system", "quickboks")
    assert code == 2
    assert 'Did you mean "quickbooks"?' in err


def test_an_edit_in_the_books_is_found_and_told(lender):
    lender.run("sync")
    wish = {"action": "edit", "kind": "invoice", "number": "DY7F3A-L84"}
    lender.control("quickbooks/edit", **wish, set={"amount": "999000"})
    found = lender.json("reconcile", code=1)["systems"]["quickbooks"]
    assert found["agree"] is False
    assert any(item["reference"] == "DY7F3A-L84" for item in found["items"])
    code, out, _ = lender.run("reconcile", "--dry-run", "--format", "text", "--out", "look")
    assert code == 1
    assert "registraría 0 documentos" in out
    assert [path.suffix for path in (lender.folder / "look").iterdir()] == [".txt", ".txt"]

    story = lender.json("explain", "DY7F3A-L84")
    now = story["systems"]["quickbooks"]["books_now"][0]
    assert now["total"] == "999000.00"


def test_explain_tells_the_story_of_a_loan_without_its_borrower(lender):
    lender.run("sync")
    code, out, _ = lender.run("explain", "84")
    assert code == 0
    assert "Loan 84 of dev-7f3a" in out
    assert "create invoice DY7F3A-L84 720000.00 COP (new): confirmed" in out
    assert "in the books now: invoice" in out
    story = lender.json("explain", "loan:84")
    assert story["loan"] == {"installation": "dev-7f3a", "id": "84"}
    names = {debtor["name"] for debtor in small_ledger()["debtors"]}
    told = json.dumps(story, ensure_ascii=False) + out
    assert not any(name in told for name in names)


def test_explain_tells_the_others_where_the_books_do_not_tell_one(lender):
    lender.run("sync")
    before = lender.json("explain", "loan:84")["systems"]["quickbooks"]["books_now"]
    silent = next(each for each in before if each["kind"] == "invoice")["external_id"]
    match = {"path": "/query", "method": "POST", "body": f"'{silent}'"}
    lender.control("faults", system="quickbooks", kind="500", when="before", count=0, match=match)
    told = lender.json("explain", "loan:84")["systems"]["quickbooks"]
    assert "books_unknown" not in told
    now = {each["external_id"]: each for each in told["books_now"]}
    assert now.pop(silent)["status"] == "not told"
    assert now == {e["external_id"]: e for e in before if e["external_id"] != silent}
    code, out, _ = lender.run("explain", "84")
    assert code == 0
    assert f"in the books now: invoice {silent} not told" in out


def test_explain_tells_what_was_noticed_about_this_loan_and_no_other(lender):
    ledger = small_ledger()
    loan = next(debt for debt in ledger["debts"] if debt["debt_id"] == 61)
    assert loan["due_on"] < loan["created_on"]
    ledger["debts"].append({**loan, "debt_id": 610})
    ledger["movements"] += [payment(number) | {"debt_id": 61} for number in (9003, 9004)]
    ledger["counts"] |= {"debts": len(ledger["debts"]), "movements": len(ledger["movements"])}
    lender.deliver(ledger)
    lender.run("sync")
    noticed = lender.json("explain", "61")["findings"]
    assert {(each["code"], each["subject"]) for each in noticed} == {
        ("loan.due_before_start", "loan:61"),  # by planning
        ("loan.overpaid", "loan:61"),
        ("movement.possible_double_entry", "movement:9003"),  # by intake
    }
    assert "Noticed: loan.due_before_start loan:61" in lender.run("explain", "61")[1]


def test_explain_of_one_document(lender):
    lender.run("sync")
    reference = lender.json("explain", "84")["systems"]["quickbooks"]["bindings"][0]["reference"]
    story = lender.json("explain", reference)["systems"]["quickbooks"]
    assert [binding["reference"] for binding in story["bindings"]] == [reference]


def test_explain_of_a_customer(lender):
    lender.run("sync")
    entry = lender.json("outbox", "list", "--state", "confirmed")["entries"][0]
    assert entry["kind"] == "customer"
    story = lender.json("explain", entry["reference"])
    assert story["systems"]["quickbooks"]["bindings"][0]["kind"] == "customer"


def test_explain_without_the_system_says_that_it_is_not_known(lender):
    lender.run("sync")
    lender.sandbox.stop()
    story = lender.json("explain", "84")
    assert story["systems"]["quickbooks"]["books_now"] == []
    assert story["systems"]["quickbooks"]["books_unknown"]
    lender.sandbox.start()


def test_what_is_unknown_is_a_usage_mistake(lender):
    lender.run("sync")
    assert lender.run("explain", "NOPE")[0] == 2
    assert lender.run("mappings", "explain", "9999")[0] == 2
    assert lender.run("outbox", "show", "99999")[0] == 2
    assert lender.run("outbox", "retry", "99999")[0] == 2


@pytest.mark.parametrize(
    "verb", [["status"], ["history"], ["outbox", "list"], ["export"], ["explain", "84"]]
)
def test_before_the_first_sync_there_is_nothing_to_look_at(lender, verb):
    code, _, err = lender.run(*verb)
    assert code == 2
    assert "Run `ledger-bridge sync` first" in err
    assert lender.files() == {}


def test_a_refused_document_waits_for_a_person_who_decides(lender):
    lender.run("sync")
    posted = {each["reference"]: each for each in lender.json("export")["documents"]}
    customer = posted[posted["DY7F3A-L84"]["customer"]]["external_id"]
    lender.control("quickbooks/edit", action="inactivate", kind="customer", id=customer)
    ledger = small_ledger()
    for number in (9001, 9002):
        ledger["movements"].append(payment(number))
        lowered(ledger, 84, 30500)
        ledger["counts"]["movements"] += 1
    lender.deliver(ledger)
    assert lender.json("sync", code=1)["systems"]["quickbooks"]["rejected"] == 2
    assert lender.json("status", code=1)["systems"]["quickbooks"]["waits_for_a_person"] == 2

    entries = lender.json("outbox", "list", "--state", "rejected")["entries"]
    first, second = (each["entry"] for each in entries)
    assert "inactive" in entries[0]["detail"]
    assert lender.run("outbox", "retry", str(first), "99999")[0] == 2
    assert lender.json("outbox", "show", str(first))["state"] == "rejected"
    assert lender.run("outbox", "drop", str(first))[0] == 0
    assert lender.json("outbox", "show", str(first))["state"] == "dropped"
    assert lender.json("outbox", "retry", str(second)) == {"decision": "retry", "entries": [second]}
    assert lender.json("outbox", "show", str(second))["state"] == "superseded"
    decided = lender.json("history")["decisions"]
    assert [each["verb"] for each in decided] == ["retry", "drop"]
    # What was dropped is a task until a person answers it: one answer is to send it after all.
    assert lender.run("outbox", "retry", str(first))[0] == 0
    assert lender.run("outbox", "retry", str(first))[0] == 2

    lender.control("quickbooks/edit", action="reactivate", kind="customer", id=customer)
    assert lender.json("sync")["systems"]["quickbooks"]["confirmed"] == 2


def payment(number):
    return {
        "movement_id": number,
        "debt_id": 84,
        "type": "PAYMENT",
        "amount": 30500.0,
        "date": "2026-11-18",
        "concept": "",
        "method": "CASH",
    }


def test_mappings_explain_names_the_rule_of_each_line(lender):
    told = lender.json("mappings", "explain", "84")["systems"]["quickbooks"]["documents"]
    assert told[0]["reference"] == "DY7F3A-L84"
    assert [(line["item"], line["rule"]) for line in told[0]["lines"]] == [
        ("Loan principal", "[lines.principal]"),
        ("Loan interest", "[lines.interest]"),
    ]
    assert told[0]["posted"] is False
    code, out, _ = lender.run("mappings", "explain", "12")
    assert code == 0
    assert "deposited to Bank MXN  [[deposits]] 2" in out


def test_mappings_preview_says_what_an_edit_would_change(lender):
    lender.run("sync")
    before = lender.json("mappings", "preview")["systems"]["quickbooks"]
    assert before["differ"] == 0
    path = lender.folder / "mappings" / "quickbooks.toml"
    text = path.read_text(encoding="utf-8")
    assert 'account = "Store cash"' in text
    path.write_text(text.replace('account = "Store cash"', 'account = "Savings"'), encoding="utf-8")
    after = lender.json("mappings", "preview", "--limit", "1")["systems"]["quickbooks"]
    assert after["differ"] == after["fields"]["receipt deposit_account"] > 0
    assert len(after["examples"]) == 1


def test_mappings_accounts_lists_ids_and_numbers(lender):
    chart = lender.json("mappings", "accounts", "quickbooks")["quickbooks"]
    assert {"Checking", "Loan clearing"} <= {account["name"] for account in chart["accounts"]}
    assert not any("balance" in account for account in chart["accounts"])
    assert "Loan principal" in lender.run("mappings", "accounts")[1]


def test_a_mapping_that_the_chart_does_not_fit_is_told_before_anything_is_posted(lender):
    path = lender.folder / "mappings" / "quickbooks.toml"
    text = path.read_text(encoding="utf-8").replace('"Loan principal"', '"Services"')
    path.write_text(text.replace('"Nequi wallet"', '"Neki wallet"'), encoding="utf-8")
    assert lender.run("mappings", "check")[0] == 0
    code, _, err = lender.run("mappings", "check", "--live")
    assert code == 78
    assert "principal may only go to asset, equity, liability" in err
    assert '"Neki wallet" is not an account' in err
    doctor = lender.json("doctor", code=78)
    told = [line["finding"] for line in doctor["lines"] if line["state"] == "problem"]
    assert any("principal may only go to" in each or "Services" in each for each in told), told
    assert any("Neki wallet" in each for each in told), told
    assert lender.run("sync")[0] == 78


@pytest.mark.parametrize("form", ["json", "csv", "xlsx"])
def test_export_writes_every_document_once(lender, form):
    posted = lender.json("sync")["systems"]["quickbooks"]["posted"]
    path = lender.folder / f"books.{form}"
    assert lender.json("export", "--format", form, "--out", str(path))["documents"] == posted
    if form == "xlsx":
        assert path.read_bytes().startswith(b"PK")
        return
    text = path.read_text(encoding="utf-8")
    lines = (
        json.loads(text)["documents"] if form == "json" else [*csv.DictReader(io.StringIO(text))]
    )
    assert len({line["reference"] for line in lines}) == posted
    total = next(line["total"] for line in lines if line["reference"] == "DY7F3A-L84")
    assert total == "720000.00"


def test_export_to_the_screen(lender):
    lender.run("sync")
    assert json.loads(lender.run("export")[1])["documents"]
    assert lender.run("export", "--format", "csv")[1].startswith("system,company,kind")
    assert lender.run("export", "--format", "xlsx")[0] == 2


def test_a_ledger_that_shrank_is_refused_and_nothing_is_planned(lender):
    lender.run("sync")
    ledger = small_ledger()
    ledger["movements"] = ledger["movements"][:3]
    ledger["counts"]["movements"] = 3
    lender.deliver(ledger)
    code, out, err = lender.run("sync", "--json")
    assert code == 1
    assert json.loads(out)["problems"]
    assert "is not believed" in err
    assert lender.json("history")["runs"][0]["verdict"] == "refused"


def test_doctor_says_what_to_do_about_each_thing(lender, monkeypatch):
    lender.run("sync")
    (lender.folder / "state" / "sandbox.db").chmod(0o644)
    monkeypatch.setenv("LEDGER_BRIDGE_LENDER__HOME_CURRENCY", "USD")
    lines = lender.json("doctor", code=78)["lines"]
    said = {line["topic"]: line for line in lines if line["state"] != "ok"}
    assert "chmod 600" in said["state"]["advice"]
    assert "home_currency says USD" in " ".join(
        line["finding"] for line in lines if line["topic"] == "quickbooks"
    )


def test_doctor_without_settings(tmp_path, monkeypatch, lender):
    (lender.folder / "bridge.toml").unlink()
    monkeypatch.setattr("bridge.settings.LOOKUP", (tmp_path / "none.toml",))
    code, out, _ = lender.run("doctor")
    assert code == 78
    assert "problem  settings" in out


def test_doctor_when_the_system_is_down(lender):
    lender.sandbox.stop()
    code, out, _ = lender.run("doctor")
    assert code == 75
    assert "cannot be reached" in out
    lender.sandbox.start()


def test_a_store_that_is_no_database_is_told_in_words(lender):
    lender.run("sync")
    state = lender.folder / "state" / "sandbox.db"
    for other in state.parent.glob("sandbox.db-*"):
        other.unlink()
    state.write_bytes(b"this is no database, only text that is long enough to look at" * 40)
    code, _, err = lender.run("status")
    assert code == 78
    assert "is damaged" in err
    assert "is not a state store" in lender.run("doctor")[1]
