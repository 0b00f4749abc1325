"""`connect deudores`: the secret of the ledger's webhooks."""

from __future__ import annotations

import pytest

from bridge import ledgerkey, settings
from bridge.clock import SystemClock
from tests.cli.small_lender import Lender


def kept(lender: Lender) -> str | None:
    return ledgerkey.read(settings.load(lender.folder / "bridge.toml").settings, SystemClock())


def listen(lender: Lender) -> None:
    path = lender.folder / "bridge.toml"
    path.write_text(path.read_text("utf-8") + "\n[listen]\nport = 8767\n", "utf-8")


def test_a_secret_is_made_shown_once_and_kept(lender: Lender) -> None:
    code, out, _ = lender.run("connect", "deudores")
    secret = kept(lender)
    assert code == 0
    assert secret is not None
    assert len(secret) >= 43  # 256 bits
    assert f"it is not shown again: {secret}" in out
    assert "set [listen] port in bridge.toml" in out
    assert secret.encode() not in b"".join(lender.files().values())


def test_the_next_one_takes_its_place(lender: Lender) -> None:
    first = lender.json("connect", "deudores")["secret"]
    listen(lender)
    told = lender.json("connect", "deudores")
    assert told["secret"] == kept(lender) != first
    assert (told["path"], told["port"]) == ("/webhooks/deudores", 8767)


def test_a_secret_of_a_file_is_kept_and_not_shown(lender: Lender) -> None:
    file = lender.folder / "secret"
    file.write_text("given-by-the-app-0001\n", "utf-8")
    code, out, err = lender.run("connect", "deudores", "--secret-file", str(file))
    assert (code, kept(lender)) == (0, "given-by-the-app-0001")
    assert "given-by" not in out + err


@pytest.mark.parametrize(
    ("content", "said"),
    [("short", "too short"), ("two words-and-more", "not one"), ("", "not one")],
)
def test_a_file_without_one_good_secret_is_refused(lender: Lender, content: str, said: str) -> None:
    file = lender.folder / "secret"
    file.write_text(content, "utf-8")
    code, _, err = lender.run("connect", "deudores", "--secret-file", str(file))
    assert (code, said in err, kept(lender)) == (78, True, None)


def test_options_of_a_login_are_not_for_a_ledger(lender: Lender) -> None:
    code, _, err = lender.run("connect", "deudores", "--set-up")
    assert (code, "only --secret-file" in err) == (2, True)


def test_doctor_says_whether_the_webhooks_can_be_believed(lender: Lender) -> None:
    def line() -> dict[str, str] | None:
        lines = lender.json("doctor")["lines"]
        return next((each for each in lines if each["topic"] == "webhooks"), None)

    assert line() is None
    listen(lender)
    found = line()
    assert found is not None
    assert (found["state"], "connect deudores" in found["advice"]) == ("warning", True)
    lender.run("connect", "deudores")
    found = line()
    assert found is not None
    assert found["state"] == "ok"
