"""A reading of the ledger in words: sections for a screen and a page, and plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from bridge.core import money
from bridge.core.change.ledger_reading import ChangedLoan, LedgerReading
from bridge.core.ledger import ReadTable
from bridge.core.loan.understood import UnderstoodLoan
from bridge.report import planned
from bridge.report.figures import Figures, decimals_of, locale_for
from bridge.report.texts import Texts

ZERO = Decimal(0)


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the reading: a table or lines, under a title. A head that begins with `>` is of
    figures."""

    title: str
    note: str = ""
    heads: list[str] = []
    rows: list[list[str]] = []
    lines: list[str] = []


class ReadingWords:
    """A reading in one language."""

    def __init__(
        self, reading: LedgerReading, texts: Texts, locale: str, *, names: bool = True
    ) -> None:
        """`names`: whether people are named."""
        self._reading, self._texts, self._names = reading, texts, names
        self._words = texts.tables["reading"]
        amounts = ((each.currency, each.started, each.repaid, each.owed) for each in reading.sums)
        self._figures = Figures(locale_for(texts.language, locale), decimals_of(amounts))
        self._plan = planned.PlanWords(texts, self._figures)

    @property
    def title(self) -> str:
        return self._words["title"].format(name=self._reading.name)

    @property
    def facts(self) -> list[str]:
        """The delivery in a few words: its day, its form, whether what it lacks is gone."""
        facts, words = self._reading.facts, self._words
        complete = words["complete"] if facts.complete else words["partial"]
        told = [words["as_of"].format(day=self._day(facts.as_of)), facts.format.upper(), complete]
        if facts.by_content:
            told.append(words["by_content"])
        return told

    def sections(self) -> Iterator[Section]:
        """Every part that has something to say, the most asked for first."""
        reading = self._reading
        found = [
            self._sums(reading),
            self._payments(reading),
            self._rows(reading),
            self._tables(reading),
            self._first(reading),
            self._held(reading),
            self._found(reading),
            self._changes(reading),
        ]
        return (one for one in found if one is not None)

    def _sums(self, reading: LedgerReading) -> Section | None:
        words = self._words
        heads = [
            "kind",
            "currency",
            ">loans",
            ">open",
            ">started",
            ">added",
            ">paid_before",
            ">repaid",
        ]
        heads += [">taken_off", ">owed", ">held_count", ">held_owed"]
        rows = [
            [
                words[each.kind.value],
                self._texts.currency(each.currency),
                self._figures.number(each.loans),
                self._figures.number(each.open),
                *(
                    self._figures.amount(amount, each.currency) if amount else ""
                    for amount in (
                        each.started,
                        each.added,
                        each.paid_before,
                        each.repaid,
                        each.taken_off,
                    )
                ),
                self._figures.amount(each.owed, each.currency),
                self._figures.number(each.held) if each.held else "",
                self._figures.amount(each.held_owed, each.currency) if each.held else "",
            ]
            for each in reading.sums
        ]
        note = self._beside(reading)
        if not rows:
            return Section(title=words["sums"], note=note, lines=[words["no_loans"]])
        return self._table("sums", heads, rows, note)

    def _beside(self, reading: LedgerReading) -> str:
        """The rows that stand in no sum: annulled loans, and payments of loans that are not
        there."""
        told = []
        if reading.annulled:
            told.append(self._words["annulled"].format(count=reading.annulled))
        if reading.strays:
            effect = self._figures.plain(reading.strays_effect)
            told.append(self._words["strays"].format(count=reading.strays, effect=effect))
        return " ".join(told)

    def _payments(self, reading: LedgerReading) -> Section | None:
        words = self._words
        rows = [
            [
                self._method(each.method),
                self._texts.currency(each.currency),
                self._figures.number(each.count),
                self._figures.amount(each.amount, each.currency),
                self._day(each.first),
                self._day(each.last),
            ]
            for each in reading.payments
        ]
        if not rows:
            return Section(title=words["payments"], lines=[words["no_payments"]])
        heads = ["method", "currency", ">count", ">amount", "first_day", "last_day"]
        return self._table("payments", heads, rows)

    def _rows(self, reading: LedgerReading) -> Section | None:
        number = self._figures.number
        rows = [
            [
                self._texts.of("ledger", each.entity),
                number(each.now),
                *(number(n) if n else "" for n in (each.new, each.changed, each.removed)),
            ]
            for each in reading.rows
        ]
        if reading.changed is None:
            return self._table("rows", ["what", ">count"], [row[:2] for row in rows])
        return self._table("rows", ["what", ">count", ">new", ">changed", ">removed"], rows)

    def _tables(self, reading: LedgerReading) -> Section | None:
        rows = [row for table in reading.tables for row in self._columns(table)]
        return self._table("tables", ["file", "taken_for", "heading", "field"], rows)

    def _columns(self, table: ReadTable) -> Iterator[list[str]]:
        """A row for each heading; the table is named once, columns of payments told together."""
        place = self._texts.place(table.file, table.line)
        kind = self._words[f"table_{table.kind}"]
        if not table.columns:
            yield [place, kind, "", ""]
        paid = [heading for heading, field in table.columns if field == "payment"]
        told = [(heading, field) for heading, field in table.columns if field != "payment"]
        if paid:
            ends = paid if len(paid) < 3 else [paid[0], "…", paid[-1]]
            told.append((f"{' '.join(ends)} ({len(paid)})", "payment"))
        for heading, field in told:
            yield [place, kind, heading, self._texts.of("ledger_fields", field)]
            place = kind = ""

    def _first(self, reading: LedgerReading) -> Section | None:
        heads = ["loan", "borrower", "kind", "currency", "start", "due", ">started", ">interest"]
        heads += [">added", ">paid_before", ">repaid", ">taken_off", ">owed"]
        rows = [self._loan(loan) for loan in reading.first]
        return self._table("first", heads, rows, self._words["first_note"])

    def _loan(self, loan: UnderstoodLoan) -> list[str]:
        amount, currency = self._figures.amount, loan.currency
        return [
            loan.loan,
            loan.borrower if self._names else "",
            self._words[loan.kind.value],
            self._texts.currency(currency),
            self._day(loan.start),
            self._day(loan.due),
            amount(loan.started, currency),
            "" if loan.interest is None else amount(loan.interest, currency),
            *(
                amount(each, currency) if each else ""
                for each in (loan.added, loan.paid_before, loan.repaid, loan.taken_off)
            ),
            amount(loan.owed, currency),
        ]

    def _held(self, reading: LedgerReading) -> Section | None:
        rows = [
            [
                loan.loan,
                loan.borrower if self._names else "",
                self._figures.amount(loan.owed, loan.currency),
                self._texts.currency(loan.currency),
                "; ".join(self._texts.cause(code) for code in loan.held),
                self._texts.place(loan.file, loan.row),
            ]
            for loan in reading.held
        ]
        held = sum(each.held for each in reading.sums)
        heads = ["loan", "borrower", ">owed", "currency", "why", "where"]
        return self._table("held", heads, rows, self._more(held, len(rows)))

    def _found(self, reading: LedgerReading) -> Section | None:
        lines = [line[2:] for line in self._plan.found(reading.found)]
        return Section(title=self._words["found"], lines=lines) if lines else None

    def _changes(self, reading: LedgerReading) -> Section | None:
        if reading.changed is None:
            return None
        lines = [self._change(each) for each in reading.changed]
        note = self._more(reading.changed_loans, len(lines))
        return Section(
            title=self._words["changes"], note=note, lines=lines or [self._words["no_changes"]]
        )

    def _change(self, change: ChangedLoan) -> str:
        loan = change.now or change.before
        assert loan is not None, "a change is of a loan"
        amount, words = self._figures.amount, self._words
        who = f" ({loan.borrower})" if self._names and loan.borrower else ""
        subject = self._texts.subject(f"loan:{loan.loan}") + who
        if change.before is None:
            return words["change_new"].format(
                loan=subject, owed=amount(loan.owed, loan.currency), currency=loan.currency
            )
        if change.now is None:
            return words["change_gone"].format(
                loan=subject, owed=amount(loan.owed, loan.currency), currency=loan.currency
            )
        before, now = change.before, change.now
        parts = [
            words["change_of"].format(what=words[name], before=told[0], after=told[1])
            for name in msgspec.structs.asdict(now)
            if name in _TOLD
            and (told := (self._value(name, before), self._value(name, now)))[0] != told[1]
        ]
        return words["change_loan"].format(loan=subject, changes="; ".join(parts))

    def _value(self, name: str, loan: UnderstoodLoan) -> str:
        value = getattr(loan, name)
        if isinstance(value, Decimal):
            return self._figures.amount(value, loan.currency)
        if isinstance(value, date):
            return self._day(value)
        if isinstance(value, bool):
            return self._words["yes" if value else "no"]
        if isinstance(value, int):
            return self._figures.number(value)
        return self._words.get(str(value), str(value)) if value else "–"

    def _table(
        self, name: str, heads: Sequence[str], rows: list[list[str]], note: str = ""
    ) -> Section | None:
        """A table under its title, without the columns in which nothing stands."""
        if not rows:
            return None
        kept = [at for at in range(len(heads)) if any(row[at] for row in rows)]
        return Section(
            title=self._words[name],
            note=note,
            heads=[_head(heads[at], self._words) for at in kept],
            rows=[[row[at] for at in kept] for row in rows],
        )

    def _more(self, count: int, shown: int) -> str:
        if count <= shown:
            return ""
        return self._words["largest"].format(
            count=self._figures.number(count), shown=self._figures.number(shown)
        )

    def _method(self, method: str) -> str:
        if method.startswith("wallet:"):
            return method.partition(":")[2]
        return self._words[f"method_{method or 'unknown'}"]

    def _day(self, day: date | None) -> str:
        return "" if day is None else self._figures.short_day(day)


