"""`connect`: a login to each system of the sandbox, by an address that is pasted."""

from __future__ import annotations

import re
import socket
from urllib.parse import parse_qs, urlsplit

import pytest

from bridge import settings, wiring
from bridge.systems import login as logins
from bridge.systems.login import PENDING
from bridge.systems.oauth import CLIENT_SECRET, REFRESH_TOKEN
from tests.cli.logins import ELSEWHERE, SECRET, browser_ends_on, the_page


def test_a_login_tells_the_company_and_how_long_it_lasts(person):
    out = person.log_in()
    assert f"connected to Crédito Fácil SAS ({person.facts.company}), in COP." in out
    unknown = "Whether a period is closed: not told."
    assert (unknown if person.facts.lock_unknown else "No period is closed.") in out
    assert re.search(person.facts.lasts, out)
    stored = person.stored()
    assert stored[REFRESH_TOKEN]
    assert stored[CLIENT_SECRET] == "demo-secret"
    assert stored[PENDING] is None


def test_a_login_answers_one_document(person):
    person.lender.control(f"{person.system}/edit", action="lock", which="period", date="2026-10-31")
    address = browser_ends_on(person.page())
    told = person.lender.json("connect", person.system, "--code", address)
    assert (told["company"], told["home_currency"]) == (person.facts.company, "COP")
    assert told["locked_through"] == "2026-10-31"
    ends = told["login_ends"]
    assert ends["never_by_itself"] is (person.system == "zoho")
    assert bool(ends["if_unused"]) is (person.system != "zoho")
    assert bool(ends["in_any_case"]) is (person.system == "quickbooks")


def test_no_secret_is_shown_or_written_in_the_open(person):
    address = browser_ends_on(person.page())
    _, out, err = person.connect(address)
    secrets = [value for value in person.stored().values() if value]
    secrets += parse_qs(urlsplit(address).query)["code"]
    written = b"".join(person.lender.files().values())
    for secret in secrets:
        assert secret not in out + err
        assert secret.encode() not in written


def test_passes_go_on_through_the_end_of_tokens(person):
    person.log_in()
    first = person.stored()[REFRESH_TOKEN]
    assert person.sync()["confirmed"] > 20
    second = person.stored()[REFRESH_TOKEN]
    person.wait(seconds=4000)
    assert person.lender.json("sync")["verdict"] == "clean"
    person.wait(days=person.facts.idle_days)
    # That no ledger was read all the while is a person's task; the books were read and agree.
    found = person.lender.json("reconcile", code=1)
    assert {task["code"] for task in found["tasks"]} == {"delivery.not_read"}
    assert found["systems"][person.system]["agree"] is True
    tokens = {first, second, person.stored()[REFRESH_TOKEN]}
    assert len(tokens) == (3 if person.facts.rotates else 1)


@pytest.mark.parametrize("how", ["unused", "revoked"])
def test_a_login_that_has_ended_can_be_made_again(person, how):
    person.log_in()
    if how == "revoked":
        person.end_it_there()
        person.wait(seconds=4000)
    elif person.facts.rotates:
        person.wait(days=200)
    else:
        person.keyring.delete(person.system, person.facts.company, REFRESH_TOKEN)
        person.wait(seconds=4000)
    code, _, err = person.lender.run("sync")
    assert code == 78
    assert f"ledger-bridge connect {person.system}" in err
    person.log_in()
    assert person.lender.json("sync")["verdict"] == "clean"


@pytest.mark.parametrize(
    ("other", "said"),
    [
        ({"code": "wrong"}, "does not accept the code of this login"),
        ({"state": "mine"}, "its state is not ours"),
        ({"state": ""}, "its state is not ours"),
        ({"code": "&error=access_denied"}, "did not let the bridge in"),
        ({"code": ""}, "has no code"),
    ],
)
def test_an_address_that_is_not_right_is_told_in_words(person, other, said):
    code, _, err = person.connect(browser_ends_on(person.page(), **other))
    assert code == 78
    assert said in err
    stored = person.stored()
    assert (stored[REFRESH_TOKEN], stored[CLIENT_SECRET]) == (None, None)


def test_a_code_that_came_too_late_is_told_in_words(person):
    address = browser_ends_on(person.page())
    person.lender.control("clock", seconds=700)
    code, _, err = person.connect(address)
    assert code == 78
    assert "older than a few minutes" in err
    assert set(person.stored().values()) == {None}


def test_a_wrong_secret_is_told_in_words_and_not_kept(person, monkeypatch):
    monkeypatch.setenv(SECRET, "s3cret-of-another-app")
    code, _, err = person.connect(browser_ends_on(person.page()))
    assert code == 78
    assert "Compare them with the keys" in err
    assert "s3cret" not in err
    assert set(person.stored().values()) == {None}


