"""The messages of values that are not of the kind that a file must have there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bridge.core.message import Message, message


def odd(kind: str, value: str, context: Mapping[str, Any]) -> Message:
    """The words of what is wrong with a value. Kinds are named as pydantic names them."""
    limit = next((str(context[key]) for key in _LIMITS if key in context), "")
    if kind in _BOUNDS:
        return _BOUNDS[kind](value, limit)
    if kind == "string_pattern_mismatch":
        return message("odd_pattern", value=value, pattern=str(context.get("pattern", "")))
    of_type = next((_TYPES[each] for each in _TYPES if kind.startswith(each)), None)
    return of_type(value) if of_type else message("odd_value", value=value)


_LIMITS = ("gt", "ge", "lt", "le", "min_length", "max_length")
_BOUNDS: dict[str, Callable[[str, str], Message]] = {
    "greater_than": lambda value, limit: message("odd_above", value=value, limit=limit),
    "greater_than_equal": lambda value, limit: message("odd_at_least", value=value, limit=limit),
    "less_than": lambda value, limit: message("odd_below", value=value, limit=limit),
    "less_than_equal": lambda value, limit: message("odd_at_most", value=value, limit=limit),
    "string_too_short": lambda value, limit: message("odd_short", value=value, limit=limit),
    "too_short": lambda value, limit: message("odd_short", value=value, limit=limit),
    "string_too_long": lambda value, limit: message("odd_long", value=value, limit=limit),
    "too_long": lambda value, limit: message("odd_long", value=value, limit=limit),
}
_TYPES: dict[str, Callable[[str], Message]] = {
    "string_": lambda value: message("odd_text", value=value),
    "tuple_": lambda value: message("odd_list", value=value),
    "list_": lambda value: message("odd_list", value=value),
    "bool_": lambda value: message("odd_bool", value=value),
    "int_": lambda value: message("odd_whole", value=value),
    "decimal_": lambda value: message("odd_decimal", value=value),
    "date_": lambda value: message("odd_date", value=value),
    "time_": lambda value: message("odd_time", value=value),
    "path_": lambda value: message("odd_path", value=value),
    "model_": lambda value: message("odd_table", value=value),
    "dict_": lambda value: message("odd_table", value=value),
}
"""How the kinds of errors about a type begin, as pydantic names them."""
