"""The column map of the deudores source: what a bookkeeper may change about reading the ledger.

The models say what a valid `mappings/deudores.toml` is; `check` says what they cannot. Headings
and words are compared without case, accents and signs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Literal

from pydantic import Field

from bridge.core.ledger import AdjustmentKind, Frequency, LoanKind
from bridge.core.message import message
from bridge.core.money import EXPONENTS
from bridge.errors import Problem
from bridge.source.currencies import SHIPPED
from bridge.source.deudores.headings import Columns, Headings, Part
from bridge.source.texts import heading_key

Words = tuple[str, ...]

VISITS: Words = (
    "no vino", "no pagó", "no abonó", "no dio", "no estaba", "no se encontró", "no atendió",
    "no contestó", "sin pago", "sin abono", "no pago", "ausente", "cerrado", "visita", "não pagou",
)  # fmt: skip
"""What a collector writes instead of an amount where nothing was paid."""


class Convention(Part):
    """The way a locale writes numbers, and its country for phones without prefix."""

    grouping: Literal[".", ","]
    country: str = ""


class StoreEntry(Part):
    """The facts of a store that the CSV and XLSX forms cannot say."""

    currency: str = ""
    country: str = ""
    kind: Literal["", "fiado", "loan", "mixed"] = ""


class Limits(Part):
    """The sizes beyond which a file is refused before it costs memory or time."""

    file_bytes: int = Field(4 * 1024**3, gt=0)
    json_bytes: int = Field(4 * 1024**3, gt=0)
    unpacked_bytes: int = Field(4 * 1024**3, gt=0)
    unpacked_ratio: int = Field(200, gt=1)
    shared_text_bytes: int = Field(1024**3, gt=0)
    rows: int = Field(50_000_000, gt=0)
    columns: int = Field(256, gt=0)
    cell_characters: int = Field(100_000, gt=0)
    reported_rows: int = Field(1_000, gt=0)


class MovementWords(Part):
    payment: Words
    charge: Words
    interest: Words = ()
    late_fee: Words = ()
    discount: Words = ()
    write_off: Words = ()
    refund: Words = ()
    reversal: Words = ()


class KindWords(Part):
    cash_loan: Words
    running_account: Words


class FrequencyWords(Part):
    daily: Words
    weekly: Words
    biweekly: Words
    monthly: Words
    none: Words = ()


class StateWords(Part):
    open: Words
    paid: Words
    written_off: Words
    renewed: Words = ()
    annulled: Words = ()


class ConsentWords(Part):
    given: Words
    missing: Words
    revoked: Words


class SplitwiseWords(Part):
    settlement: Words
    total: Words


class ValueWords(Part):
    """Which words in the cells mean what."""

    movements: MovementWords
    kinds: KindWords
    frequencies: FrequencyWords
    states: StateWords
    yes: Words
    no: Words
    consents: ConsentWords
    methods: dict[str, Words]
    totals: Words
    payment_columns: Words = ()
    splitwise: SplitwiseWords
    currencies: dict[str, Words] = SHIPPED
    visits: Words = VISITS


class DeudoresMapping(Part):
    """`mappings/deudores.toml`."""

    version: Literal[1] = 1
    default_currency: str = "COP"
    default_locale: str = "es-CO"
    currency_unknown: Literal["hold", "store"] = "hold"
    default_kind: Literal["auto", "cash_loan", "running_account"] = "auto"
    cancelado: Literal["paid", "annulled"] = "paid"
    amount_is: Literal["lent", "owed", "ask"] = "ask"
    balance_without_payments: Literal["opening", "ask", "ignore"] = "opening"
    weak_ids: Literal["accept", "refuse"] = "accept"
    ambiguous_amounts: Literal["hold", "locale"] = "hold"
    date_order: Literal["hold", "day_first", "month_first"] = "hold"
    rounding: Literal["half_up", "hold"] = "half_up"
    tolerance: Decimal = Field(Decimal(0), ge=0)
    daily_skips: tuple[Literal[0, 1, 2, 3, 4, 5, 6], ...] = (6,)
    installation: str = Field("local", min_length=1, max_length=64)
    splitwise_me: str = ""
    undated_payments: Literal["ask", "hold", "period"] = "ask"
    ignore: Headings = ()
    ignore_sheets: Headings = ()
    conventions: dict[str, Convention]
    currencies: dict[str, str]
    stores: dict[str, StoreEntry] = Field(default_factory=dict)
    columns: Columns
    words: ValueWords
    limits: Limits = Limits()

    @cached_property
    def grouping(self) -> dict[str, str]:
        """Currency → sign between thousands."""
        return {
            currency: self.conventions[locale].grouping
            for currency, locale in self.currencies.items()
            if locale in self.conventions
        }

    @cached_property
    def movement_words(self) -> dict[str, str]:
        return _meanings(self.words.movements)

    @cached_property
    def kind_words(self) -> dict[str, LoanKind]:
        return {word: LoanKind(kind) for word, kind in _meanings(self.words.kinds).items()}

    @cached_property
    def frequency_words(self) -> dict[str, Frequency]:
        return {word: Frequency(name) for word, name in _meanings(self.words.frequencies).items()}

    @cached_property
    def state_words(self) -> dict[str, str]:
        return _meanings(self.words.states) | dict.fromkeys(
            ("CANCELADO", "CANCELADA"), self.cancelado
        )

    @cached_property
    def truth_words(self) -> dict[str, bool]:
        yes = {heading_key(word): True for word in self.words.yes}
        return yes | {heading_key(word): False for word in self.words.no}

    @cached_property
    def consent_words(self) -> dict[str, str]:
        return _meanings(self.words.consents)

    @cached_property
    def method_words(self) -> dict[str, str]:
        return _inverted(self.words.methods)

    @cached_property
    def total_words(self) -> frozenset[tuple[str, ...]]:
        """The phrases that begin a row of totals, each as its words."""
        return frozenset(
            tuple(heading_key(word) for word in phrase.split()) for phrase in self.words.totals
        )

    @cached_property
    def ignored(self) -> frozenset[str]:
        """Headings of columns that may be left out."""
        return frozenset(heading_key(heading) for heading in self.ignore)

    @cached_property
    def ignored_sheets(self) -> frozenset[str]:
        """Titles of sheets that may be left out."""
        return frozenset(heading_key(title) for title in self.ignore_sheets)

    @cached_property
    def visit_words(self) -> frozenset[str]:
        return frozenset(heading_key(word) for word in self.words.visits)


def adjustment_of(meaning: str) -> AdjustmentKind:
    """The adjustment that a movement word's meaning names (anything but `payment`)."""
    return AdjustmentKind(meaning)


