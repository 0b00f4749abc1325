"""Reading by what changed, where the books have no feed that tells it.

Lists tell what was made or written; a deleted document and an edited payment they do not. So what
came is held against what is known: what each invoice has paid must have moved by the receipts that
came, else everything of its customer is read; each kind must have exactly as many documents as
here, else all of that kind is read; and what the receivable accounts hold beyond documents must
be what it was (`standing.adds_up`), else everything is. What moves none of these figures is read
afresh in turns, so that within some days all of the books was seen.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal

from bridge.core.books import Kind, PostedDocument, Status, applied
from bridge.errors import QuestionRefused
from bridge.pipeline.apart import Unread, fetched
from bridge.pipeline.as_opened import Key, as_opened, with_moves
from bridge.pipeline.standing import Standing, keep_standing, standing_of
from bridge.store import Store, Work
from bridge.store.mirror_parts import MirrorParts
from bridge.store.session import chunks
from bridge.systems.base import AccountingReader, ReadInPart, books_of

_AT_ONCE = 1000
_COUNTED = (Kind.INVOICE, Kind.RECEIPT, Kind.CREDIT_NOTE)
_OF_CUSTOMER = (Kind.RECEIPT, Kind.CREDIT_NOTE, Kind.APPLICATION)
_IN_TURN = frozenset({Kind.CUSTOMER, Kind.INVOICE, Kind.CREDIT_NOTE, Kind.APPLICATION})
"""Read afresh on the last day of a round; receipts, of which there are most, some pages a day."""
_PAYS = {Kind.INVOICE: 1, Kind.RECEIPT: -1, Kind.CREDIT_NOTE: -1}
_FEW = 20
ZERO = Decimal(0)


def read_in_part(
    store: Store, system: AccountingReader, cursor: str, unread: Unread
) -> dict[str, str] | None:
    """Bring the mirror up to date by what changed since. None: everything must be read.

    Else the invoices that changed in nothing but that we paid them, with their versions.
    """
    part = system.in_part
    if part is None or part.every_days <= 1:
        return None
    with store.read() as work:
        standing = standing_of(work, system)
        size = work.mirror.size(books_of(system))
    if standing is None or standing.beyond is None or size < part.worth_it_from:
        return None
    reading = _Reading(store, system, part, standing, unread)
    try:
        return reading.paid_by_us if reading.read(cursor, size) else None
    except QuestionRefused:
        return None


def read_wholly(work: Work, system: AccountingReader) -> None:
    """Remember that all of the books was read just now."""
    if system.in_part is not None:
        today, before = system.in_part.today(), standing_of(work, system)
        beyond = before.beyond if before is not None else None
        keep_standing(work, system, Standing(whole_since=today, round_from=today, beyond=beyond))


class _Reading:
    """One reading: what is known of the documents that came, and what they are now."""

    def __init__(
        self,
        store: Store,
        system: AccountingReader,
        part: ReadInPart,
        standing: Standing,
        unread: Unread,
    ) -> None:
        self._store = store
        self._system = system
        self._part = part
        self._standing = standing
        self._unread = unread
        self._where = books_of(system)
        self._before: dict[Key, PostedDocument] = {}
        self._after: dict[Key, PostedDocument | None] = {}
        """None: it is no more."""
        self._again: set[Kind] = set()
        """Kinds of which everything must be read."""
        self.paid_by_us: dict[str, str] = {}
        """Invoices that changed in nothing but that we paid them → their versions."""

    def read(self, cursor: str, size: int) -> bool:
        """False: what came does not add up, and only everything will."""
        following = self._system.cursor()
        since = self._part.since(cursor, self._known)
        if not since.complete:
            return False
        self._take(since.documents)
        for kind, ids in since.listed.items():
            with self._store.read() as work:
                gone = MirrorParts.on(work).ids(self._where, kind) - ids
            self._gone(kind, gone)
        # Never more calls one by one than reading everything would take.
        most = max(_FEW, size // self._part.page_size)
        if not self._settled(most):
            return False
        strange = self._unexplained()
        self._read_customers(strange, most)
        paid = self._paid(strange)
        self._write()
        self._read_again()
        if self._paid(strange) != paid:
            return False
        self._in_turn()
        with self._store.begin() as work:
            work.mirror.set_cursor(self._where, following)
            keep_standing(work, self._system, self._standing)
            work.strangers.recognise(self._where)
        return True

    def _known(self, kind: Kind, ids: Sequence[str]) -> Mapping[str, PostedDocument]:
        with self._store.read() as work:
            return MirrorParts.on(work).known(self._where, kind, ids)

    def _take(self, documents: Iterable[PostedDocument]) -> None:
        """Add what came. A credit note that is used for nothing is no application."""
        fresh: dict[Kind, list[str]] = {}
        for document in documents:
            key = (document.kind, document.external_id)
            if key not in self._before:
                fresh.setdefault(document.kind, []).append(document.external_id)
            used = document.kind is not Kind.APPLICATION or document.total
            self._after[key] = document if used else None
        for kind, ids in fresh.items():
            known = self._known(kind, ids)
            self._before |= {(kind, external_id): each for external_id, each in known.items()}

    def _gone(self, kind: Kind, ids: Collection[str]) -> None:
        known = self._known(kind, sorted(ids))
        self._before |= {(kind, external_id): each for external_id, each in known.items()}
        self._after |= dict.fromkeys(((kind, external_id) for external_id in ids), None)

    def _ask(self, kind: Kind, ids: Collection[str]) -> None:
        """Look at documents one by one that a list left out."""
        found = fetched(self._system, kind, sorted(ids), self._unread)
        self._take(found.values())
        told = {each for each in ids if (kind, each) not in self._unread}
        self._gone(kind, told - set(found))

    def _settled(self, most: int) -> bool:
        """Look at the invoices that had something open and are not told to have it any more."""
        with self._store.read() as work:
            owing = MirrorParts.on(work).owing(self._where)
        absent = {each for each in owing if (Kind.INVOICE, each) not in self._after}
        if len(absent) > most:
            return False
        self._ask(Kind.INVOICE, absent)
        return True

    # ── what moved without a reason ──────────────────────────────────────────────────────────

    def _unexplained(self) -> set[str]:
        """Customers of whom something was paid, or taken back, that no receipt which came says."""
        strange: set[str] = set()
        shifts: dict[str, Decimal] = {}
        owners: dict[str, set[str]] = {}
        ours: set[str] = set()
        others: set[str] = set()
        for key, now in self._after.items():
            was = self._before.get(key)
            kind, people = key[0], {each.customer_id for each in (was, now) if each is not None}
            if kind is Kind.INVOICE:
                number = _number(was, now)
                shifts[number] = shifts.get(number, ZERO) + _paid(now) - _paid(was)
                owners.setdefault(number, set()).update(people)
                if len(people) > 1:
                    strange |= people
            elif kind is Kind.RECEIPT and was is None and now is not None:
                parts, posted = self._parts(now)
                if parts is None:
                    strange |= people
                (ours if posted else others).update(parts or ())
                for number, amount in (parts or {}).items():
                    shifts[number] = shifts.get(number, ZERO) - amount
                    owners.setdefault(number, set()).update(people)
            elif kind in _OF_CUSTOMER and _is_other(was, now):
                strange |= people
        for number, shift in shifts.items():
            if shift:
                strange |= owners[number]
        quiet = {number for number in ours - others if not strange & owners[number]}
        self._note_paid(quiet)
        return strange - {""}

    def _note_paid(self, numbers: Collection[str]) -> None:
        """Keep those of these invoices that were opened since somebody else wrote them."""
        with self._store.read() as work:
            seen = work.bindings.versions_of(self._where, numbers)
        for (kind, external_id), now in self._after.items():
            was = self._before.get((kind, external_id))
            if kind is not Kind.INVOICE or now is None or was is None or now.number not in numbers:
                continue
            known = self._standing.unopened.get(external_id, seen.get(now.number))
            if was.version == known and _as_listed(was) == _as_listed(now):
                self.paid_by_us[external_id] = now.version

    def _parts(self, receipt: PostedDocument) -> tuple[dict[str, Decimal] | None, bool]:
        """Invoice number → what a receipt that came settles of it; None: nobody says. And whether
        it is ours."""
        used = _paid(receipt)
        if not used:
            return {}, False
        with self._store.read() as work:
            bound = work.bindings.by_external_id(self._where, Kind.RECEIPT, receipt.external_id)
        posted = applied(bound.document) if bound is not None else {}
        told = set(posted if receipt.settles is None else receipt.settles)
        if posted and set(posted) == told and sum(posted.values(), ZERO) == used:
            return posted, True
        return (dict.fromkeys(told, used) if len(told) == 1 else None), bound is not None

    def _read_customers(self, strange: Collection[str], most: int) -> None:
        """Everything that these customers paid; and whether those are still there whose documents
        somebody gave to others."""
        if 2 * len(strange) > most:
            self._again |= set(_OF_CUSTOMER)
            return
        for customer in sorted(strange):
            self._take(self._part.of_customer(customer))
        with self._store.read() as work:
            theirs = list(MirrorParts.on(work).of_customers(self._where, sorted(strange)))
        for kind in _OF_CUSTOMER:
            ids = {each.external_id for each in theirs if each.kind is kind}
            self._ask(kind, {each for each in ids if (kind, each) not in self._after})
        self._ask(Kind.CUSTOMER, self._left() - {""})

    def _left(self) -> set[str]:
        """Customers that lost an invoice to another."""
        return {
            was.customer_id
            for key, was in self._before.items()
            if key[0] is Kind.INVOICE
            and (now := self._after.get(key)) is not None
            and now.customer_id != was.customer_id
        }

    def _paid(self, customers: Collection[str]) -> dict[str, Decimal]:
        """By customer: what their invoices have paid beyond their receipts and credit notes. What
        is left is no document's, as a write-off, and does not change by itself. Customers whose
        documents were moved count as one."""
        moved = self._left() | {
            now.customer_id
            for now in self._after.values()
            if now is not None and self._is_moved(now)
        }
        sums: dict[str, Decimal] = {}
        with self._store.read() as work:
            for each in MirrorParts.on(work).of_customers(self._where, sorted(customers)):
                whose = "" if each.customer_id in moved else each.customer_id
                sums[whose] = sums.get(whose, ZERO) + _PAYS.get(each.kind, 0) * _paid(each)
        return {whose: amount for whose, amount in sums.items() if amount}

    def _is_moved(self, now: PostedDocument) -> bool:
        was = self._before.get((now.kind, now.external_id))
        return was is not None and was.customer_id != now.customer_id

    # ── writing, and what is read besides ────────────────────────────────────────────────────

    def _write(self) -> None:
        gone = [key for key, now in self._after.items() if now is None]
        with self._store.begin() as work:
            self._put(work, [now for now in self._after.values() if now is not None])
            for kind in {kind for kind, _ in gone}:
                ids = [external_id for of, external_id in gone if of is kind]
                MirrorParts.on(work).forget(self._where, kind, ids)
        receipts = sum(1 for key in gone if key in self._before and key[0] is Kind.RECEIPT)
        # Those behind them come forward, perhaps onto a page that was read in this round.
        self._standing = self._standing.back(-(-receipts // self._part.page_size))

    def _put(self, work: Work, documents: Sequence[PostedDocument]) -> None:
        opened = {key: each for key, each in self._before.items() if each.whole and each.updated_at}
        for page in chunks(documents, _AT_ONCE):
            told = as_opened(with_moves(work, self._system, page), opened)
            work.mirror.put(self._where, told)

    def _read_again(self) -> None:
        """Read each kind of which something is gone, or of which too much is doubtful."""
        for kind in _COUNTED:
            with self._store.read() as work:
                count = MirrorParts.on(work).count(self._where, kind)
            if kind not in self._again and not self._part.are_exactly(kind, count):
                self._again.add(kind)
        self._replace(self._again)

    def _replace(self, kinds: Collection[Kind]) -> None:
        together = set(kinds)
        if together & {Kind.CREDIT_NOTE, Kind.APPLICATION}:
            together |= {Kind.CREDIT_NOTE, Kind.APPLICATION}  # they are one list
        if not together:
            return
        with self._store.begin() as work:
            # Should this reading not come to its end, the next one is of everything.
            work.mirror.set_cursor(self._where, "")
            for kind in together:
                MirrorParts.on(work).forget_kind(self._where, kind)
        wanted = [kind for kind in Kind if kind in together]
        for page in chunks(self._system.read(wanted), _AT_ONCE):
            with self._store.begin() as work:
                self._put(work, page)

    def _in_turn(self) -> None:
        """Today's part of the books, whether anything changed in it or not."""
        standing, today = self._standing, self._part.today()
        gone_by = (today - standing.round_from).days
        last = gone_by >= self._part.every_days
        with self._store.read() as work:
            count = MirrorParts.on(work).count(self._where, Kind.RECEIPT)
        pages = -(-count // self._part.page_size)
        until = pages if last else pages * max(gone_by, 0) // self._part.every_days
        if until > standing.page and Kind.RECEIPT not in self._again:
            told = self._part.pages(Kind.RECEIPT, standing.page + 1, until)
            for page in chunks(told, _AT_ONCE):
                with self._store.begin() as work:
                    self._put(work, page)
        self._standing = standing.at(max(until, standing.page))
        if last:
            self._replace(_IN_TURN - self._again)
            begun = standing.round_from + timedelta(days=1)
            self._standing = self._standing.next_round(begun, today)


def _number(was: PostedDocument | None, now: PostedDocument | None) -> str:
    told = now if now is not None else was
    return told.number if told is not None else ""


def _paid(document: PostedDocument | None) -> Decimal:
    """The part of a document that counts which is not open any more."""
    if document is None or document.status is not Status.LIVE:
        return ZERO
    return document.total - document.open


def _as_listed(document: PostedDocument) -> tuple[object, ...]:
    """The fields of an invoice in a listing that a payment does not change."""
    told = document
    return (
        (told.status, told.number, told.customer_id, told.currency, told.rate, told.total),
        (told.day, told.due, told.stamp),
    )


def _is_other(was: PostedDocument | None, now: PostedDocument | None) -> bool:
    """True where a receipt or a credit note may settle something else than it did."""
    if was is None or now is None:
        return _paid(was) != _paid(now)
    settles = was.settles is not None and now.settles is not None and was.settles != now.settles
    same = (was.status, was.total, was.open, was.customer_id)
    return settles or same != (now.status, now.total, now.open, now.customer_id)
