"""A verdict in one sentence, and as plain values for programs: there it is said in English."""

from __future__ import annotations

from typing import Any

from bridge.core import money
from bridge.core.message import Detail, Message, message, together
from bridge.core.money import NO_CURRENCY
from bridge.core.tie_out.tasks import Task, counted
from bridge.core.tie_out.verdict import Result, Verdict
from bridge.report.details import english

_SHOWN = 4


def reason_of(verdict: Verdict, changes: int | None = None) -> str:
    """Why the verdict is what it is, for programs."""
    return english(why(verdict, changes))


def why(verdict: Verdict, changes: int | None = None) -> Detail:
    """Why the verdict is what it is. `changes` is how much a pass changes, where there is one."""
    if verdict.tasks:
        lines = lines_of(verdict.tasks)
        kinds: list[str | Message] = [*lines[:_SHOWN]]
        if len(lines) > _SHOWN:
            kinds.append(message("more_kinds", count=len(lines) - _SHOWN))
        number = sum(task.count for task in verdict.tasks)
        if number == 1:
            return message("task_one", tasks=kinds)
        return message("task_more", count=number, tasks=kinds)
    if not verdict.green:
        return together(verdict.told) or verdict.reason
    if changes is not None:
        return message("changes", count=changes) if changes else message("nothing_to_do")
    if verdict.result is Result.AGREES:
        return message("agrees")
    return message("agrees_but")


def lines_of(tasks: tuple[Task, ...]) -> list[str]:
    """One line for the tasks of one code and system: `xero: 2 outbox.rejected`."""
    return [
        f"{f'{system}: ' if system else ''}{number} {code}"
        for code, system, number in counted(tasks)
    ]


def document(verdict: Verdict, changes: int | None = None) -> dict[str, Any]:
    """The fields that every JSON document ending with a verdict has."""
    return {
        "verdict": verdict.word,
        "result": verdict.result.value,
        "reason": reason_of(verdict, changes),
        "tasks": [task(each) for each in verdict.tasks],
    }


def task(of: Task) -> dict[str, Any]:
    """One task as plain values. No name is in it."""
    return {
        "id": of.id,
        "code": of.code,
        "amount": money.text(of.amount, of.currency or NO_CURRENCY),
        "currency": of.currency,
        "subject": of.subject,
        "where": {"file": of.where.file, "row": of.where.row},
        "action": of.action,
        "system": of.system,
        "external_id": of.external_id,
        "loan": of.loan,
        "detail": english(of.detail),
        "count": of.count,
        "behind": {
            "count": of.behind,
            "amounts": {
                currency: money.text(amount, currency)
                for currency, amount in sorted(of.behind_amounts.items())
            },
        },
        "answerable": of.answerable,
    }
