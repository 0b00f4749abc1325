"""A person's word on rows without numbers of their own: the same, two, or rightly gone."""

from __future__ import annotations

from bridge.core.findings import Finding
from bridge.core.tie_out.tasks import Task
from bridge.errors import UsageError
from bridge.store import Work


def same(work: Work, task: Task, old: str, who: str, at: str) -> str:
    """Write down that the new row of a task is the old one, corrected. Returns the old one's id."""
    asked = _asked(work, task, "identity.proposed")
    olds = {subject.partition(":")[2]: subject for subject in asked.related}
    if not old and len(olds) > 1:
        raise UsageError(f"{task.id} may be any of {', '.join(olds)}; say which one.")
    chosen = old or next(iter(olds))
    if chosen not in olds:
        raise UsageError(f"{task.id} is not like {chosen}; it may be {', '.join(olds)}.")
    if not work.alike.say_same(task.id, asked.subject, olds[chosen], who, at):
        raise UsageError(f"{chosen} is not in the ledger any more; run `ledger-bridge sync`.")
    return chosen


def different(work: Work, task: Task, who: str, at: str) -> None:
    """Write down that the new row of a task is none of the vanished ones."""
    asked = _asked(work, task, "identity.proposed")
    if not work.alike.say_different(task.id, asked.subject, [*asked.related], who, at):
        raise UsageError(f"{task.id}: what it is like is gone; run `ledger-bridge sync`.")


def gone(work: Work, task: Task, who: str, at: str) -> None:
    """Write down that the file rightly no longer has the row of a task."""
    asked = _asked(work, task, "identity.vanished")
    if not work.alike.say_gone(task.id, asked.subject, who, at):
        raise UsageError(
            f"{task.id} stands for several rows; answer those before it, and it names more."
        )


def _asked(work: Work, task: Task, code: str) -> Finding:
    found = work.alike.asked(code, task.subject) if task.code == code else None
    if found is None:
        verbs = {"identity.proposed": "`same` or `different`", "identity.vanished": "`gone`"}
        raise UsageError(f"{task.id} ({task.code}) is not answered with {verbs[code]}.")
    return found
