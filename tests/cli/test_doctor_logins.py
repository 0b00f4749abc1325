"""`doctor` and `mappings check` before anybody can log in, and before anybody has."""

from __future__ import annotations

import pytest

from bridge.cli.main import main
from bridge.cli.shipped import shipped
from bridge.systems.registry import SYSTEMS
from tests.cli.logins import FACTS

EXAMPLES = {
    "quickbooks": "9130350000000000",
    "xero": "00000000-0000-0000-0000-000000000000",
    "zoho": "10000000000",
}


@pytest.mark.parametrize("system", SYSTEMS)
@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("client_id", "", "is not there: nobody can log in without an app"),
        ("client_id", "ABxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "is the example's, nobody's app"),
        ("company_id", None, "is the example's, nobody's company"),
        ("name", "Mi empresa SAS", "is the example's"),
    ],
)
def test_what_the_examples_left_is_a_problem_and_is_told(
    tmp_path, monkeypatch, capsys, system, key, value, said
) -> None:
    monkeypatch.chdir(tmp_path)
    main(["init", "--yes"])
    config = tmp_path / "bridge.toml"
    text = config.read_text("utf-8").replace("quickbooks", system)
    good = {"name": "Tía Rosa SAS", "company_id": FACTS[system].company, "client_id": "ABc7"}
    (tmp_path / "mappings" / "quickbooks.toml").unlink()
    filled = {**good, key: EXAMPLES[system] if value is None else value}
    lines = [
        next((f'{k} = "{v}"' for k, v in filled.items() if line.startswith(f"{k} = ")), line)
        for line in text.split("\n")
    ]
    config.write_text("\n".join(lines), encoding="utf-8")
    mapping = shipped(f"mappings/{system}.toml").read_text("utf-8")
    (tmp_path / "mappings" / f"{system}.toml").write_text(mapping, encoding="utf-8")
    capsys.readouterr()
    assert main(["mappings", "check"]) == 78
    assert said in capsys.readouterr().err
    if key != "name":  # else the provider itself would be asked
        assert main(["doctor"]) == 78
        told = capsys.readouterr().out
        assert f"problem  {system}: [systems.{system}] {key}" in told
        assert "not connected" not in told


def test_one_who_can_log_in_and_has_not_is_told_to(person) -> None:
    lines = person.lender.json("doctor", code=78)["lines"]
    (told,) = (line for line in lines if line["state"] == "problem")
    assert "is not connected: nobody has logged in to it." in told["finding"]
    assert f"ledger-bridge connect {person.system}" in told["finding"]
