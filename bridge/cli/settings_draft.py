"""A new lender's bridge.toml and mapping files: the documented examples with the answers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from bridge.cli.languages import of_locale
from bridge.cli.placeholders import LENDER
from bridge.cli.shipped import shipped
from bridge.core.mapping.electronic import OFFICES
from bridge.source.registry import SOURCES
from bridge.systems import registry as systems

_FIRST, _LEDGER = next(iter(systems.SYSTEMS)), next(iter(SOURCES))
"""The system and the ledger that the documented example shows."""
_LIMIT = "COP = 500000000"
_UNASKED = 'electronic_invoicing = { issues = "unknown" }'


@dataclass(slots=True)
class Answers:
    """The answers to what `init` asks; these are the defaults."""

    locale: str = "es-CO"
    name: str = LENDER
    timezone: str = "America/Bogota"
    home_currency: str = "COP"
    kind: str = _LEDGER
    """Which ledger it is."""
    path: str = "inbox"
    systems: tuple[str, ...] = (_FIRST,)
    companies: dict[str, str] = field(default_factory=dict)
    """System → company id, of those that are known already."""
    invoicing: dict[str, str] = field(default_factory=dict)
    """System → whether the company issues electronic invoices from it: yes, no, unknown."""
    ledger: dict[str, str] = field(default_factory=dict)
    """Key of the ledger's mapping → what was answered about a file."""
    asked_by: str = ""
    asked_on: date | None = None

    @property
    def said(self) -> str:
        """The name of who answered, and the day: it stands beside an answer in a file."""
        return " ".join(part for part in (self.asked_by, str(self.asked_on or "")) if part)

    def invoicing_of(self, name: str) -> str:
        """The answer about a system's electronic invoices; before that, what its country makes
        likely."""
        return self.invoicing.get(name) or ("unknown" if self.locale[3:5] in OFFICES else "no")


def ledger_mapping(kind: str) -> Path:
    """The place of a ledger's mapping in a lender's folder."""
    return Path("mappings", f"{kind}.toml")


def files(answers: Answers) -> dict[Path, str]:
    """Name in the lender's folder → content."""
    made = {Path("bridge.toml"): _bridge_toml(answers)}
    ledger = ledger_mapping(answers.kind)
    made[ledger] = _ledger_mapping(_example(str(ledger)), answers)
    for name in answers.systems:
        made[Path("mappings", f"{name}.toml")] = _example(f"mappings/{name}.toml")
    return made


def _bridge_toml(answers: Answers) -> str:
    text = _example("config/bridge.toml.example")
    _, _, text = text.partition("\n")
    text = f"# Settings of the accounting bridge.\n{text}"
    for key in ("name", "timezone", "locale", "home_currency", "kind", "path"):
        text = _with(text, key, getattr(answers, key))
    for word in ("mappings/{}.toml", "/webhooks/{}", "connect {}`"):
        text = text.replace(word.format(_LEDGER), word.format(answers.kind))
    language = of_locale(answers.locale)
    if language is not None:
        text = text.replace('languages = ["es"] ', f'languages = ["{language}"] ')
    if answers.home_currency != "COP":
        text = text.replace(_LIMIT, f"# {answers.home_currency} = 500000")
    before, rest = text.split(f"[systems.{_FIRST}]\n", 1)
    shown, after = rest.split("\n[limits]", 1)
    tables = []
    for number, name in enumerate(answers.systems):
        explained = shown if number == 0 else _bare(shown)
        tables.append(f"[systems.{name}]\n{_system(explained, name, answers)}")
    return "\n".join([before.rstrip("\n") + "\n", *tables, "[limits]" + after])


def _system(table: str, name: str, answers: Answers) -> str:
    """The example's table of a system for this one."""
    table = table.replace(f"mappings/{_FIRST}.toml", f"mappings/{name}.toml")
    table = table.replace(f"connect {_FIRST}", f"connect {name}")
    shown, about = systems.about(_FIRST), systems.about(name)
    for key in ("base_url", "token_url", "authorize_url"):
        table = table.replace(getattr(shown, key), getattr(about, key))
    table = _with(table, "company_id", answers.companies.get(name) or about.company_example)
    table = _with(table, "client_id", about.client_example)
    return table.replace(_UNASKED, _electronic(answers, name))


def _electronic(answers: Answers, name: str) -> str:
    """The setting that says what was answered about electronic invoices; a no with who said it.
    Where more is to be said, that is the accountant's to sign."""
    issues = answers.invoicing_of(name)
    if issues != "no" or answers.asked_on is None:
        return f'electronic_invoicing = {{ issues = "{issues}" }}'
    who = json.dumps(answers.asked_by, ensure_ascii=False)
    signed = f"answered_by = {who}, answered_on = {answers.asked_on.isoformat()}"
    return f'electronic_invoicing = {{ issues = "no", {signed} }}'


def _bare(table: str) -> str:
    """The table without its explanations: they stand once."""
    lines = (line.partition(" #")[0].rstrip() for line in table.split("\n"))
    return "\n".join(line for line in lines if line and not line.startswith("#")) + "\n"


def _ledger_mapping(text: str, answers: Answers) -> str:
    """The ledger's mapping, where amounts without a currency or convention of their own are read by
    the answers."""
    for key, value in usual_keys(text, answers.home_currency, answers.locale).items():
        text = _with(text, key, value)
    return with_answers(text, answers.ledger, answers.said)


def usual_keys(text: str, currency: str, locale: str) -> dict[str, str]:
    """The keys of a shipped mapping that follow the lender's currency and country."""
    usual = {"default_currency": currency} if "\ndefault_currency = " in text else {}
    return usual | ({"default_locale": locale} if f"\n{locale} = {{" in text else {})


def with_answers(text: str, given: Mapping[str, str], said: str) -> str:
    """A mapping's text with these keys, each with a remark on who said so and when; all else of it
    stays as it is, comments too. A key that it lacks stands before its first table."""
    lines = text.split("\n")
    for key, value in given.items():
        written = f"{key} = {json.dumps(value, ensure_ascii=False)}"
        told = f"{written:<31} # {said}"
        at = next((n for n, line in enumerate(lines) if re.match(rf"{key}\s*=", line)), None)
        if at is None:
            tables = (n for n, line in enumerate(lines) if line.startswith("["))
            lines.insert(next(tables, len(lines)), told)
        else:
            lines[at] = told
    return "\n".join(lines)


def _with(text: str, key: str, value: str) -> str:
    """The text with another value of a key, its comment kept."""
    lines = text.split("\n")
    number = next(n for n, line in enumerate(lines) if line.startswith(f"{key} = "))
    comment = lines[number].partition("#")[2]
    lines[number] = f"{key} = {json.dumps(value, ensure_ascii=False)}"
    if comment:
        lines[number] = f"{lines[number]:<31} #{comment}"
    return "\n".join(lines)


def _example(name: str) -> str:
    return shipped(name).read_text(encoding="utf-8")
