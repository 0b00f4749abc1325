"""Every door of the verdict opened in turn, and what each must say of one fact."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import requests
from babel import Locale

from bridge import settings
from bridge.cli.run import health_of
from bridge.core.money import text
from bridge.core.tie_out.verdict import Result
from bridge.daemon.app import listening
from bridge.report.figures import Figures
from bridge.report.texts import texts
from tests.cli.small_lender import Lender

LANGUAGES = {"es": "es-CO", "en": "en-US"}
"""Of the lender's reports, each with the way in which it writes amounts."""


@dataclass(frozen=True)
class Fact:
    """One thing that waits for a person, as every door must tell it."""

    code: str
    subject: str = ""
    """The ledger's row (`movement:9001`), our reference, or the number of a document by hand."""
    amount: str = "0"
    """As in JSON and CSV; people read it without its sign."""
    currency: str = ""
    file: str = ""
    row: int = 0
    behind: int = 0
    """How many writes wait for it."""


@dataclass
class Told:
    """What one door said, and the exit code; a report has none of its own."""

    text: str
    exit_code: int | None = None

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class _Jobs:
    """A daemon with nothing to say of its own."""

    def health(self) -> dict[str, Any]:
        return {"jobs": {}}


def health(lender: Lender) -> Any:
    """What the daemon's port answers, over HTTP."""
    loaded = settings.load(lender.folder / "bridge.toml").settings
    with listening(0, partial(health_of, loaded, _Jobs()), {}) as port:
        answer = requests.get(f"http://127.0.0.1:{port}/health", timeout=60)
    assert answer.status_code == 200
    return answer.json()


def opened(lender: Lender, *but: str) -> Iterator[tuple[str, Told]]:
    """Every door but these, one after the other. The pass first: later ones know what it left."""
    out = lender.folder / "out"
    verbs = {
        "sync": ("sync",),
        "reconcile": ("reconcile", "--format", "html,text,csv,json", "--out", str(out)),
        "status": ("status",),
        "tasks": ("tasks",),
        "doctor": ("doctor",),
    }
    for name, words in verbs.items():
        if name in but:
            continue
        code, said, _ = lender.run(*words, "--json")
        yield name, Told(said, code)
    yield "/health", Told(json.dumps(health(lender)))
    for path in sorted(out.iterdir()):
        yield _door_of(path), Told(path.read_text(encoding="utf-8-sig"))


def _door_of(path: Path) -> str:
    """`reconciliation-2026-11-29.es.html` → `es.html`."""
    return path.name.split(".", 1)[1]


DOCUMENTS = ("sync", "reconcile", "status", "tasks", "/health", "json")
TABLES = tuple(f"{language}.csv" for language in LANGUAGES)
PAGES = tuple(f"{language}.{form}" for language in LANGUAGES for form in ("html", "txt"))
DOORS = frozenset({*DOCUMENTS, *TABLES, *PAGES, "doctor"})


def wrong_exit_codes(
    told: dict[str, Told], exit_code: int, of_doctor: int | None = None
) -> dict[str, int | None]:
    """Doors that answer otherwise, those included that say their code in words. `doctor` may answer
    `of_doctor`, where it sees the settings themselves in the way."""
    right = dict.fromkeys(told, exit_code) | {"doctor": of_doctor or exit_code}
    wrong = {
        name: door.exit_code
        for name, door in told.items()
        if door.exit_code not in (None, right[name])
    }
    word = {0: "clean", 1: "person", 75: "later"}[exit_code]
    wrong |= {
        name: None for name in DOCUMENTS if name in told and told[name].json["verdict"] != word
    }
    return wrong


