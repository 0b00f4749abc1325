"""What somebody took back in the books and entered again under the same number."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from bridge.core.books import Document, Kind, PostedDocument, Status
from bridge.core.delivery import Drifted, Operation, Outgoing, Posted
from bridge.errors import PersonNeeded

Decided = TypeVar("Decided")
Find = Callable[[Sequence[Document], dict[str, str]], dict[str, PostedDocument]]
"""(documents, links) → those of them that are in the books, as `find` of `base.py`."""


def entered_again(
    batch: Sequence[Outgoing], decided: Sequence[Decided], find: Find
) -> list[Decided | Drifted]:
    """What was decided; but a void of what is gone is drift where a live document has its number.

    Some products change nothing that was paid: a person takes it back there and enters it again.
    To call ours void then would post it once more beside theirs.
    """
    return [
        (_twin(outgoing, find) or outcome) if _is_gone(outgoing, outcome) else outcome
        for outgoing, outcome in zip(batch, decided, strict=True)
    ]


def _is_gone(outgoing: Outgoing, outcome: object) -> bool:
    """Whether a void has nothing to do any more. An application is no document with a number."""
    void = outgoing.operation is Operation.VOID and isinstance(outcome, Posted)
    return void and outgoing.document.kind is not Kind.APPLICATION


def _twin(outgoing: Outgoing, find: Find) -> Drifted | None:
    assert outgoing.target is not None, f"{outgoing.document.reference}: no binding to change"
    reference = outgoing.document.reference
    try:
        now = find([outgoing.document], outgoing.links).get(reference)
    except PersonNeeded:  # there are even several
        return Drifted(None)
    if now is None or now.status is not Status.LIVE:
        return None
    return None if now.external_id == outgoing.target.external_id else Drifted(now)