def _meanings(part: Part) -> dict[str, str]:
    return _inverted({name: getattr(part, name) for name in type(part).model_fields})


def _inverted(groups: Mapping[str, Words]) -> dict[str, str]:
    return {heading_key(word): meaning for meaning, words in groups.items() for word in words}


def check(mapping: DeudoresMapping, where: str = "mappings/deudores.toml") -> list[Problem]:
    """The mistakes in a mapping that its form alone does not show; empty when all is well."""
    return [
        *_doubled_headings(mapping, where),
        *_doubled_words(mapping, where),
        *_unknown_currencies(mapping, where),
        *_no_codes(mapping, where),
        *_unknown_locales(mapping, where),
    ]


def _doubled_headings(mapping: DeudoresMapping, where: str) -> Iterator[Problem]:
    for kind in Columns.model_fields:
        groups = mapping.columns.table(kind)
        for heading, first, second in _claimed_twice(groups):
            yield Problem(
                f"{where}, [columns.{kind}] {second}",
                message("heading_twice", heading=heading, first=first),
                message("leave_in_one"),
            )


def _doubled_words(mapping: DeudoresMapping, where: str) -> Iterator[Problem]:
    words = mapping.words
    groups: dict[str, dict[str, Words]] = {
        "methods": words.methods,
        "yes/no": {"yes": words.yes, "no": words.no},
    }
    for name in ("movements", "kinds", "frequencies", "states", "consents"):
        part: Part = getattr(words, name)
        groups[name] = {field: getattr(part, field) for field in type(part).model_fields}
    for name, group in groups.items():
        for word, first, second in _claimed_twice(group):
            yield Problem(
                f"{where}, [words] {name}: {second}",
                message("word_twice", word=word, first=first),
                message("leave_in_one"),
            )


def _claimed_twice(groups: Mapping[str, Words]) -> Iterator[tuple[str, str, str]]:
    owner: dict[str, str] = {}
    for field, words in groups.items():
        for word in words:
            first = owner.setdefault(heading_key(word), field)
            if first != field:
                yield word, first, field


def _unknown_currencies(mapping: DeudoresMapping, where: str) -> Iterator[Problem]:
    named = [("default_currency", mapping.default_currency)]
    named += [(f"[currencies] {code}", code) for code in mapping.currencies]
    named += [(f'[stores."{name}"] currency', s.currency) for name, s in mapping.stores.items()]
    for key, code in named:
        if code and code not in EXPONENTS:
            known = ", ".join(sorted(EXPONENTS))
            yield Problem(
                f"{where}, {key}",
                message("currency_not_known", code=code),
                message("use_known", known=known),
            )


def _no_codes(mapping: DeudoresMapping, where: str) -> Iterator[Problem]:
    for code in mapping.words.currencies:
        if not (len(code) == 3 and code.isascii() and code.isupper()):
            yield Problem(
                f"{where}, [words.currencies] {code}",
                message("no_code_of_currency"),
                message("three_letters"),
            )


def _unknown_locales(mapping: DeudoresMapping, where: str) -> Iterator[Problem]:
    named = [("default_locale", mapping.default_locale)]
    named += [(f"[currencies] {code}", locale) for code, locale in mapping.currencies.items()]
    for key, locale in named:
        if locale not in mapping.conventions:
            known = ", ".join(sorted(mapping.conventions))
            yield Problem(
                f"{where}, {key}",
                message("no_convention", locale=locale),
                message("add_or_use", known=known),
            )
