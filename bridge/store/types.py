"""Column types: exact amounts, the source's own ids, and instants."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, Dialect, Text
from sqlalchemy.types import TypeDecorator, TypeEngine, UserDefinedType

from bridge.core.money import from_cents, to_cents


def cents_of(amount: Decimal) -> int:
    """Whole cents of an exact amount; anything but a Decimal is refused."""
    if type(amount) is not Decimal:
        raise TypeError(f"not an exact amount: {amount!r}")
    return to_cents(amount)


class Cents(TypeDecorator[Decimal]):
    """A Decimal amount, stored as whole cents."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        return None if value is None else cents_of(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else from_cents(int(value))


MAX_DIGITS = 18
"""Longest id that surely fits a 64-bit integer."""


def native(identifier: str) -> int | str:
    """The id as SQLite keeps it: plain whole numbers as integers, everything else as text.

    Numbers sort as numbers and before text, take a few bytes, and compare fast. The way back is
    `str`, because only what `str` gives back unchanged becomes a number.
    """
    if (
        identifier.isdigit()
        and identifier.isascii()
        and len(identifier) <= MAX_DIGITS
        and (identifier[0] != "0" or identifier == "0")
    ):
        return int(identifier)
    return identifier


class _Untyped(UserDefinedType[Any]):
    """A SQLite column that converts nothing."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "BLOB"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any] | None:
        return None

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any] | None:
        return None


class NativeId(TypeDecorator[str]):
    """An id of the ledger, as text; see `native` for how SQLite keeps it."""

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "sqlite":
            return dialect.type_descriptor(_Untyped())
        return dialect.type_descriptor(Text(collation="C"))

    def process_bind_param(self, value: str | None, dialect: Dialect) -> int | str | None:
        if value is None:
            return None
        return native(value) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)


def instant_of(stored: str) -> datetime:
    """The instant that `instant_text` wrote."""
    return datetime.fromisoformat(stored)


def instant_text(instant: datetime) -> str:
    """The instant in UTC as text that sorts by time."""
    assert instant.tzinfo is not None, "an instant needs its zone"
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
