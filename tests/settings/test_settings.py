"""bridge.toml: what it may say, what lies over it, and how mistakes are told."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from zoneinfo import available_timezones

import pytest
from pydantic import TypeAdapter, ValidationError

from bridge import settings
from bridge.cli.shipped import shipped
from bridge.core.money import EXPONENTS
from bridge.errors import ConfigurationError
from bridge.settingtypes import Zone, zones
from tests.in_words import in_words

GOOD = """\
[lender]
name = "Crédito Fácil"
timezone = "America/Bogota"
home_currency = "COP"

[source]
kind = "deudores"
path = "inbox"

[systems.quickbooks]
company_id = "1"
budget = 15000
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    (tmp_path / "conf").mkdir()
    return tmp_path / "conf"


@pytest.fixture
def load(folder):
    def loaded(text: str = GOOD, **environment: str) -> settings.Settings:
        path = folder / "bridge.toml"
        path.write_text(text, encoding="utf-8")
        variables = {f"LEDGER_BRIDGE_{key}": value for key, value in environment.items()}
        return settings.load(path, variables).settings

    return loaded


@pytest.fixture
def problems(load):
    def told(text: str = GOOD, **environment: str) -> list[str]:
        with pytest.raises(ConfigurationError) as raised:
            load(text, **environment)
        return [in_words(problem) for problem in raised.value.problems]

    return told


def test_paths_are_relative_to_the_folder_of_the_file(load, folder):
    loaded = load()
    assert loaded.source.path == folder / "inbox"
    assert loaded.source.mapping == folder / "mappings" / "deudores.toml"
    assert loaded.systems["quickbooks"].mapping == folder / "mappings" / "quickbooks.toml"
    assert loaded.state.url == f"sqlite:///{folder}/state/bridge.db"
    assert loaded.report.folder == folder / "reports"
    assert loaded.logs.folder == folder / "state" / "logs"


def test_a_path_from_the_environment_is_relative_to_where_one_is(load, folder):
    loaded = load(SOURCE__PATH="mine", STATE__URL="sqlite:///mine.db")
    assert loaded.source.path == Path.cwd() / "mine"
    assert loaded.state.url == f"sqlite:///{Path.cwd()}/mine.db"


def test_absolute_paths_and_other_stores_stay(load):
    loaded = load(SOURCE__PATH="/data/in")
    assert loaded.source.path == Path("/data/in")
    assert load(STATE__URL="sqlite:////data/x.db").state.url == "sqlite:////data/x.db"
    assert load(STATE__URL="sqlite:///:memory:").state.url == "sqlite:///:memory:"


def test_the_environment_lies_over_the_file_key_by_key(load):
    loaded = load(
        SYSTEMS__QUICKBOOKS__MODE="backfill",
        LIMITS__DOCUMENTS="7",
        LIMITS__MONEY__COP="1000.50",
        REPORT__FORMATS="html, json",
        REPORT__LANGUAGES="en",
        LENDER__NAMES_IN_REPORTS="false",
        SOURCE__PREFER="",
    )
    assert loaded.systems["quickbooks"].mode == "backfill"
    assert loaded.systems["quickbooks"].company_id == "1"
    assert loaded.limits.documents == 7
    assert loaded.limits.money == {"COP": Decimal("1000.50")}
    assert loaded.report.formats == ("html", "json")
    assert loaded.report.languages == ("en",)
    assert loaded.lender.names_in_reports is False
    assert loaded.source.prefer is None


def test_the_sandbox_address_replaces_host_and_port_of_every_system(load):
    text = GOOD + 'base_url = "http://127.0.0.1:8765/quickbooks"\n'
    quickbooks = load(text, SANDBOX_URL="http://localhost:9000").systems["quickbooks"]
    assert quickbooks.base_url == "http://localhost:9000/quickbooks"
    assert quickbooks.token_url == "http://localhost:9000/oauth2/v1/tokens/bearer"


def test_without_addresses_the_provider_is_meant(load):
    quickbooks = load().systems["quickbooks"]
    assert quickbooks.base_url == "https://quickbooks.api.intuit.com"
    assert quickbooks.token_url.startswith("https://oauth.platform.intuit.com/")


