"""A batch of writes carried out: what is not to be sent, what is, and one outcome for each.

Nothing is sent twice that may have been applied, and after a call that could not be sent no other
is tried: what was refused at the door once is refused again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from bridge.core.books import Kind
from bridge.core.delivery import (
    Drifted,
    InDoubt,
    Operation,
    Outcome,
    Outgoing,
    Posted,
    Rejected,
    Unavailable,
)
from bridge.errors import TryLater
from bridge.systems.apart import not_told, told_apart
from bridge.systems.judging import target
from bridge.systems.results import Result, Unsent, raise_if_login_ended

BUSY_WAIT_S = 60.0
"""How long to wait for a product that has trouble and does not say."""

_OUTCOMES = (Posted, Rejected, Unavailable, InDoubt, Drifted)

Part = TypeVar("Part")
Job = TypeVar("Job")
Done = TypeVar("Done")


def one_sort(batch: Sequence[Outgoing]) -> tuple[Kind, Operation]:
    """The kind and the operation that all of a batch have."""
    kinds = {(outgoing.document.kind, outgoing.operation) for outgoing in batch}
    assert len(kinds) == 1, f"one kind and one operation at a time: {kinds}"
    return kinds.pop()


def put_off(batch: Sequence[Outgoing], reason: TryLater) -> list[Outcome]:
    """The outcomes of a batch of which nothing was sent."""
    wait_s = reason.retry_after_s or BUSY_WAIT_S
    return [Unavailable(str(reason), wait_s)] * len(batch)


def carried_out(
    batch: Sequence[Outgoing],
    prepare: Callable[[Sequence[Outgoing], Kind, Operation], Sequence[Job | Outcome]],
    send: Callable[[Sequence[Job]], Sequence[Result]],
    settle: Callable[[Sequence[Job], Sequence[Result]], Iterable[Outcome]],
) -> list[Outcome]:
    """One outcome for each, in order: of what was prepared to be sent the one that its result comes
    to. Raises LoginRequired only if nothing was applied."""
    try:
        ready = prepare(batch, *one_sort(batch))
    except TryLater as reason:
        return put_off(batch, reason)
    jobs: list[Any] = [each for each in ready if not isinstance(each, _OUTCOMES)]
    results = send(jobs)
    raise_if_login_ended(results)
    settled = iter(settle(jobs, results))
    return [each if isinstance(each, _OUTCOMES) else next(settled) for each in ready]


def decided(
    batch: Sequence[Outgoing],
    load: Callable[[Sequence[str]], Mapping[str, Part]],
    is_there: Callable[[], object],
    decide: Callable[[Outgoing, Part | None], Job | Outcome],
) -> list[Job | Outcome]:
    """The calls to be sent for changes, or their outcomes, by what the books hold of each document
    now; one that gets no answer does not cost the others theirs."""
    ids = [target(outgoing).external_id for outgoing in batch]
    current, untold = told_apart(load, ids, is_there)
    return [
        not_told(untold[external_id])
        if external_id in untold
        else decide(outgoing, current.get(external_id))
        for outgoing, external_id in zip(batch, ids, strict=True)
    ]


class AtOnce:
    """Several calls of one adapter, `parallel` at most, under way at once."""

    def __init__(self, name: str, parallel: int) -> None:
        self._name, self._parallel = name, parallel
        self._threads: ThreadPoolExecutor | None = None

    def close(self) -> None:
        if self._threads is not None:
            self._threads.shutdown()

    def each(self, call: Callable[[Part], Done], parts: Sequence[Part]) -> list[Done]:
        """The result of a call with each part, in order."""
        if len(parts) <= 1 or self._parallel <= 1:
            return [call(part) for part in parts]
        if self._threads is None:
            self._threads = ThreadPoolExecutor(self._parallel, self._name)
        return list(self._threads.map(call, parts))

    def send(
        self, call: Callable[[Sequence[Job]], list[Result]], parts: Sequence[Sequence[Job]]
    ) -> list[list[Result]]:
        """The results of each part. After one that could not be sent, none is tried."""
        stopped: list[Unsent] = []

        def carry(part: Sequence[Job]) -> list[Result]:
            if stopped:
                return [stopped[0]] * len(part)
            results = call(part)
            stopped.extend([result for result in results if isinstance(result, Unsent)][:1])
            return results

        return self.each(carry, parts)
