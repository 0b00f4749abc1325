"""Questions of `init --from`: those that a lender's own file leaves open, one at a time.

Each comes with a place in the file where the doubt is, and with what every answer would make of
the file. Nothing is written here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from bridge import mappingfiles, wiring
from bridge.cli.output import Output
from bridge.cli.questions import Questions, Unusable
from bridge.cli.readings import tell_reading
from bridge.cli.settings_draft import ledger_mapping, usual_keys
from bridge.cli.shipped import shipped
from bridge.core.change.ledger_reading import LedgerReading
from bridge.core.findings import Finding
from bridge.core.money import EXPONENTS, NO_CURRENCY
from bridge.pipeline.ledger_check import check_ledger
from bridge.pipeline.open_questions import OpenQuestion, Outcome, Reader, open_question
from bridge.report.details import said
from bridge.report.figures import Figures, locale_for
from bridge.report.reading import ReadingWords
from bridge.report.texts import language_of, texts
from bridge.settings import Settings
from bridge.source.questions import Question


def _usual_of(loaded: Settings) -> dict[str, str]:
    """The keys of the mapping as shipped that follow the lender's country; none beside his own."""
    mapping, lender = loaded.source.mapping, loaded.lender
    if mapping != shipped(str(ledger_mapping(loaded.source.kind))):
        return {}
    text = mapping.read_text(encoding="utf-8")
    return usual_keys(text, lender.home_currency, lender.locale)


class FileDialog:
    """A talk with one lender about one file."""

    def __init__(self, loaded: Settings, out: Output, questions: Questions) -> None:
        """`loaded`: of the lender, with the file as its ledger; see `settings_for`."""
        self._loaded, self._out, self._questions = loaded, out, questions
        locale = loaded.lender.locale
        self._texts = texts(language_of(locale))
        self._words = self._texts.tables["questions"]
        self._figures = Figures(locale_for(self._texts.language, locale), {"COP": 0, "CRC": 0})
        self._reader = Reader(self._read)
        self._usual = _usual_of(loaded)

    def ask_all(self, *, safe: bool) -> dict[str, str]:
        """Key of the mapping → answer, of every question that the file leaves open. `safe`: nobody
        is asked."""
        given: dict[str, str] = {}
        self._tell(self._reader.outcome(given))
        any_open = False
        for question in self._questions_of_file():
            found = open_question(question, self._reader, given)
            if found is None:
                continue
            any_open = True
            if safe:
                if question.safe:
                    given[question.key] = question.safe
            else:
                given[question.key] = self._ask(found)
        if not any_open:
            self._out.say(self._words["none_open"])
            return given
        self._out.say("")
        self._out.say(self._words["result"])
        self._tell(self._reader.outcome(given), briefly=True)
        return given

    def _questions_of_file(self) -> tuple[Question, ...]:
        source = self._loaded.source
        assert source.mapping is not None, "settings_for names it"
        return mappingfiles.open_questions(source.kind, source.mapping)

    def _read(self, answers: Mapping[str, str]) -> LedgerReading:
        with wiring.open_ledger(self._loaded, None, answers=self._usual | dict(answers)) as ledger:
            return check_ledger(ledger)

    def _tell(self, outcome: Outcome, *, briefly: bool = False) -> None:
        """Tell the reading of the file as it was understood: in short, or with tables and the first
        loans."""
        if outcome.reading is None:
            self._out.say(self._words["refused"])
            self._out.problems(outcome.problems)
            return
        if briefly:
            self._out.say(f"  {self._short(outcome)}")
            return
        tell_reading(
            ReadingWords(outcome.reading, self._texts, self._loaded.lender.locale), self._out
        )

    def _ask(self, found: OpenQuestion) -> str:
        key = found.question.key
        self._out.say("")
        if found.question.any_currency:
            home = self._loaded.lender.home_currency
            return self._questions.ask(self._words[key], home, self._currency)
        outcomes = {each.answer: each for each in found.outcomes}
        if found.example is not None:
            self._out.say(self._example(found.example))
        self._out.say(self._words[key])
        for number, answer in enumerate(found.question.options, start=1):
            effect = f" → {self._short(outcomes[answer])}" if outcomes else ""
            self._out.say(f"  {number}. {self._words[f'{key}_{answer}']}{effect}")
        options = found.question.options
        default = str(options.index(found.question.safe) + 1)

        def chosen(text: str) -> str:
            if not (text.isascii() and text.isdecimal() and 1 <= int(text) <= len(options)):
                mistake = self._words["bad_choice"].format(answer=text, count=len(options))
                raise Unusable(mistake)
            return text

        typed = self._questions.ask(self._words["choose"], default, chosen)
        return options[int(typed) - 1]

    def _currency(self, text: str) -> str:
        code = text.upper()
        if code not in EXPONENTS or code == NO_CURRENCY:
            hint = self._questions.words("like", example="COP, MXN, USD")
            raise Unusable(self._questions.words("bad_home_currency", answer=text, near=hint))
        return code

    def _example(self, found: Finding) -> str:
        cause = self._texts.cause(found.code)
        told = said(found.detail, self._texts, self._figures) if found.detail else cause
        place = self._texts.place(found.file, found.row)
        return self._words["place"].format(place=place, detail=told) if place else told

    def _short(self, outcome: Outcome) -> str:
        return "; ".join(self._parts(outcome))

    def _parts(self, outcome: Outcome) -> Iterator[str]:
        if outcome.reading is None:
            what = said(outcome.problems[0].what, self._texts, self._figures)
            yield self._words["outcome_refused"].format(what=what)
            return
        if not outcome.reading.sums:
            yield self._words["outcome_nothing"]
        for each in outcome.reading.sums:
            told = self._words["outcome"].format(
                loans=self._figures.number(each.loans),
                owed=self._figures.amount(each.owed, each.currency),
                currency=self._texts.currency(each.currency),
            )
            kind = self._texts.tables["reading"][each.kind.value]
            held = ""
            if each.held:
                held = ", " + self._words["outcome_held"].format(
                    held=self._figures.number(each.held)
                )
            yield f"{kind}: {told}{held}"
