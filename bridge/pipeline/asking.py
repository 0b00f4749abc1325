"""Putting a question about many documents so that one of them never costs the others the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bridge.core.delivery import InDoubt, Outcome
from bridge.core.tie_out.patience import A_FEW
from bridge.errors import QuestionRefused, TryLater
from bridge.store import Entry
from bridge.systems.apart import BY_THEMSELVES

Ask = Callable[[Sequence[Entry]], Sequence[Outcome]]


class Asking:
    """One pass's questions about doubtful writes: which were answered, refused, or left
    unanswered."""

    def __init__(self, is_there: Callable[[], object]) -> None:
        """`is_there` raises where the product answers nobody."""
        self._is_there = is_there
        self._answers = False
        self.unanswered: dict[int, InDoubt] = {}
        """Entry → why nothing is known of it."""

    def each(self, ask: Ask, entries: Sequence[Entry]) -> tuple[dict[int, Outcome], list[Entry]]:
        """Outcomes by entry, and the entries about which the question itself was refused.

        Where the product refuses or gives no answer, half of the entries are asked about, then half
        of those, down to the one that is in the way: that one has no outcome, or is refused.
        """
        try:
            outcomes = dict(zip([e.id for e in entries], ask(entries), strict=True))
        except QuestionRefused:
            if len(entries) == 1:
                return {}, list(entries)
        except TryLater as trouble:
            if len(entries) == 1 or len(self.unanswered) >= BY_THEMSELVES:
                self.leave(entries, trouble)
                return {}, []
        else:
            self._answers = True
            return outcomes, []
        half = len(entries) // 2
        first, refused = self.each(ask, entries[:half])
        second, also = self.each(ask, entries[half:])
        return first | second, refused + also

    def leave(self, entries: Sequence[Entry], trouble: TryLater) -> None:
        """Leave these entries in doubt: nothing was answered about them. Raises where nobody is
        answered."""
        self.unanswered |= {entry.id: InDoubt(str(trouble)) for entry in entries}
        if len(self.unanswered) > A_FEW:
            self.make_sure()

    def make_sure(self) -> None:
        """Raise where the trouble is the product's, not that of some documents."""
        if self.unanswered and not self._answers:
            self._is_there()
            self._answers = True
