"""What `connect` asks at a real terminal: good, bad and empty answers, Ctrl-C and Ctrl-D."""

from __future__ import annotations

import pytest
import requests

from bridge.systems.oauth import CLIENT_SECRET, REFRESH_TOKEN
from tests.cli.logins import SECRET, browser_ends_on, the_page
from tests.cli.terminal import CTRL_C, CTRL_D, terminal

ASKS_SECRET = "kept in the keyring): "
ASKS_ADDRESS = "press Enter:"
AGAIN = "That is not the address"


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("\n", 78, "No client secret was given. Nothing was stored."),
        ("   \n", 78, "No client secret was given. Nothing was stored."),
        ("two words\n", 78, "That is no client secret"),
        ("secreto con ñ\n", 78, "That is no client secret"),
        (b"\xff\xfe\n", 78, "othing was stored"),
        (CTRL_D, 78, "No client secret was given. Nothing was stored."),
        (CTRL_C, 130, "Until a login is finished, nobody is logged in."),
    ],
)
def test_a_secret_that_cannot_be_one_is_not_kept(quickbooks, monkeypatch, typed, code, said):
    monkeypatch.delenv(SECRET)
    command = ["connect", "quickbooks", "--port", "0"]
    with terminal(command, quickbooks.lender.folder) as person:
        person.until(ASKS_SECRET)
        if typed == CTRL_C:
            person.waits()
        person.types(typed)
        ended, words = person.end()
    assert ended == code, words
    assert said in words
    assert "nexpected error" not in words
    assert not quickbooks.stored()[CLIENT_SECRET]


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        ("\n\nhola\n", None, AGAIN),
        (b"\xff\xfe\xfd\n", None, AGAIN),
        ("https://example.com/\n", None, AGAIN),
        ("no\n" * 5, 78, "Nobody has logged in yet."),
        (CTRL_D, None, ""),
        (CTRL_C, 130, "Until a login is finished, nobody is logged in."),
    ],
)
def test_an_address_that_cannot_be_one_is_asked_for_again(quickbooks, typed, code, said):
    """Also after Ctrl-D: nobody can type any more, and a browser here may still end the login."""
    command = ["connect", quickbooks.system, "--port", "0", "--wait", "86400"]
    with terminal(command, quickbooks.lender.folder) as at:
        page = the_page(at.until(ASKS_ADDRESS))
        at.types(typed)
        if code is not None:
            ended, words = at.end()
            assert ended == code, words
            assert said in words
            assert not quickbooks.stored()[REFRESH_TOKEN]
            return
        if said:
            at.until(said)
        if typed == CTRL_D:
            assert requests.get(page, timeout=60).ok
        else:
            at.types(browser_ends_on(page) + "\n")
        ended, words = at.end()
    assert ended == 0, words
    assert "connected to" in words


def test_the_address_of_a_login_begun_before_is_asked_for_too(quickbooks):
    address = browser_ends_on(quickbooks.page())
    for typed, code in ((CTRL_C, 130), ("\n", 78), (CTRL_D, 78), (f"{address}\n", 0)):
        with terminal(
            ["connect", quickbooks.system, "--code", "-"], quickbooks.lender.folder
        ) as at:
            at.until(ASKS_ADDRESS)
            if typed == CTRL_C:
                at.waits()
            at.types(typed)
            ended, words = at.end()
        assert "nexpected error" not in words
        assert ended == code, words