_TOLD = frozenset(
    {"borrower", "kind", "currency", "start", "due", "started", "interest", "added", "repaid"}
    | {"paid_before", "taken_off", "owed", "payments", "annulled"}
)
"""Fields of a loan whose change is told."""


def _head(name: str, words: dict[str, str]) -> str:
    figures = name.startswith(">")
    return (">" if figures else "") + words[name.lstrip(">")]


def page(words: ReadingWords, texts: Texts) -> bytes:
    """The reading as one page that needs nothing else."""
    told = _template().render(
        t=texts,
        title=words.title,
        facts=words.facts,
        note=texts.tables["reading"]["nothing_written"],
        sections=list(words.sections()),
    )
    return told.encode()


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("bridge.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("reading.html")


def document(reading: LedgerReading, *, names: bool = True) -> dict[str, Any]:
    """The reading as plain values: amounts as text, dates as ISO."""
    facts = reading.facts
    return {
        "name": reading.name,
        "as_of": facts.as_of.isoformat(),
        "written_on": facts.written_on.isoformat() if facts.written_on else None,
        "format": facts.format,
        "complete": facts.complete,
        "by_content": facts.by_content,
        "tables": [
            {
                "file": table.file,
                "kind": table.kind,
                "row": table.line,
                "columns": [{"heading": h, "field": f} for h, f in table.columns],
            }
            for table in reading.tables
        ],
        "rows": [msgspec.structs.asdict(each) for each in reading.rows],
        "sums": [_plain(each, each.currency) for each in reading.sums],
        "annulled": reading.annulled,
        "strays": reading.strays,
        "strays_effect": money.text(reading.strays_effect, money.NO_CURRENCY),
        "payments": [_plain(each, each.currency) for each in reading.payments],
        "first": [_loan(loan, names) for loan in reading.first],
        "held": [_loan(loan, names) for loan in reading.held],
        "findings": planned.findings(reading.found),
        "changed_loans": None if reading.changed is None else reading.changed_loans,
        "changed": None
        if reading.changed is None
        else [
            {
                "before": _loan(each.before, names) if each.before else None,
                "now": _loan(each.now, names) if each.now else None,
            }
            for each in reading.changed
        ],
    }


def _loan(loan: UnderstoodLoan, names: bool) -> dict[str, Any]:
    told = _plain(loan, loan.currency)
    if not names:
        told.pop("borrower")
    return told


def _plain(value: msgspec.Struct, currency: str) -> dict[str, Any]:
    return {
        name: money.text(each, currency) if isinstance(each, Decimal) else each
        for name, each in msgspec.structs.asdict(value).items()
    }
