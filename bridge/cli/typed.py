"""Values that are typed as options, checked while the command line is read."""

from __future__ import annotations

import argparse
from datetime import date
from difflib import get_close_matches

from bridge.cli.words_of_calls import said

FORMATS = ("html", "xlsx", "json", "csv", "text")


def day(text: str) -> date:
    """A day as people type it to a computer: 2026-11-20."""
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        told = said('"%s" is not a day; write 2026-11-20') % text
        raise argparse.ArgumentTypeError(told) from error


def seconds(text: str) -> int:
    """A time to wait, up to a day."""
    if not text.isdecimal() or int(text) > 86_400:
        told = said('"%s" is not a number of seconds up to 86400') % text
        raise argparse.ArgumentTypeError(told)
    return int(text)


def formats(text: str) -> tuple[str, ...]:
    """Forms of a report, separated by commas."""
    wanted = tuple(word.strip() for word in text.split(",") if word.strip())
    for word in wanted:
        if word not in FORMATS:
            near = get_close_matches(word, FORMATS, n=1)
            if near:
                told = said('there is no format "%s"; did you mean %s?') % (word, near[0])
            else:
                told = said('there is no format "%s"; choose one of %s')
                told %= (word, ", ".join(FORMATS))
            raise argparse.ArgumentTypeError(told)
    return wanted
