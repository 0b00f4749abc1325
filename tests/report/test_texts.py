"""Every code that can reach a report is said in every language."""

from __future__ import annotations

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from string import Formatter
from typing import get_args, get_type_hints

import pytest

import bridge.report
from bridge.cli.arguments import parser
from bridge.core.books import EntryKind, Kind, Status
from bridge.core.delivery import Operation, State
from bridge.core.findings import CATALOGUE, Severity
from bridge.core.mapping.mapping_file import Policies
from bridge.core.plan import HOLD_CODES
from bridge.core.tie_out.causes import CODES as VERDICT_CODES
from bridge.core.tie_out.checks import WHY, CheckCode, Outcome
from bridge.core.tie_out.items import ItemKind
from bridge.core.tie_out.principal import DEPOSIT, NEVER_INCOME
from bridge.core.tie_out.reconciliation import ACTIONS, CAUSES, COUNTED, NOTICES
from bridge.core.tie_out.verdict import Result
from bridge.report.texts import LANGUAGES, LOCALES, texts
from bridge.settingtypes import Languages
from bridge.source.deudores.mapping import MovementWords
from bridge.source.deudores.survey import DAY_FORMS

REPORT = Path(bridge.report.__file__).parent
FIELDS = {
    "status", "number", "name", "currency", "day", "due", "total", "rate", "customer", "lines",
    "applications", "deposit_account", "credit_note", "memo", "accounts", "tax", "tax_amount",
    "tags",
}  # fmt: skip
CODES = {
    "causes": CAUSES | HOLD_CODES | VERDICT_CODES,
    "actions": ACTIONS,
    "notices": NOTICES,
    "findings": set(CATALOGUE),
    "kinds": {kind.value for kind in ItemKind},
    "counts": {kind.value for kind in ItemKind} | set(COUNTED),
    "documents": {*(kind.value for kind in Kind), *(kind.value for kind in EntryKind)},
    "fields": FIELDS,
    "values": {*(s.value for s in Status), *(o.value for o in Operation)},
    "subjects": {
        "loan",
        "movement",
        "borrower",
        "document",
        "file",
        "installation",
        "instalment",
        "store",
        "route",
        "collector",
    },
    "outbox": {state.value for state in State},
    "severities": {severity.value for severity in Severity},
    "results": {result.value for result in Result},
    "result_notes": {result.value for result in Result},
    "checks": {code.value for code in CheckCode},
    "check_outcomes": {outcome.value for outcome in Outcome},
    "check_amounts": {
        *("principal", "control", "opening", "cash"),
        *("unapplied", "write_off", "recovery", "renewals"),
    },
    "check_reasons": WHY,
    "purposes": {*NEVER_INCOME, DEPOSIT},
    "movements": {*MovementWords.model_fields},
    "day_forms": {*(name for name, _ in DAY_FORMS), "date cell"},
    "verdicts": {"clean", "person", "later", "refused", "unfinished"},
    "calls": {"total", "metered", "metered_today", "throttled"},
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", sorted(CODES))
def test_every_code_is_said_and_nothing_else(language, table):
    assert set(texts(language).tables[table]) == CODES[table]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_action_says_what_follows_otherwise_and_what_to_type(language):
    tables = texts(language).tables
    assert not ACTIONS - set(tables["consequences"])
    assert not ACTIONS - set(tables["commands"])


OTHERS_ENGLISH = {code: {"reason"} for code in ("no_toml", "cron_refused", "state_is_none")}
"""What a library says in English, which only an English sentence takes along."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_languages_have_the_same_keys_and_the_same_blanks(language):
    ours, theirs = texts(language).tables, texts("en").tables
    assert {name: set(table) for name, table in ours.items()} == {
        name: set(table) for name, table in theirs.items()
    }
    for name, table in ours.items():
        for code, sentence in table.items():
            left_out = set() if language == "en" else OTHERS_ENGLISH.get(code, set())
            assert blanks(sentence) == blanks(theirs[name][code]) - left_out, code


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("table", ["causes", "actions", "consequences", "findings"])
def test_causes_and_actions_are_whole_sentences(language, table):
    for code, sentence in texts(language).tables[table].items():
        assert sentence[0].isupper(), code
        assert sentence.endswith("."), code


def test_the_settings_take_every_language_of_the_reports_and_no_other():
    assert set(get_args(get_args(get_args(Languages)[0])[0])) == set(LANGUAGES) == set(LOCALES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_command_names_only_verbs_that_exist(language):
    named = set()
    for sentence in texts(language).tables["commands"].values():
        named |= set(re.findall(r"ledger-bridge ([a-z]+(?: [a-z]+)?)", sentence))
    assert named == {
        "drift accept",
        "drift adopt",
        "drift different",
        "drift repost",
        "connect",
        "doctor",
        "history",
        "outbox drop",
        "outbox retry",
        "rebuild",
        "sync",
        "mappings accounts",
        "tasks answer",
        "tasks different",
        "tasks gone",
        "tasks same",
    }
    for verb in named:
        with pytest.raises(SystemExit) as ended, redirect_stdout(StringIO()):
            parser().parse_args([*verb.split(), "--help"])
        assert ended.value.code == 0, verb


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_command_names_only_settings_that_exist(language):
    sentences = texts(language).tables["commands"]
    for code, (field, value) in {
        "decide_amount": ("amount_edited", "correct"),
        "decide_overpayment": ("overpayment", "credit"),
        "open_period": ("closed_period", "adjust"),
    }.items():
        assert f'{field} = "{value}"' in sentences[code]
        assert value in get_args(get_type_hints(Policies)[field])


HIDDEN = {
    "es": r"retenid|en duda|pendiente|(?<!cuenta )puente|corrida|pasada|cancelad|monto|prestatario"
    r"|bandeja|llamada|outbox|drift|Todo cuadra",
    "en": r"\bbridge|held back|in doubt|outbox|pass\b",
    "pt": r"retid|em dúvida|pendente|ponte|execução|passagem|devedor|caixa de saída|chamada",
}
"""What a bookkeeper takes for something else, or has never heard of."""
TYPED = re.compile(r'"[^"]*"|`[^`]*`|ledger-bridge [a-z]+|drift adopt|bridge\.toml')
"""Others' words, and what somebody is to type or to open."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_has_a_word_that_a_bookkeeper_takes_for_something_else(language):
    for table, sentences in texts(language).tables.items():
        for code, sentence in sentences.items():
            shown = "" if table == "commands" else TYPED.sub("", sentence)
            assert not re.search(HIDDEN[language], shown, re.IGNORECASE), (table, code)
            if table not in {"cli", "details", "commands"}:
                assert "ledger-bridge" not in sentence, (table, code)
                assert ".toml" not in re.sub(r'"[^"]*"', "", sentence), (table, code)


def test_every_word_is_used():
    sources = [*REPORT.rglob("*.py"), *REPORT.glob("templates/*.html")]
    shown = "".join(path.read_text(encoding="utf-8") for path in sources)
    for word in texts("en").tables["words"]:
        assert re.search(rf"[\"']{word}[\"']", shown) or word.startswith("blank_"), word


def test_no_language_is_left_in_another_ones_words():
    for table, sentences in texts("es").tables.items():
        if table in {"causes", "actions", "findings", "notices"}:
            for code, sentence in sentences.items():
                assert sentence not in (texts(x).tables[table][code] for x in ("en", "pt"))


def test_an_unknown_code_is_shown_as_it_is():
    assert texts("es").cause("new.code") == "new.code"
    assert texts("es").of("systems", "alegra") == "alegra"


def blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}
