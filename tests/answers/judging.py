"""One cell of the table: a call, an answer, and whether all was well in the end."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from tests.answers.ground import Ground
from tests.answers.hostile import Answer, lies_about, lies_about_tokens, of_any_call
from tests.answers.life import (
    DAY_S,
    PASSES,
    STAGES,
    Life,
    Moment,
    Said,
    Stage,
    lender,
    there,
    unlike,
)

EXIT_CODES = {0, 1, 75, 78}
PEAK_MB = 700
"""What no answer may take beyond what a pass takes anyway: the longest reply, and as often as it is
held at once; or as many values as are read."""
SECRETS = ("demo-secret",)


@dataclass(frozen=True)
class Call:
    """A call that a pass makes, and the stage of the life in which it is struck."""

    stage: str
    name: str
    kind: str
    """`read`, `write` or `login`."""
    answer: bytes = field(repr=False, default=b"")
    """How it is truly answered."""

    def answers(self) -> list[Answer]:
        """Everything hostile that it may be answered."""
        every = of_any_call(self.kind)
        if self.kind == "login":
            return every + lies_about_tokens(self.answer)
        return every + lies_about(self.answer)


@dataclass
class Cell:
    """What came of it."""

    system: str
    call: Call
    answer: Answer
    times: str
    struck: int = 0
    codes: tuple[int, ...] = ()
    words: str = ""
    peak_mb: float = 0
    days: int = 0
    """How many days later all was well."""
    person: list[str] = field(default_factory=list)
    """What a person had to do."""
    wrong: list[str] = field(default_factory=list)


@dataclass
class Undisturbed:
    """A stage in which nothing happens, and what it comes to."""

    stage: Stage
    moment: Moment
    calls: dict[str, tuple[str, bytes]]
    codes: tuple[int, ...]
    books: dict[str, Any]
    tasks: frozenset[tuple[str, str]]


class Table:
    """One system's cells."""

    def __init__(
        self, system: str, ground: Ground, folder: Path, stages: Sequence[str] = ("*",)
    ) -> None:
        self.system, self.ground = system, ground
        self.folder = folder
        self.life = Life(folder, ground, system)
        self.stages: dict[str, Undisturbed] = {}
        start = ground.save(system)
        for stage in STAGES:
            if any(fnmatchcase(stage.name, each) for each in stages):
                self.stages[stage.name] = self._undisturbed(stage, start)

    def _undisturbed(self, stage: Stage, start: bytes) -> Undisturbed:
        folder = self.folder / stage.name.replace(" ", "-")
        life = self.life = Life(folder, self.ground, self.system)
        self.ground.load(self.system, start, life.clock.now().isoformat())
        stage.prepare(life, lender())
        moment = life.keep("moment")
        life.back_to(moment)
        if stage.loses:
            self.ground.lose(self.system)
        for verb in stage.verbs:
            getattr(life, verb)()
        calls = self.ground.calls(self.system)
        self.ground.lift()
        for _ in range(3):
            life.clock.move(DAY_S)
            said = life.morning()
        codes = tuple(each.code for each in said)
        return Undisturbed(stage, moment, calls, codes, there(life.books()), said[-1].tasks)

    def calls(self) -> list[Call]:
        """Every call, where it is made first. In doubt only what is asked because of it."""
        found: dict[str, Call] = {}
        for name, stage in self.stages.items():
            for shape, (kind, answer) in stage.calls.items():
                if shape not in found and "redirect_uri" not in shape:
                    found[shape] = Call(name, shape, kind, answer)
        return list(found.values())

    def cell(self, call: Call, answer: Answer, times: str) -> Cell:
        """Let it happen."""
        cell = Cell(self.system, call, answer, times)
        calm = self.stages[call.stage]
        life = self.life = Life(calm.moment.files.parent, self.ground, self.system)
        life.back_to(calm.moment)
        count = 1 if times == "once" else 0
        loses = calm.stage.loses
        self.ground.strike(self.system, call.name, answer, count, loses=loses)
        said: list[Said] = []
        with _Peak() as peak:
            said = [getattr(life, verb)() for verb in calm.stage.verbs]
        cell.peak_mb = peak.mb
        cell.struck = self.ground.lift()
        cell.codes = tuple(each.code for each in said)
        cell.words = " | ".join(each.words for each in said)
        if not cell.struck:
            return cell
        cell.wrong += _wrong_words(said) + self._told_secrets(said)
        if peak.mb > PEAK_MB:
            cell.wrong.append(f"it took {peak.mb:.0f} MB")
        if said[-1].agrees:
            lie = unlike(calm.books, there(life.books()))
            cell.wrong += [f"said to agree, and does not: {each}" for each in lie[:3]]
        self._goes_on(cell, calm)
        return cell

    def _goes_on(self, cell: Cell, calm: Undisturbed) -> None:
        """The books answer truly again: days, and what a person does, until all is well."""
        life, different, said = self.life, ["never looked at"], []
        for cell.days in range(1, PASSES + 1):
            life.clock.move(DAY_S)
            said = [*life.morning()]
            cell.wrong += _wrong_words(said)
            if any(each.unforeseen for each in said):
                break
            different = unlike(calm.books, there(life.books()))
            codes = tuple(each.code for each in said)
            if codes == calm.codes and said[-1].tasks == calm.tasks:
                cell.wrong += [f"in the end: {each}" for each in different[:5]]
                return
            if cell.days > 1:
                self._person(cell, calm, said)
        if len(cell.wrong) < 5:
            cell.wrong.append("never well: " + " | ".join(each.words[:200] for each in said))
            cell.wrong += different[:3]

    def _person(self, cell: Cell, calm: Undisturbed, said: Sequence[Said]) -> None:
        """Do what the words ask for."""
        life = self.life
        if any(each.code == 78 for each in said):
            cell.person.append("connect")
            life.said(life.connected)
            return
        waits = [code for code, _ in said[-1].tasks - calm.tasks]
        if done := life.retry():
            cell.person.append(done)
        if count := life.repost(frozenset(subject for _, subject in calm.tasks)):
            cell.person.append(f"repost {count}")
        elif waits and not done:
            cell.person.append(f"nothing about {', '.join(sorted(set(waits)))}")

    def _told_secrets(self, said: Sequence[Said]) -> list[str]:
        """Where a secret of ours stands that an answer has told us."""
        secrets = self.ground.secrets(self.system) | {*SECRETS}
        found = [f"words with a secret: {s.words[:80]}" for s in said if _has(s.words, secrets)]
        for path in self.life.folder.rglob("*"):
            kept = path.is_file() and not path.name.startswith(("credentials", "ledger"))
            if kept and "locks" not in path.parts:
                content = path.read_bytes().decode("latin-1")
                if _has(content, secrets):
                    found.append(f"a secret is in {path.name}")
        return found


