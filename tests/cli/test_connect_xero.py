"""What only Xero's login has: a rotation with a grace, tenants, and custom connections."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from bridge.systems.login import GRANT
from bridge.systems.oauth import CLIENT_SECRET, REFRESH_TOKEN
from tests.cli.logins import browser_ends_on

CUSTOM = ("connect", "xero", "--custom-connection")


def test_the_page_asks_for_a_lasting_login_and_no_broad_scope(xero):
    scopes = parse_qs(urlsplit(xero.page()).query)["scope"][0].split()
    assert "offline_access" in scopes
    assert not {"accounting.transactions", "accounting.reports.read"} & set(scopes)


@pytest.mark.parametrize(("minutes", "ends"), [(25, "clean"), (35, "over")])
def test_a_renewal_whose_answer_was_lost_is_asked_for_again_for_half_an_hour(xero, minutes, ends):
    xero.log_in()
    before = xero.stored()[REFRESH_TOKEN]
    xero.lender.fault("reset", "after", "connect/token")
    assert xero.lender.run("sync")[0] == 75
    assert xero.stored()[REFRESH_TOKEN] == before
    xero.wait(seconds=minutes * 60)
    code, _, err = xero.lender.run("sync")
    if ends == "clean":
        assert code == 0, err
        assert xero.stored()[REFRESH_TOKEN] != before
    else:
        assert code == 78
        assert "ledger-bridge connect xero" in err


def test_a_login_ends_when_nobody_uses_it_for_sixty_days(xero):
    out = xero.log_in()
    for _ in range(3):
        xero.wait(days=59)
        assert "La conexión terminó" not in xero.lender.run("reconcile")[1]
    xero.wait(days=61)
    assert "La conexión terminó" in xero.lender.run("reconcile")[1]
    assert "if it is not used until then" in out


def test_a_login_begun_for_one_organisation_does_not_end_as_anothers(xero):
    xero.log_in()
    before = xero.stored()
    address = browser_ends_on(xero.page())
    xero.setting("COMPANY_ID", "70784a63-0000-4000-8000-000000000777")
    code, _, err = xero.connect(address)
    assert code == 78
    assert "No login to xero was begun" in err
    xero.setting("COMPANY_ID", xero.facts.company)
    assert {**xero.stored(), "pending_login": None} == before


def test_a_custom_connection_needs_no_browser_and_no_refresh_token(xero):
    out = xero.lender.run(*CUSTOM)[1]
    assert "connected to Crédito Fácil SAS" in out
    assert "lasts until somebody ends it" in out
    stored = xero.stored()
    assert (stored[GRANT], stored[REFRESH_TOKEN]) == ("client_credentials", None)
    assert xero.sync()["confirmed"] > 20
    xero.wait(seconds=2000)
    assert xero.lender.json("reconcile")["systems"]["xero"]["agree"] is True
    assert xero.lender.json(*CUSTOM)["login_ends"]["never_by_itself"] is True


def test_each_way_of_logging_in_takes_the_place_of_the_other(xero):
    assert xero.lender.run(*CUSTOM)[0] == 0
    xero.log_in()
    stored = xero.stored()
    assert stored[GRANT] is None
    assert stored[REFRESH_TOKEN]
    assert xero.sync()["confirmed"] > 20
    assert xero.stored()[REFRESH_TOKEN] != stored[REFRESH_TOKEN]
    assert xero.lender.run(*CUSTOM)[0] == 0
    assert xero.stored()[REFRESH_TOKEN] is None
    assert xero.lender.json("sync")["verdict"] == "clean"


def test_a_custom_connection_of_another_organisation_is_refused(xero):
    xero.setting("COMPANY_ID", "70784a63-0000-4000-8000-000000000777")
    code, _, err = xero.lender.run(*CUSTOM)
    assert code == 78
    assert f"the login reaches Crédito Fácil SAS ({xero.facts.company})" in err
    assert xero.stored()[CLIENT_SECRET] is None


def test_a_country_without_custom_connections_is_told_in_words(xero):
    xero.lender.switch(custom_connections=False)
    code, _, err = xero.lender.run(*CUSTOM)
    assert code == 78
    assert "Xero refuses this custom connection (unauthorized_client)" in err
    assert set(xero.stored().values()) == {None}


def test_other_systems_let_no_app_in_by_itself(zoho):
    code, _, err = zoho.lender.run("connect", "zoho", "--custom-connection")
    assert code == 2
    assert "leave --custom-connection out" in err
    assert set(zoho.stored().values()) == {None}
