"""Putting a question about many documents so that one of them never costs the others the answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bridge.core.delivery import InDoubt, Outcome
from bridge.errors import QuestionRefused, TryLater
from bridge.store import Entry

A_FEW = 3
"""So many documents without an answer may be the documents' own trouble; more are the product's."""
_BY_THEMSELVES = 20
"""So many that get no answer even by themselves are split off; then the product is in trouble."""

Ask = Callable[[Sequence[Entry]], Sequence[Outcome]]


class Asking:
    """What one pass asks about doubtful writes: what was answered, refused, and not answered."""

    def __init__(self) -> None:
        self.answered = 0
        self.unanswered: dict[int, InDoubt] = {}
        """Entry → why nothing is known of it."""
        self._trouble: TryLater | None = None

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
            if len(entries) == 1 or self._is_out_of_order:
                self.leave(entries, trouble)
                return {}, []
        else:
            self.answered += len(entries)
            return outcomes, []
        half = len(entries) // 2
        first, refused = self.each(ask, entries[:half])
        second, also = self.each(ask, entries[half:])
        return first | second, refused + also

    def leave(self, entries: Sequence[Entry], trouble: TryLater) -> None:
        """Nothing was answered about these: they stay in doubt."""
        self._trouble = self._trouble or trouble
        self.unanswered |= {entry.id: InDoubt(str(trouble)) for entry in entries}

    def stop_if_nobody_answers(self) -> None:
        """Raise the trouble where it is plainly the product's, not that of a document."""
        if self._trouble is not None and not self.answered and len(self.unanswered) > A_FEW:
            raise self._trouble

    @property
    def _is_out_of_order(self) -> bool:
        most = _BY_THEMSELVES if self.answered else A_FEW
        return len(self.unanswered) > most
