"""The output of a verb: results on stdout, messages on stderr, one JSON document when asked for.

On a terminal tables have lines and long work shows its progress; elsewhere there are plain lines.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, TextIO

from bridge.cli.called import as_called
from bridge.cli.languages import of_terminal

if TYPE_CHECKING:
    from bridge.core.message import Detail
    from bridge.errors import Problem
    from bridge.store.values import DecisionRecord

INTERRUPTED = 130
"""Exit code of a verb that a person stopped with Ctrl-C."""

Progress = Callable[[str, int, int], None]
"""(what is done, so many, of so many; 0 when nobody knows)."""


def plainly_told(decision: DecisionRecord) -> DecisionRecord:
    """A decision as JSON documents have it: the particulars in words."""
    import msgspec

    from bridge.core.message import read
    from bridge.report.details import english

    return msgspec.structs.replace(decision, detail=english(read(decision.detail)))


class Output:
    """The place that a verb's words go to."""

    def __init__(self, stdout: TextIO, stderr: TextIO, json: bool = False) -> None:
        self.json = json
        self.language = of_terminal()
        self._stdout = stdout
        self._stderr = stderr
        self._answered = False

    @property
    def terminal(self) -> bool:
        """Whether a person watches the messages."""
        return self._stderr.isatty()

    @property
    def watched(self) -> bool:
        """Whether a person reads any of it at a terminal: then no log line belongs there."""
        return self.terminal or self._stdout.isatty()

    def document(self, value: Any) -> None:
        """The verb's one JSON document."""
        import msgspec

        assert not self._answered, "one document is printed, not two"
        self._answered = True
        encoded = msgspec.json.encode(value, enc_hook=str)
        print(msgspec.json.format(encoded, indent=2).decode(), file=self._stdout)

    def line(self, text: Detail = "") -> None:
        """A line of the result, for people. Nothing when JSON was asked for."""
        if not self.json:
            print(self._said(text), file=self._stdout)

    def ended(self, verdict: str, why: Detail) -> None:
        """The line on which a verb's result ends: its verdict, and why."""
        if not self.json:
            self.line(f"{self.word('verdicts', verdict)}: {self.told(why)}")

    def word(self, table: str, code: str) -> str:
        """A code in the words of whoever reads here."""
        from bridge.report.texts import texts

        return texts(self.language).of(table, code)

    def say(self, text: Detail) -> None:
        """A message: never part of the result. What it is about goes on if nobody can hear it."""
        with suppress(OSError):
            print(self._said(text), file=self._stderr, flush=True)

    def error(
        self,
        what: Detail,
        problems: Sequence[Problem],
        exit_code: int,
        more: Mapping[str, object] | None = None,
    ) -> None:
        """The failure of a verb and its remedy: words on stderr, and the JSON document when asked
        for."""
        self.say(f"ledger-bridge: {self.told(what)}")
        self.problems(problems)
        if self.json and not self._answered:
            from bridge.report.details import english, plain_problem

            listed = [plain_problem(each) for each in problems]
            told = {"error": english(what), "problems": listed, "exit_code": exit_code}
            self.document(told | dict(more or {}))

    def problems(self, problems: Sequence[Problem]) -> None:
        """The mistakes in a person's input, one line each."""
        for each in problems:
            self.say(f"  - {self.told(each)}")

    def told(self, found: Detail | Problem) -> str:
        """A message or a problem in the words of whoever reads here."""
        if isinstance(found, str):
            return found
        from bridge.core.message import Message
        from bridge.report.details import plainly
        from bridge.report.texts import texts

        if isinstance(found, Message):
            return plainly(found, texts(self.language))
        if isinstance(found.what, Message):
            return plainly(found.told, texts(self.language))
        return f"{found.where}: {self.told(found.what)} {self.told(found.fix)}".strip()

    def _said(self, text: Detail) -> str:
        return printable(as_called(self.told(text)))

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
        """A table of the result; the columns whose heads begin with `>` are right-aligned. A head
        that is ours is said in the words of whoever reads here."""
        if self.json:
            return
        heads = [self._head(head) for head in heads]
        texts = [[printable(str(cell)) for cell in row] for row in rows]
        if self._stdout.isatty():
            self._rich_table(heads, texts)
            return
        names = [head.lstrip(">") for head in heads]
        widths = [max(map(len, column)) for column in zip(names, *texts, strict=True)]
        for row in [names, *texts]:
            cells = [
                cell.rjust(width) if head.startswith(">") else cell.ljust(width)
                for cell, width, head in zip(row, widths, heads, strict=True)
            ]
            print("  ".join(cells).rstrip(), file=self._stdout)

    def _head(self, head: str) -> str:
        name = head.removeprefix(">")
        return head.removesuffix(name) + self.word("heads", name)

    def _rich_table(self, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        from rich.console import Console
        from rich.table import Table
        from rich.text import Text

        table = Table()
        for head in heads:
            table.add_column(head.lstrip(">"), justify="right" if head.startswith(">") else "left")
        for row in rows:
            table.add_row(*(Text(cell) for cell in row))
        Console(file=self._stdout, no_color=no_color()).print(table)

    @contextmanager
    def progress(self) -> Iterator[Progress]:
        """Shows how far long work is: a bar on a terminal, nothing elsewhere (logs tell there)."""
        if not self.terminal:
            yield lambda what, done, of: None
            return
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn
        from rich.progress import Progress as Bars

        from bridge.core.message import read

        console = Console(file=self._stderr, no_color=no_color())
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        tasks: dict[str, TaskID] = {}
        with Bars(*columns, console=console, transient=True) as bars:

            def show(what: str, done: int, of: int) -> None:
                found = read(what)
                named = self.word("progress", found) if found == what else self.told(found)
                if named not in tasks:
                    tasks[named] = bars.add_task(named, total=of or None)
                bars.update(tasks[named], completed=done, total=of or None)

            yield show


def no_color() -> bool:
    """Whether the person asked for text without colours (no-color.org)."""
    return bool(os.environ.get("NO_COLOR"))


def printable(text: str) -> str:
    """The text without characters that command a terminal: names come from other programs."""
    return "".join(
        sign if sign == "\n" or unicodedata.category(sign) not in ("Cc", "Cf") else " "
        for sign in text
    )
