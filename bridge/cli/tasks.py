"""`tasks`: what waits for a person, what to do about it, and a person's answers."""

from __future__ import annotations

import getpass
from argparse import Namespace
from collections.abc import Callable, Sequence

from bridge.cli.output import Output
from bridge.cli.session import open_settings, open_state
from bridge.cli.standing import verdict_of
from bridge.clock import SystemClock
from bridge.core.message import message
from bridge.core.money import text
from bridge.core.tie_out.tasks import Task
from bridge.errors import UsageError
from bridge.pipeline import alike
from bridge.report import said
from bridge.report.tasks import command_of
from bridge.report.texts import texts
from bridge.store import Work

LANGUAGE = "en"


def list(arguments: Namespace, out: Output) -> int:
    """Every task and every answer that still counts. Answers the verdict's exit code."""
    loaded = open_settings(arguments)
    with open_state(loaded) as store, store.read() as work:
        verdict = verdict_of(work, loaded)
        answers, likeness = work.tasks.answers(), work.alike.said()
    if out.json:
        kept = [
            {"id": a.id, "at": a.at, "who": a.who, "note": a.note, "task": said.task(a.task)}
            for a in answers.values()
        ]
        rows = [
            {"id": a.task, "at": a.at, "who": a.who, "answer": a.answer, "old": a.old}
            for a in likeness
        ]
        out.document(said.document(verdict) | {"answers": kept, "likeness": rows})
    for task in verdict.tasks:
        tell(task, out)
    for answer in answers.values():
        note = f": {answer.note}" if answer.note else ""
        out.line(
            message("was_answered", task=answer.id, who=answer.who, day=answer.at[:10], note=note)
        )
    for a in likeness:
        out.line(
            message(
                "was_answered_as", task=a.task, who=a.who, day=a.at[:10], answer=a.answer, old=a.old
            )
        )
    out.ended(verdict.word, said.why(verdict))
    return verdict.exit_code


def tell(task: Task, out: Output) -> None:
    """One task in a few lines: what, where, how much, what to do."""
    words = texts(LANGUAGE)
    parts = [task.id, task.system, task.subject, task.where.file]
    if task.where.row:
        parts.append(f"row {task.where.row}")
    if task.amount:
        parts.append(f"{text(task.amount, task.currency)} {task.currency}".strip())
    if task.count > 1:
        parts.append(f"{task.count} of them")
    out.line("  ".join(part for part in parts if part))
    out.line(f"    {words.cause(task.code)} [{task.code}]")
    if task.detail:
        out.line(f"    {task.detail}")
    if task.behind:
        sums = ", ".join(f"{text(a, c)} {c}" for c, a in sorted(task.behind_amounts.items()))
        out.line(message("task_behind", count=task.behind, sums=sums))
    out.line(f"    {words.of('actions', task.action)}")
    out.line(f"    {words('if_nobody')}: {words.of('consequences', task.action)}")
    if command := command_of(task, words):
        out.line(f"    {command}")


def answer(arguments: Namespace, out: Output) -> int:
    """The chosen tasks are nothing: they are none any more, as long as their facts stay the
    same."""
    loaded = open_settings(arguments)
    at, who = SystemClock().now().isoformat(), getpass.getuser()
    with open_state(loaded) as store, store.begin() as work:
        chosen = _chosen(arguments, verdict_of(work, loaded).tasks)
        for task in chosen:
            work.tasks.answer(task.id, who, at, task, arguments.note)
            work.decisions.record(who, at, "answer", task.id, arguments.note)
    if out.json:
        out.document({"answered": [task.id for task in chosen]})
    for task in chosen:
        out.line(message("task_answered", task=task.id))
    return 0


def same(arguments: Namespace, out: Output) -> int:
    """A new row is yesterday's, corrected: from the next pass on its document is corrected."""
    loaded = open_settings(arguments)
    at, who = SystemClock().now().isoformat(), getpass.getuser()
    with open_state(loaded) as store, store.begin() as work:
        task = _task(arguments.task, verdict_of(work, loaded).tasks)
        old = alike.same(work, task, arguments.old, who, at)
        work.decisions.record(who, at, "same", task.id, old)
    if out.json:
        out.document({"same": [task.id], "old": old})
    out.line(message("task_same", task=task.id, old=old))
    return 0


def different(arguments: Namespace, out: Output) -> int:
    """New rows are none of those that are gone: from the next pass on they are posted."""
    return _each(arguments, out, "different", alike.different)


def gone(arguments: Namespace, out: Output) -> int:
    """The rows that are asked about are rightly no longer in the file: the next pass voids their
    documents."""
    return _each(arguments, out, "gone", alike.gone)


def _each(
    arguments: Namespace,
    out: Output,
    verb: str,
    say: Callable[[Work, Task, str, str], None],
) -> int:
    loaded = open_settings(arguments)
    at, who = SystemClock().now().isoformat(), getpass.getuser()
    with open_state(loaded) as store, store.begin() as work:
        tasks = verdict_of(work, loaded).tasks
        chosen = [_task(number, tasks) for number in arguments.tasks]
        for task in chosen:
            say(work, task, who, at)
            work.decisions.record(who, at, verb, task.id)
    if out.json:
        out.document({verb: [task.id for task in chosen]})
    for task in chosen:
        if verb == "gone":
            out.line(message("task_gone", task=task.id))
        else:
            out.line(message("task_different", task=task.id))
    return 0


def reopen(arguments: Namespace, out: Output) -> int:
    """Take answers back: what they were about is a task again."""
    at, who = SystemClock().now().isoformat(), getpass.getuser()
    with open_state(open_settings(arguments)) as store, store.begin() as work:
        for number in arguments.tasks:
            if not (work.tasks.reopen(number) | work.alike.take_back(number)):
                raise UsageError(message("task_nobody", task=number))
            work.decisions.record(who, at, "reopen", number)
    if out.json:
        out.document({"reopened": arguments.tasks})
    out.line(message("task_again", tasks=", ".join(arguments.tasks)))
    return 0


def _chosen(arguments: Namespace, tasks: Sequence[Task]) -> Sequence[Task]:
    """The tasks that are named, or all of one code."""
    if bool(arguments.tasks) is bool(arguments.code):
        raise UsageError(message("task_either"))
    if arguments.system and not arguments.code:
        raise UsageError(message("task_system"))
    if not arguments.code:
        return [_may_be_answered(_task(number, tasks)) for number in arguments.tasks]
    found = [
        _may_be_answered(task)
        for task in tasks
        if task.code == arguments.code and arguments.system in ("", task.system)
    ]
    if not found:
        where = f" of {arguments.system}" if arguments.system else ""
        raise UsageError(message("task_code_none", code=arguments.code, where=where))
    return found


def _may_be_answered(task: Task) -> Task:
    if not task.answerable:
        what = texts(LANGUAGE).of("actions", task.action)
        raise UsageError(message("task_unanswerable", task=task.id, code=task.code, what=what))
    return task


def _task(number: str, tasks: Sequence[Task]) -> Task:
    for task in tasks:
        if task.id == number:
            return task
    raise UsageError(message("task_none", task=number))