def _has(text: str, secrets: set[str]) -> bool:
    return any(each in text for each in secrets)


def _wrong_words(said: Sequence[Said]) -> list[str]:
    found = []
    for each in said:
        if each.unforeseen is not None:
            found.append(each.words[:300])
        elif each.code not in EXIT_CODES:
            found.append(f"exit code {each.code}")
        elif not each.words.strip():
            found.append(f"exit code {each.code} without a word")
    return found


class _Peak:
    """What this process holds at most, above what it held before."""

    mb = 0.0

    def __enter__(self) -> _Peak:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
        self._before = _status("VmRSS")
        return self

    def __exit__(self, *_: object) -> None:
        self.mb = max(0.0, (_status("VmHWM") - self._before) / 1024)


def _status(name: str) -> int:
    found = re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text("ascii"))
    assert found
    return int(found[1])


def as_json(cell: Cell) -> str:
    """A cell as one line."""
    return json.dumps({
        "system": cell.system, "stage": cell.call.stage, "call": cell.call.name,
        "kind": cell.call.kind, "class": cell.answer.of, "answer": cell.answer.name,
        "times": cell.times, "struck": cell.struck, "codes": cell.codes, "words": cell.words[:600],
        "peak_mb": round(cell.peak_mb, 1), "days": cell.days, "person": cell.person,
        "wrong": cell.wrong,
    }, ensure_ascii=False)  # fmt: skip
