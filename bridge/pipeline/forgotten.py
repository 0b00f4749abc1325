"""Documents of ours in the books that this state does not know, asked for before a pass writes.

Either the state forgot them (an older copy of it was put in place, its last writes got lost), or
somebody else posts here. Forgotten ones are tied to the ledger again, and everything new is looked
up before it is sent; beside another writer nothing is sent at all.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import msgspec

from bridge.core.books import Kind, MadeInBooks
from bridge.core.delivery import Operation
from bridge.core.identity import is_ours
from bridge.core.mapping.booking import Booking
from bridge.core.message import message, written
from bridge.core.plan import PlanFigures
from bridge.pipeline.apart import Unread, fetched
from bridge.pipeline.catching_up import caught_up_with
from bridge.pipeline.context import Books, Bridge, Progress, System
from bridge.pipeline.known_again import known_again
from bridge.pipeline.older_state import (
    FOUND,
    SURE,
    TAKEN_OVER,
    TIED,
    UNTOLD,
    is_from_elsewhere,
    is_unsure,
    strangers_of_ours,
)
from bridge.pipeline.readback import read_back
from bridge.pipeline.rebuild import known_documents
from bridge.pipeline.second_writer import named, never_heard_of, somebody_else
from bridge.pipeline.untied import are_silent, silent, untied
from bridge.store import NO_LOAN, Work
from bridge.store.decisions import BRIDGE

_ASKED = frozenset(Kind) - {Kind.APPLICATION}
"""Kinds that are asked for. A credit note that is used up cannot be used a second time."""
_CURSORS = "newest"
_OPENED = 5
"""Customers that are opened to see whose documents of our numbers are."""
_cursors = msgspec.json.Decoder(dict[Kind, str]).decode


class Keeping:
    """Keeps one pass on one company's books from writing what is there already."""

    def __init__(
        self, bridge: Bridge[System], books: Books[System], progress: Progress, who: str = ""
    ) -> None:
        """`who`: the person who says that no other state posts to these books any more."""
        self.store, self.clock, self.today = bridge.store, bridge.clock, bridge.today
        self.books, self.progress, self.who = books, progress, who
        self.where = books.id

    def meet(self) -> None:
        """Read the books once before anything is ever posted there: what was entered by hand must
        not be posted a second time, and is a person's for good, whatever number it has. Raises
        SecondWriter when they hold documents of ours."""
        with self.store.read() as work:
            met = bool(work.mirror.cursor(self.where))
            restored = work.marks.restored_at(self.books.id)
        if not met:
            read_back(self.store, self.books.system, progress=self.progress)
            self._begin_cursors()
        if restored or known_documents(self.store, self.books):
            return
        unknown = self._strangers()
        if unknown and met:  # perhaps they are gone by now
            read_back(self.store, self.books.system, progress=self.progress)
            unknown = self._strangers()
        if unknown and self._are_the_programs(unknown):
            raise never_heard_of(self.books.name, unknown)
        with self.store.begin() as work:
            work.strangers.leave_unknown(self.clock.now().isoformat(), unknown)

    def after_restoring(self, booking: Booking) -> None:
        """Tie what the books have to the ledger again, once after a copy was put in place. Where
        nobody knows whether this state is one, or one more, documents of ours that were read and
        are not known say so: a plan would take them for its own, and nobody would hear of it."""
        with self.store.read() as work:
            restored = work.marks.restoring(self.books.id)
            done = work.upkeep.noted(TIED.format(self.books.name))
            unsure = is_unsure(work, self.books.name)
            untold, asked = untied(work, self.where), silent(work, self.where)
        if restored is not None and restored.at != done:
            self._tie(booking, restored.at, restored.detail)
            return
        if untold and not are_silent(self.books.system, asked):  # some are told by now
            self._tie(booking, done, "")
            return
        behind = restored is not None or (unsure and known_documents(self.store, self.books))
        unknown = self._strangers() if behind else []
        if unknown:
            self._judge(booking, unknown)

    def knows_them_now(self, booking: Booking) -> None:
        """A plan came upon documents of ours that the books were read with before this pass: they
        are tied to the ledger. Raises SecondWriter where the state has forgotten nothing."""
        self._judge(booking, self._strangers())

    def finds_more(self, booking: Booking, figures: PlanFigures) -> bool:
        """Whether the books have documents of ours that the state did not know: then they are tied
        to the ledger by now, and what is planned must be planned again.

        Asked for the kinds of which something is to be created, once for all kinds where the state
        came from elsewhere. Raises SecondWriter where the state has forgotten nothing.
        """
        with self.store.read() as work:
            kinds = _to_be_created(figures) | work.entries.to_create(self.where)
            if is_from_elsewhere(self.store, work, self.where):
                kinds |= _ASKED
        if not kinds & _ASKED:
            return False
        unknown = self._newest(sorted(kinds & _ASKED))
        if unknown:
            self._judge(booking, unknown)
        with self.store.begin() as work:
            work.upkeep.note(SURE.format(self.books.name), work.upkeep.noted("unsure"))
        return bool(unknown)

    def _judge(self, booking: Booking, unknown: Sequence[MadeInBooks]) -> None:
        at = self.clock.now().isoformat()
        with self.store.read() as work:
            restored = work.marks.restoring(self.books.id)
            unsure = is_unsure(work, self.books.name)
        if restored is not None:
            self._tie(booking, restored.at, FOUND)
            return
        if not unsure and not self.who:
            raise somebody_else(self.books.name, unknown)
        why = TAKEN_OVER if self.who else FOUND
        with self.store.begin() as work:
            work.marks.doubt_state(self.who or BRIDGE, at, why)
        self._tie(booking, at, why)

    def _are_the_programs(self, unknown: Sequence[MadeInBooks]) -> bool:
        """Whether a program made these documents: a person who writes our numbers on documents does
        not write them on customers as well. Where the books do not tell who has them, it may be."""
        with self.store.read() as work:
            prefixes = work.ledger.prefixes()
            told = [
                work.mirror.document(self.where, each.kind, each.external_id) for each in unknown
            ]
        if any(each.kind is Kind.CUSTOMER for each in unknown):
            return True
        whose = sorted({each.customer_id for each in told if each and each.customer_id})[:_OPENED]
        unread = Unread()
        customers = fetched(self.books.system, Kind.CUSTOMER, whose, unread)
        if unread:
            self.books.system.chart()  # raises where the product answers nobody
            return True
        words = [word for each in customers.values() for word in (each.number, *each.memo.split())]
        return any(is_ours(word, prefix) for word in words for prefix in prefixes)

    def _tie(self, booking: Booking, restored_at: str, why: str) -> None:
        """Know our documents again in books that are read anew; nothing that was planned for want
        of them stays planned."""
        read_back(self.store, self.books.system, progress=self.progress)
        if known_documents(self.store, self.books):
            made = caught_up_with(self.store, self.books, booking, self.progress)
            tied = made.documents
        else:
            made = known_again(self.store, self.books, booking, self.today, self.progress)
            tied = made.documents + made.taken_back
        left = self._strangers()
        with self.store.begin() as work:
            work.strangers.leave_unknown(restored_at, left)
            waiting = [
                each
                for each in work.entries.to_send(self.where)
                if each.operation is Operation.CREATE
            ]
            work.outbox.supersede(waiting)
            for loan in {each.loan for each in waiting} - {NO_LOAN}:
                work.plans.set_revisit(self.where, loan, "books.ahead")
            work.upkeep.note(TIED.format(self.books.name), restored_at)
            if why:
                detail = message("known_again", number=tied)
                if left:
                    detail = message("known_again_but", number=tied, others=named(left))
                work.upkeep.note(UNTOLD.format(self.books.name), written(detail))

    def _newest(self, kinds: Sequence[Kind]) -> list[MadeInBooks]:
        with self.store.read() as work:
            cursors = self._cursors(work)
        found = self.books.system.newest(kinds, cursors)
        made: Collection[MadeInBooks] = found.made
        following: Mapping[Kind, str] = found.cursors
        if not found.complete:
            cursor = self.books.system.cursor()
            read_back(self.store, self.books.system, progress=self.progress)
            following = dict.fromkeys(kinds, cursor)
            with self.store.read() as work:
                made = work.strangers.live(self.where, work.ledger.prefixes())
        with self.store.begin() as work:
            unknown = work.strangers.never_heard_of(self.where, made, work.ledger.prefixes())
            if not unknown:  # else they are to be found again, should this pass end here
                told = msgspec.json.encode({**cursors, **following}).decode()
                work.mirror.set_cursor(self.where, told, _CURSORS)
        return unknown

    def _strangers(self) -> list[MadeInBooks]:
        with self.store.read() as work:
            return strangers_of_ours(work, self.where)

    def _cursors(self, work: Work) -> dict[Kind, str]:
        known = work.mirror.cursor(self.where, _CURSORS)
        if known:
            return _cursors(known)
        if not self.books.system.capabilities.change_feed_days:
            return {}
        return dict.fromkeys(_ASKED, work.mirror.cursor(self.where))

    def _begin_cursors(self) -> None:
        with self.store.begin() as work:
            told = msgspec.json.encode(self._cursors(work)).decode()
            work.mirror.set_cursor(self.where, told, _CURSORS)


def _to_be_created(figures: PlanFigures) -> set[Kind]:
    made = (name.split(".") for name in figures.by_kind)
    return {Kind(kind) for operation, kind in made if operation == Operation.CREATE.value}