def test_where_one_logs_in_is_known_and_moves_to_the_sandbox(load):
    assert load().systems["quickbooks"].authorize_url.startswith("https://appcenter.intuit.com/")
    moved = load(SANDBOX_URL="http://localhost:9000").systems["quickbooks"]
    assert moved.authorize_url == "http://localhost:9000/connect/oauth2"
    assert moved.redirect_uri == "http://localhost:8766/callback"


def test_a_redirect_address_is_kept_to_the_letter_and_never_unencrypted(load, problems):
    text = GOOD + 'redirect_uri = "https://example.com/back/"\n'
    assert load(text).systems["quickbooks"].redirect_uri == "https://example.com/back/"
    assert "unencrypted" in problems(text.replace("https", "http"))[0]


STATIC = GOOD + 'access = "static"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            GOOD.replace("[source]", "[sorce]"),
            'bridge.toml:6 sorce: "sorce" is not a known key. Did you mean "source"?',
        ),
        (GOOD.replace("path =", "pth ="), 'bridge.toml:8 [source] pth: "pth" is not a known key.'),
        (
            GOOD.replace("America/Bogota", "America/Bogta"),
            (
                'bridge.toml:3 [lender] timezone: "America/Bogta" is not a time zone. '
                'Did you mean "America/Bogota"?'
            ),
        ),
        (GOOD.replace('"COP"', '"CPO"'), "bridge.toml:4 [lender] home_currency"),
        (GOOD.replace('"COP"', '"XXX"'), '"XXX" is not a currency'),
        (
            GOOD.replace('"deudores"', '"deudors"'),
            'bridge.toml:7 [source] kind: "deudors" is not known here. Did you mean "deudores"?',
        ),
        (
            GOOD.replace("systems.quickbooks", "systems.quickboks"),
            (
                'bridge.toml:10 [systems] quickboks: "quickboks" is not an accounting system '
                'that the program knows. Did you mean "quickbooks"?'
            ),
        ),
        (GOOD.replace('company_id = "1"\n', ""), "bridge.toml:10 [systems.quickbooks] company_id"),
        (GOOD.replace('"1"', "12"), 'Write it in quotes: "12".'),
        (GOOD + 'base_url = "http://books.example.com"\n', "bridge.toml:13"),
        (GOOD + 'base_url = "books"\n', "is not a web address"),
        (GOOD + 'client_secret = "x"\n', "kept in the keyring"),
        (STATIC, "needs static_token"),
        (STATIC + 'static_token = "x"\n', "is for a sandbox on this machine"),
        (GOOD + "[limits]\nvoids = -1\n", "bridge.toml:14 [limits] voids: -1"),
        (GOOD + "[limits.money]\nCPO = 1\n", "bridge.toml:14 [limits.money] CPO"),
        (
            GOOD + '[schedule]\nsync = "every hour"\n',
            'bridge.toml:14 [schedule] sync: "every hour" is not a time of the day: it has 2',
        ),
        (GOOD + '[schedule]\nsync = "61 * * * *"\n', "value (61) is higher than the maximum"),
        (GOOD + '[schedule]\nreport = "0 6 * * 1-6"\n', "Write mon, mon-sat or sat,sun."),
        (GOOD + '[schedule]\nreport = "0 6 31 2 *"\n', '"0 6 31 2 *" never comes.'),
        (GOOD + "[schedule]\nreport = 6\n", "bridge.toml:14 [schedule] report: 6"),
        (GOOD + "[listen]\nport = 99999\n", "bridge.toml:14 [listen] port: 99999"),
        (GOOD + '[listen]\nhost = "0.0.0.0"\n', '[listen] host: "host" is not a known key'),
        (GOOD + '[report]\nformats = ["pdf"]\n', "bridge.toml:14 [report.formats 1]"),
        (GOOD + '[state]\nurl = "bridge.db"\n', "is not the address of a state store"),
        (
            GOOD + '[state]\nurl = "postgresql://ana:secret@db.example/bridge"\n',
            "[state] url: PostgreSQL cannot keep the state yet; an SQLite file can. Write",
        ),
        (GOOD + '[state]\nurl = "postgres+psycopg://db/bridge"\n', "PostgreSQL cannot keep"),
        (GOOD + '[lender2]\nname = "x"\n', 'Did you mean "lender"?'),
        (GOOD.replace("America/Bogota", "America/Bogota\nx"), "is not valid TOML"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_a_way_out(problems, text, said):
    assert any(said in problem for problem in problems(text)), problems(text)


def test_all_mistakes_are_told_at_once(problems):
    text = GOOD.replace("America/Bogota", "Bogota").replace("inbox", "in").replace("path", "pth")
    told = problems(text, LIMITS__DOCUMENTS="many", SOURCE_PATH="x")
    assert len(told) == 5, told


def test_a_mistake_in_the_environment_names_the_variable(problems):
    (told,) = problems(SYSTEMS__QUICKBOOKS__MODE="bakfill")
    assert told.startswith("environment LEDGER_BRIDGE_SYSTEMS__QUICKBOOKS__MODE:")
    assert 'Did you mean "backfill"?' in told


def test_an_unknown_variable_is_a_mistake(problems):
    (told,) = problems(SOURCE__PTH="x")
    assert told.startswith('environment LEDGER_BRIDGE_SOURCE__PTH: "pth" is not a known key.')
    assert 'Did you mean "path"?' in told


def test_no_word_is_a_key_that_only_we_know_of(problems):
    """One that the program uses itself ended it with an error of its own."""
    (told,) = problems(f'environment = "test"\n{GOOD}')
    assert '"environment" is not a known key.' in told


def test_a_variable_with_one_underscore_is_not_ignored(problems):
    (told,) = problems(SOURCE_PATH="x")
    assert told == (
        "environment LEDGER_BRIDGE_SOURCE_PATH: sets nothing. Write LEDGER_BRIDGE_SOURCE__PATH."
    )


def test_the_file_is_looked_for_here_and_then_in_etc(folder, monkeypatch):
    monkeypatch.chdir(folder)
    (folder / "bridge.toml").write_text(GOOD, encoding="utf-8")
    assert settings.load(None, {}).path == Path("bridge.toml")


def test_no_file_at_all_is_said_with_both_places(folder, monkeypatch):
    monkeypatch.setattr(settings, "LOOKUP", (Path("bridge.toml"), folder / "etc" / "bridge.toml"))
    with pytest.raises(ConfigurationError) as raised:
        settings.load(None, {})
    assert "ledger-bridge init" in in_words(raised.value.problems[0])
    assert raised.value.exit_code == 78


@pytest.mark.parametrize(
    "name",
    [
        "config/bridge.toml.example",
        "config/sandbox.toml",
        "config/demo.toml",
        "config/quickbooks.toml",
    ],
)
def test_shipped_settings_are_good(name):
    loaded = settings.load(shipped(name), {}).settings
    assert loaded.lender.home_currency == "COP"


def test_the_example_shows_every_key_there_is():
    text = shipped("config/bridge.toml.example").read_text(encoding="utf-8")
    hidden = {"static_token", "parallel", "calls_per_minute", "calls_per_second", "in_part_from"}
    for section, field in settings.Settings.model_fields.items():
        model = settings.SystemSettings if section == "systems" else field.annotation
        assert f"[{section}" in text
        for key in set(model.model_fields) - hidden - {"money"}:
            assert f"\n{key} = " in text or f"\n# {key} = " in text, f"[{section}] {key}"


def test_the_sandbox_configuration_names_files_that_are_there():
    loaded = settings.load(shipped("config/sandbox.toml"), {}).settings
    assert loaded.source.path.is_dir()
    assert loaded.source.mapping.is_file()
    assert loaded.systems["quickbooks"].mapping.is_file()


def test_the_currency_table_for_people_is_the_one_the_program_uses():
    text = (Path(__file__).parents[2] / "CONTRIBUTING.md").read_text(encoding="utf-8")
    for code, decimals in EXPONENTS.items():
        row = next(line for line in text.splitlines() if f"| {code} |" in line)
        cells = [cell.strip() for cell in row.split("|")]
        assert cells[cells.index(code) + 2] == str(decimals), code


def test_every_time_zone_of_this_machine_may_be_the_lenders():
    known = TypeAdapter(Zone)
    assert {known.validate_python(zone) for zone in available_timezones()} == available_timezones()


@pytest.mark.parametrize(
    "wrong", ["America", "America/", "America/Argentina", "America/Bogotá", "Europe/../Asia/Tokyo"]
)
def test_what_is_no_time_zone_is_refused(wrong):
    with pytest.raises(ValidationError, match="zone_unknown"):
        TypeAdapter(Zone).validate_python(wrong)


def test_a_lenders_time_zone_is_known_without_listing_all_of_them(load):
    zones.cache_clear()
    load()
    assert not zones.cache_info().misses