def test_a_login_server_that_is_down_costs_no_more_than_time(person):
    address = browser_ends_on(person.page())
    person.lender.fault("503", "before", person.facts.token)
    assert person.connect(address)[0] == 75
    assert person.connect(address)[0] == 0


def test_another_company_than_ours_is_named_and_nothing_is_stored(person):
    other = "777" if person.system != "xero" else "70784a63-0000-4000-8000-000000000777"
    person.setting("COMPANY_ID", other)
    address = browser_ends_on(person.page())
    code, _, err = person.connect(address)
    assert code == 78
    assert f"company_id: is {other}" in err
    assert person.facts.company in err
    stored = {person.keyring.get(person.system, other, name) for name in (REFRESH_TOKEN, PENDING)}
    assert stored | set(person.stored().values()) == {None}
    code, _, err = person.connect(address)
    assert (code, f"No login to {person.system} was begun" in err) == (78, True)


def test_a_company_that_cannot_be_read_yet_does_not_cost_the_login(person):
    address = browser_ends_on(person.page())
    accounts = {"quickbooks": "/v3/company", "xero": "Organisation", "zoho": "chartofaccounts"}
    person.lender.fault("500", "before", accounts[person.system], count=50)
    code, _, err = person.connect(address)
    assert code == 75
    assert "the login is stored" in err
    assert person.stored()[REFRESH_TOKEN]


def test_the_secret_may_be_in_a_file_and_is_remembered(person, monkeypatch):
    monkeypatch.delenv(SECRET)
    code, _, err = person.lender.run("connect", person.system, "--wait", "0")
    assert code == 78
    assert f"The client secret of your app at {person.system} is not known yet." in err
    file = person.lender.folder / "secret"
    file.write_text("two words\n", encoding="utf-8")
    begun = ("connect", person.system, "--wait", "0", "--port", "0", "--secret-file", str(file))
    code, _, err = person.lender.run(*begun)
    assert "there is not one client secret" in err
    assert "two words" not in err
    file.write_text("demo-secret\n", encoding="utf-8")
    page = the_page(person.lender.run(*begun)[2])
    assert person.connect(browser_ends_on(page), "--secret-file", str(file))[0] == 0
    person.log_in()


def test_a_page_elsewhere_is_named_to_the_letter_and_not_listened_for(person):
    person.setting("REDIRECT_URI", f"{ELSEWHERE}/")
    code, _, err = person.lender.run("connect", person.system)
    assert code == 78
    page = the_page(err)
    assert parse_qs(urlsplit(page).query)["redirect_uri"] == [f"{ELSEWHERE}/"]
    assert person.connect(browser_ends_on(page))[0] == 0
    assert person.lender.run("connect", person.system, "--port", "1")[0] == 2


def test_without_a_client_id_there_is_nothing_to_log_in_with(person):
    path = person.lender.folder / "bridge.toml"
    text = path.read_text(encoding="utf-8").replace('client_id = "demo-client"', "")
    path.write_text(text, encoding="utf-8")
    code, _, err = person.lender.run("connect", person.system)
    assert code == 78
    assert f"[systems.{person.system}] client_id: is not set." in err


# ── the same for every system: one is enough ─────────────────────────────────────────────────


def test_an_address_without_its_company_is_told_in_words(quickbooks):
    code, _, err = quickbooks.connect(browser_ends_on(quickbooks.page(), realmId=""))
    assert code == 78
    assert "the company chosen in the browser is not told" in err


def test_a_port_that_is_taken_is_a_usage_mistake(quickbooks):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        code, _, err = quickbooks.lender.run("connect", "quickbooks", "--port", port)
    assert code == 2
    assert "choose another --port" in err


def test_a_system_that_is_not_there_is_a_usage_mistake(quickbooks):
    assert quickbooks.lender.run("connect", "quickboks")[0] == 2


def test_an_address_older_than_an_hour_is_not_waited_for_any_more(quickbooks, monkeypatch):
    address = browser_ends_on(quickbooks.page())
    monkeypatch.setattr(logins, "PENDING_S", -1)
    code, _, err = quickbooks.connect(address)
    assert code == 78
    assert "was begun here within the last hour" in err


def test_a_new_login_is_safe_beside_a_pass_that_renews_the_old_one(quickbooks):
    """The store's lock is held while the new login is stored."""
    quickbooks.log_in()
    address = browser_ends_on(quickbooks.page())
    before = quickbooks.stored()[REFRESH_TOKEN]
    seen: list[bool] = []
    loaded = settings.load(None).settings
    with wiring.open_login(loaded, "quickbooks") as login:
        lock = login._credentials.lock

        def noted(*who: str):
            seen.append(True)
            return lock(*who)

        login._credentials.lock = noted
        login.finish(address, "demo-secret")
    assert seen == [True]
    assert quickbooks.stored()[REFRESH_TOKEN] not in (None, before)