def silent(told: dict[str, Told], facts: tuple[Fact, ...]) -> list[tuple[str, str]]:
    """(door, code) of every fact that a door does not tell whole; nothing when all do."""
    assert told.keys() in (DOORS, DOORS - {"sync"})
    documents = [name for name in DOCUMENTS if name in told]
    found = []
    for fact in facts:
        cells = {name: _in_document(told[name].json, fact) for name in documents}
        cells |= {name: _in_table(told[name].text, fact) for name in TABLES}
        cells |= {name: _on_page(name, told[name].text, fact) for name in PAGES}
        cells["doctor"] = _at_the_doctor(told["doctor"].json, fact, facts)
        found += [(name, fact.code) for name, tells in cells.items() if not tells]
    return found


def codes(told: dict[str, Told]) -> dict[str, list[str]]:
    """Door → the codes of all tasks that it tells."""
    found = {name: [task["code"] for task in told[name].json["tasks"]] for name in DOCUMENTS}
    for name in TABLES:
        found[name] = [row["cause"] for row in _tasks_of(told[name].text)]
    return {name: sorted(each) for name, each in found.items()}


def _in_document(document: Any, fact: Fact) -> bool:
    place = {"file": fact.file, "row": fact.row}
    return any(
        (task["code"], task["subject"], Decimal(task["amount"]), task["currency"], task["where"])
        == (fact.code, fact.subject, Decimal(fact.amount), fact.currency, place)
        and task["behind"]["count"] == fact.behind
        for task in document["tasks"]
    )


def _tasks_of(table: str) -> list[dict[str, str]]:
    return [row for row in csv.DictReader(io.StringIO(table)) if row["record"] == "task"]


def _in_table(table: str, fact: Fact) -> bool:
    wanted = {
        "cause": fact.code,
        "subject": fact.subject,
        "amount": _plain(fact) if Decimal(fact.amount) else "",
        "currency": fact.currency,
        "file": fact.file,
        "row": str(fact.row or ""),
    }
    return any(wanted.items() <= row.items() for row in _tasks_of(table))


def _on_page(name: str, page: str, fact: Fact) -> bool:
    """Whether one thing to do, as it stands on a page for people, says all of the fact in the
    page's language, and the answer at its head is that a person must act."""
    language, form = name.split(".")
    words = texts(language)
    if words.of("results", Result.DIFFERS) not in page:
        return False
    parts = [words.cause(fact.code), words.subject(fact.subject)]
    if Decimal(fact.amount):
        figures = Figures(Locale.parse(LANGUAGES[language].replace("-", "_")), {"COP": 0})
        shown = figures.amount(abs(Decimal(fact.amount)), fact.currency)
        parts.append(f"{shown} {words.currency(fact.currency)}")
    if fact.behind:
        parts.append(words("behind", count=fact.behind))
    if fact.row:
        parts.append(words("place", file=fact.file, row=fact.row))
    else:
        parts.append(fact.file)
    return any(all(part in job for part in parts) for job in _jobs_on(page, form, words("today")))


def _jobs_on(page: str, form: str, heading: str) -> list[str]:
    """Each thing to do on a page, in one line."""
    if form == "html":
        found = re.findall(r'<article class="task.*?</article>', page, re.DOTALL)
        return [_one_line(html.unescape(re.sub(r"<[^>]*>", " ", each))) for each in found]
    _, _, rest = page.partition(heading)
    return [_one_line(part) for part in rest.split("\n\n")]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _at_the_doctor(document: Any, fact: Fact, facts: tuple[Fact, ...]) -> bool:
    """One line tells all facts of a code: what they are, how many, their sum, and the first."""
    alike = [each for each in facts if each.code == fact.code]
    total = sum(abs(Decimal(each.amount)) for each in alike)
    parts = [f"{len(alike)} × {texts('en').cause(fact.code)} [{fact.code}]"]
    if total:
        parts.append(f"{text(total, fact.currency)} {fact.currency}")
    lines = [line["finding"] for line in document["lines"] if line["state"] == "problem"]
    places = [(each.subject, each.file) for each in alike]
    return any(
        all(part in line for part in parts)
        and any(subject in line and file in line for subject, file in places)
        for line in lines
    )


def _plain(fact: Fact) -> str:
    return text(Decimal(fact.amount), fact.currency)
