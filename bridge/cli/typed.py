"""Values that are typed as options, checked while the command line is read."""

from __future__ import annotations

import argparse
from datetime import date
from difflib import get_close_matches

FORMATS = ("html", "xlsx", "json", "csv", "text")


def day(text: str) -> date:
    """A day as people type it to a computer: 2026-11-20."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f'"{text}" is not a day; write 2026-11-20') from error


def seconds(text: str) -> int:
    """A time to wait, up to a day."""
    if not text.isdecimal() or int(text) > 86_400:
        raise argparse.ArgumentTypeError(f'"{text}" is not a number of seconds up to 86400')
    return int(text)


def formats(text: str) -> tuple[str, ...]:
    """Forms of a report, separated by commas."""
    wanted = tuple(word.strip() for word in text.split(",") if word.strip())
    for word in wanted:
        if word not in FORMATS:
            near = get_close_matches(word, FORMATS, n=1)
            hint = f"did you mean {near[0]}?" if near else f"choose from {', '.join(FORMATS)}"
            raise argparse.ArgumentTypeError(f'there is no format "{word}"; {hint}')
    return wanted
