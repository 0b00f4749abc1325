"""The desk at which somebody answers what the morning's report asks, and may lose the state."""

from __future__ import annotations

import random
from collections.abc import Callable

from bridge.core.tie_out.items import Item, ItemKind
from bridge.errors import BridgeError, UsageError
from bridge.pipeline import decide
from bridge.pipeline.adoption import answer
from bridge.pipeline.rebuild import rebuild
from bridge.report.details import english
from tests.simulation.estate import Estate
from tests.simulation.hand import Hand
from tests.simulation.trace import Trace

CHANGED = (ItemKind.DRIFTED, ItemKind.MISMATCHED)
GONE = (ItemKind.TOMBSTONED, ItemKind.MISSING)


class Desk:
    """Somebody with the report before them."""

    def __init__(self, estate: Estate, hand: Hand, trace: Trace) -> None:
        self.estate, self.hand, self.trace = estate, hand, trace

    def sit_down(self, chance: random.Random) -> None:
        """Answer one question of the report, if there is any."""
        told = [
            (result.system, item)
            for result in self.estate.reconcile(full=False).systems
            for item in result.items
            if item.kind in (*CHANGED, *GONE) or item.cause == "books.lookalike"
        ]
        if told:
            system, item = chance.choice(told)
            what = self._answer(system, item, chance)
            self.trace.say(f"desk: {what}")

    def _answer(self, system: str, item: Item, chance: random.Random) -> str:
        if item.cause == "books.lookalike":
            reference = item.subject.removeprefix("document:")
            same = chance.random() < 0.4
            return self._answered(system, reference, english(item.detail).split(" ")[0], same)
        if chance.random() < 0.5:
            return self._decided(system, decide.accept, item, self.estate.clock.now())
        what = self._decided(system, decide.repost, item, self.estate.clock)
        self.hand.forget(system, item.external_id)
        return what

    def _answered(self, system: str, reference: str, external_id: str, same: bool) -> str:
        about = f"{reference} is {'' if same else 'not '}{external_id} in {system}"
        with self.estate.bridge() as bridge:
            now = self.estate.clock.now()
            try:
                answer(bridge, system, reference, external_id, "ana", now, same=same)
            except BridgeError as refusal:
                return f"{about}: {refusal}"
        if same:
            self.hand.adopted[system, external_id] = reference
        self.trace.count("decisions", "adopt" if same else "different")
        return about

    def _decided(self, system: str, verb: Callable[..., object], item: Item, time: object) -> str:
        """`time`: the moment, or the clock for a verb that may have to wait."""
        about = [item.reference]
        with self.estate.bridge() as bridge:
            books = bridge.books[system].system
            try:
                verb(bridge.store, books, about, "ana", time)
            except UsageError as refusal:
                return f"{verb.__name__} {about} in {system}: {refusal}"
        self.hand.right.pop((system, item.external_id), None)
        self.trace.count("decisions", f"drift {verb.__name__}")
        return f"{verb.__name__} {about} in {system}"

    def lose_the_state(self) -> None:
        """The disk is replaced, and nobody made copies."""
        for path in self.estate.folder.glob("state.db*"):
            path.unlink()
        self.make_anew()

    def make_anew(self) -> None:
        """`ledger-bridge rebuild`, where no state is."""
        self.hand.adopted.clear()  # it has to be said again
        with self.estate.bridge() as bridge:
            done = rebuild(bridge, "ana")
        self.trace.count("decisions", "rebuild")
        for each in done.systems:
            self.trace.say(
                f"the state is lost, and made anew: {each.system} {each.documents} documents, "
                f"{each.taken_back} taken back, {each.asked} asked, unknown {each.unknown}"
            )
