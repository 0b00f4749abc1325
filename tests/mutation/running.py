"""One area's mutants against its own tests, in processes that share what is imported.

The tests are collected once. Each mutant gets a fork of that process: the function it is in has
other code there, and the tests that run through its lines are run, the quickest first, until one
fails. What is in no function (a table, a default) is planted before anything is imported, in a
process of its own.
"""

from __future__ import annotations

import ast
import gc
import json
import os
import resource
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import coverage
import pytest

from tests.mutation.areas import ROOT
from tests.mutation.operators import Mutant, planted

WALL_S = 240
"""A mutant that is not done by then is stuck: noticed."""
CPU_S = 60


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one mutant."""

    mutant: Mutant
    killed_by: str
    """The test that failed; empty where none did."""
    tests: int
    """How many there are that run through its lines."""


class Mutations:
    """A plugin that runs mutants instead of tests."""

    def __init__(self, mutants: Sequence[Mutant], budget_s: float, say: Callable[[str], None]):
        self.mutants, self.budget_s, self.say = mutants, budget_s, say
        self.fates: list[Fate] = []
        self._failed = ""
        self._lines: dict[str, dict[int, set[str]]] = {}
        self._seconds: dict[str, float] = {}

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self._failed:
            self._failed = report.nodeid

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        self._learn(items, session)
        code = _compiled_functions()
        for number, mutant in enumerate(self.mutants, 1):
            tests = self._through(mutant)
            killer = ""
            if tests:
                original = code.get((mutant.path, mutant.function, mutant.first_line))
                if original:
                    several = [items[name] for name in tests]
                    killer = self._in_a_fork(mutant, original, several, session)
                else:
                    killer = self._by_itself(mutant, tests)
            self.fates.append(Fate(mutant, killer, len(tests)))
            left = "" if killer else f"  SURVIVED {mutant.id}: {mutant.what}"
            self.say(f"{number}/{len(self.mutants)}{left}")
        return True

    def _through(self, mutant: Mutant) -> list[str]:
        """The tests that run through the mutant's lines, the quickest first, within the budget;
        for what is in no function, all there are."""
        lines = self._lines.get(mutant.path, {})
        first, last = mutant.lines
        if not mutant.function:
            return sorted(self._seconds, key=lambda name: (self._seconds[name], name))
        names = {name for n in range(first, last + 1) for name in lines.get(n, ())}
        names &= self._seconds.keys()
        chosen, spent = [], 0.0
        for name in sorted(names, key=lambda name: (self._seconds[name], name)):
            spent += self._seconds[name]
            if chosen and spent > self.budget_s:
                break
            chosen.append(name)
        return chosen

    def _learn(self, items: dict[str, pytest.Item], session: pytest.Session) -> None:
        """Which test runs through which line, and how long it takes, with nothing planted."""

        def learn() -> dict[str, Any]:
            measured = coverage.Coverage(
                data_file=None, source=[str(ROOT / "bridge")], config_file=False
            )
            seconds: dict[str, float] = {}
            measured.start()
            for item, following in _pairs(list(items.values())):
                measured.switch_context(item.nodeid)
                self._failed = ""
                began = time.process_time()
                _run(item, following)
                if not self._failed:
                    seconds[item.nodeid] = time.process_time() - began
            measured.stop()
            told = measured.get_data()
            lines = {
                Path(name).relative_to(ROOT).as_posix(): told.contexts_by_lineno(name)
                for name in told.measured_files()
            }
            return {"seconds": seconds, "lines": lines}

        found = _forked(learn, wall_s=3600)
        assert found is not None, "the tests did not come to their end without any mutant"
        self._seconds = found["seconds"]
        self._lines = {
            path: {int(number): set(names) for number, names in lines.items()}
            for path, lines in found["lines"].items()
        }
        failing = len(items) - len(self._seconds)
        self.say(f"{len(items)} tests, {failing} of them left out: they fail or are skipped")
        _clear(session)

    def _in_a_fork(
        self,
        mutant: Mutant,
        functions: list[FunctionType],
        items: list[pytest.Item],
        session: pytest.Session,
    ) -> str:
        made = compile(planted(mutant, ROOT), str(ROOT / mutant.path), "exec")
        wrong = next(
            each
            for each in _inside(made)
            if each.co_qualname == mutant.function and _first_line(each, mutant)
        )

        def attempt() -> str:
            resource.setrlimit(resource.RLIMIT_CPU, (CPU_S + int(self.budget_s),) * 2)
            for function in functions:
                function.__code__ = wrong
            self._failed = ""
            for item, following in _pairs(items):
                _run(item, following)
                if self._failed:
                    return self._failed
            return ""

        killer = _forked(attempt, WALL_S + self.budget_s)
        _clear(session)
        return "stuck, or the process died" if killer is None else killer

    def _by_itself(self, mutant: Mutant, tests: Sequence[str]) -> str:
        """In a process of its own, where the module is planted before it is imported. Tests that
        did not come to their end in time have noticed nothing."""
        environment = {**os.environ, "BRIDGE_MUTANT": json.dumps(asdict(mutant))}
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "--no-header"]
        try:
            done = subprocess.run(
                [*command, "-p", "tests.mutation.importing", *tests],
                env=environment,
                cwd=ROOT,
                capture_output=True,
                text=True,
                timeout=WALL_S + 10 * self.budget_s,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return ""
        told = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
        if done.returncode == 0:
            return ""
        return told[0].split()[1] if told else "not even imported"


def run_area(
    mutants: Sequence[Mutant], tests: Iterable[str], budget_s: float, say: Callable[[str], None]
) -> list[Fate]:
    """What becomes of these mutants under these tests."""
    plugin = Mutations(mutants, budget_s, say)
    with tempfile.TemporaryDirectory() as folder:
        options = ["-q", "-n", "0", "--capture=no", "--basetemp", f"{folder}/tests"]
        ended = pytest.main([*options, *tests], plugins=[plugin])
    assert ended in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}, ended
    return plugin.fates


def _pairs(items: Sequence[pytest.Item]) -> Iterable[tuple[pytest.Item, pytest.Item | None]]:
    return zip(items, [*items[1:], None], strict=True)


def _run(item: pytest.Item, following: pytest.Item | None) -> None:
    item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)


def _clear(session: pytest.Session) -> None:
    """What a fork left behind of temporary files."""
    folder = Path(session.config.getoption("basetemp"))
    for each in folder.iterdir() if folder.is_dir() else ():
        if each.is_dir() and not each.is_symlink():
            shutil.rmtree(each, ignore_errors=True)
        else:
            each.unlink()


def _forked(job: Callable[[], Any], wall_s: float) -> Any | None:
    """What the job answers in a fork of this process; None where it never did."""
    with tempfile.TemporaryDirectory() as folder:
        answer = Path(folder) / "answer"
        sys.stdout.flush()
        pid = os.fork()
        if not pid:
            _quiet_child(job, answer)
        ended = os.pidfd_open(pid)
        if not select.select([ended], [], [], wall_s)[0]:
            os.kill(pid, signal.SIGKILL)
        os.close(ended)
        os.waitpid(pid, 0)
        return json.loads(answer.read_text(encoding="utf-8")) if answer.exists() else None


def _quiet_child(job: Callable[[], Any], answer: Path) -> None:
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        half = answer.with_suffix(".half")
        half.write_text(json.dumps(job()), encoding="utf-8")
        half.rename(answer)
    finally:
        os._exit(0)


def _compiled_functions() -> dict[tuple[str, str, int], list[FunctionType]]:
    """(module, name, first line) → the functions made of that code."""
    found: dict[tuple[str, str, int], list[FunctionType]] = {}
    for each in gc.get_objects():
        if isinstance(each, FunctionType) and each.__code__.co_filename.startswith(str(ROOT)):
            code = each.__code__
            path = Path(code.co_filename).relative_to(ROOT).as_posix()
            for line in _first_lines(code):
                found.setdefault((path, code.co_qualname, line), []).append(each)
    return found


def _first_lines(code: CodeType) -> range:
    """The line of `def` is the first one, or follows the decorators."""
    following = [line for *_, line in code.co_lines() if line and line > code.co_firstlineno]
    return range(code.co_firstlineno, min(following, default=code.co_firstlineno + 1))


def _first_line(code: CodeType, mutant: Mutant) -> bool:
    return mutant.first_line in _first_lines(code)


def _inside(code: CodeType) -> Iterable[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _inside(each)


def planted_module(told: str) -> tuple[str, ast.Module]:
    """(path, syntax tree) of the module that `BRIDGE_MUTANT` describes."""
    facts = json.loads(told)
    facts["lines"] = tuple(facts["lines"])
    mutant = Mutant(**facts)
    return str(ROOT / mutant.path), planted(mutant, ROOT)
