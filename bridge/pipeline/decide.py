"""A person's decisions about documents that the books hold otherwise than posted.

    accept     the books are right: the document stays as they have it
    repost     the ledger is right: the document is to be again as it was posted
    adopt      that document of the books is this one of ours

Each looks at the books first, and writes down what it found there together with the decision.
Nothing is sent: the next pass plans what follows, under its limits, and shows it in a dry run.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import msgspec

from bridge.core.books import (
    Application,
    CreditApplication,
    Customer,
    Document,
    Kind,
    PostedDocument,
    Receipt,
    Several,
    Status,
    with_uses,
)
from bridge.core.change.matching import differences, with_rate_known
from bridge.core.delivery import UNSEEN, WAITS_FOR_A_PERSON, Binding, State
from bridge.errors import PersonNeeded, TryLater, UsageError
from bridge.pipeline import customer_anew
from bridge.pipeline.absence import find_surely
from bridge.pipeline.apart import Unread, fetched, not_told, told_to_a_person
from bridge.pipeline.context import Time
from bridge.store import Entry, LoanKey, Store, Work
from bridge.store.outbox_rows import named_by
from bridge.systems.base import AccountingReader, AccountingSystem, books_of

_MOST = 1000
_AS_SHOWN = "leave it as the books show it: ledger-bridge drift accept {reference}"
_INSTEAD = (
    "leave ours as the books show it, or have it posted again: ledger-bridge drift accept (or "
    "repost) {reference}"
)
_IN_THE_OUTBOX = "give ours up, or send it again: ledger-bridge outbox drop (or retry) ENTRY"


class Decided(msgspec.Struct, frozen=True, kw_only=True):
    """One decision, as it was written down."""

    system: str
    decision: str
    reference: str
    external_id: str
    loan: str
    found: str
    """What the books had: `live`, `voided` or `deleted`."""
    differs: tuple[str, ...] = ()
    """Fields in which they differ from what the bridge wants."""


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A bound document, what the books have of it now, and the writes that wait for a decision."""

    binding: Binding
    loan: LoanKey
    now: PostedDocument
    """Its status says so when it is gone."""
    waiting: tuple[Entry, ...]
    links: dict[str, str]


def accept(
    store: Store, system: AccountingReader, references: Sequence[str], who: str, at: datetime
) -> list[Decided]:
    """Leave these documents as the books have them. All of them or, with UsageError, none.

    One that the books do not tell is left as a person saw it there: as the listing has it, or as
    gone where it has it not.
    """
    cases = [_case(store, system, reference, unread={}) for reference in references]
    decided = []
    with store.begin() as work:
        for case in cases:
            document = _as_settled(work, system, case)
            facts = document.facts if isinstance(document, Customer) else UNSEEN
            changed = msgspec.structs.replace(
                case.binding,
                document=document,
                posted=with_rate_known(case.now, case.binding.posted),
                version=case.now.version,
                accepted=facts,
                restore=False,
            )
            decided.append(_write_down(work, system, case, changed, "accept", who, at))
    return decided


def repost(
    store: Store, system: AccountingSystem, references: Sequence[str], who: str, clock: Time
) -> list[Decided]:
    """Have these documents as they were posted again: changed back, or posted anew if they are
    gone. All of them or, with UsageError, none."""
    cases = [_case(store, system, reference) for reference in references]
    for case in cases:
        if case.now.status is not Status.LIVE:
            _refuse_what_cannot_come_back(store, system, case, clock)
    decided, at = [], clock.now()
    with store.begin() as work:
        for case in cases:
            if isinstance(case.binding.document, Customer):
                customer_anew.refuse_while_under_way(work, system, case.binding.reference)
            live = case.now.status is Status.LIVE
            changed = msgspec.structs.replace(
                case.binding,
                external_id=case.now.external_id,
                posted=with_rate_known(
                    case.now, case.binding.posted
                ),  # the version stays: until it is put back, it is told
                accepted="",
                restore=live,
                voided=not live,
            )
            decided.append(_write_down(work, system, case, changed, "repost", who, at))
            if isinstance(changed.document, Customer) and not live:
                customer_anew.enqueue(work, system, changed, at)
    return decided


def adopt(
    store: Store, system: AccountingReader, reference: str, external_id: str, who: str, at: datetime
) -> Decided:
    """Tie a document of the books to our reference, instead of posting a second one.

    For a reference that waits in the outbox, or is bound to something that is gone or merged.
    """
    with store.read() as work:
        wanted, loan, generation = _wanted(work, system, reference)
        bound = work.bindings.named(books_of(system), reference) is not None
    way_out = _INSTEAD if bound else _IN_THE_OUTBOX
    now = _target(store, system, wanted, external_id, way_out)
    if now is None or now.status is not Status.LIVE:
        raise UsageError(
            f"{system.name} has no live {wanted.kind.value} with the id {external_id}."
        )
    with store.begin() as work:
        _refuse_what_is_not_the_same(work, system, wanted, now)
        links = work.bindings.links(books_of(system), sorted(named_by(wanted)))
        fields = tuple(d.field for d in differences(wanted, now, links))
        binding = Binding(
            reference=reference,
            external_id=external_id,
            version=now.version,
            generation=generation,
            document=wanted,
            posted=now,
            accepted=_accepted(wanted) if fields else "",
        )
        waiting = _waiting(work, system, reference)
        case = Case(binding=binding, loan=loan, now=now, waiting=tuple(waiting), links=links)
        return _write_down(work, system, case, binding, "adopt", who, at)


def _target(
    store: Store, system: AccountingReader, wanted: Document, external_id: str, way_out: str
) -> PostedDocument | None:
    """The document that is to be this one of ours. A customer owes nothing by itself: one that is
    not told is taken as the listing has it, since a merged customer has no other way out.

    Raises PersonNeeded where the books do not tell it.
    """
    try:
        named = {external_id: wanted.reference}
        return told_to_a_person(system, wanted.kind, named, way_out).get(external_id)
    except PersonNeeded:
        with store.read() as work:
            listed = work.mirror.document(books_of(system), wanted.kind, external_id)
        if not isinstance(wanted, Customer) or listed is None:
            raise
        return listed


def _accepted(document: Document) -> str:
    return document.facts if isinstance(document, Customer) else UNSEEN


def _case(
    store: Store, system: AccountingReader, reference: str, unread: Unread | None = None
) -> Case:
    """The case of a reference, with the books asked. Raises UsageError if nothing is known of it,
    and PersonNeeded where the books do not tell this document, unless there is an `unread`."""
    with store.read() as work:
        binding = work.bindings.named(books_of(system), reference)
        loan = work.bindings.loan_of(books_of(system), reference) or ("", "")
        waiting = _waiting(work, system, reference)
        if binding is None or binding.voided:
            raise UsageError(
                f"{reference} is not a document that the bridge has in {system.name}; "
                "`ledger-bridge drift list` names those that differ."
            )
        links = work.bindings.links(books_of(system), sorted(named_by(binding.document)))
    external_id = binding.external_id
    anew = _entered_anew(waiting, binding)
    kind, asked = binding.document.kind, anew or external_id
    untold = Unread()
    now = fetched(system, kind, [asked], untold).get(asked)
    if untold:
        system.chart()  # raises where the product answers nobody: then nothing is known
    if untold and unread is None:
        named = {reference: (asked, untold[kind, asked])}
        raise not_told(system.name, kind, named, _AS_SHOWN)
    if untold:
        now = _as_listed(store, system, binding)
    if now is None:
        posted = binding.posted
        assert posted is not None, f"{reference} is bound and was never answered"
        now = msgspec.structs.replace(posted, status=Status.DELETED)
    return Case(binding=binding, loan=loan, now=now, waiting=tuple(waiting), links=links)


def _as_listed(store: Store, system: AccountingReader, binding: Binding) -> PostedDocument | None:
    """A document that is not told by its id, as a listing has it, and as it was posted where that
    is silent; None where no listing has it."""
    with store.read() as work:
        where = (books_of(system), binding.document.kind, binding.external_id)
        listed = work.mirror.document(*where)
    if listed is None or listed.status is not Status.LIVE or binding.posted is None:
        return None
    posted = binding.posted
    return msgspec.structs.replace(
        listed,
        whole=posted.whole,
        lines=posted.lines,
        applications=posted.applications,
        customer_id=listed.customer_id or posted.customer_id,
        deposit_account=listed.deposit_account or posted.deposit_account,
    )


def _entered_anew(waiting: Sequence[Entry], binding: Binding) -> str:
    """The id of the document that somebody entered in the place of a deleted one, where that
    stopped a correction."""
    for entry in waiting:
        held = entry.detail
        if entry.state is not State.DRIFTED or not isinstance(held, str) or held[:1] != "{":
            continue  # a message says why; the document itself is kept as it was told
        found = msgspec.json.decode(held, type=PostedDocument)
        if found.external_id != binding.external_id:
            return found.external_id
    return ""


def _waiting(work: Work, system: AccountingReader, reference: str) -> list[Entry]:
    entries = work.entries.of(books_of(system), reference=reference, limit=_MOST)
    states = WAITS_FOR_A_PERSON | {State.PENDING}
    return [entry for entry in entries if entry.state in states]


def _as_settled(work: Work, system: AccountingReader, case: Case) -> Document:
    """The document with the applications that the books really have, as far as they are to invoices
    of ours."""
    document = case.binding.document
    if not isinstance(document, Receipt | CreditApplication) or not case.now.applications:
        return document
    settled = []
    for invoice_id, amount in case.now.applications:
        bound = work.bindings.by_external_id(books_of(system), Kind.INVOICE, invoice_id)
        if bound is not None and not bound.voided:
            settled.append(Application(bound.reference, amount))
    return with_uses(document, tuple(settled), case.now)


def _write_down(
    work: Work,
    system: AccountingReader,
    case: Case,
    binding: Binding,
    verb: str,
    who: str,
    at: datetime,
) -> Decided:
    where = books_of(system)
    work.bindings.put(where, binding, case.loan)
    work.outbox.supersede(case.waiting)
    if case.loan[1]:
        work.plans.set_revisit(where, case.loan, f"drift.{verb}")
    fields = tuple(d.field for d in differences(binding.document, case.now, case.links))
    detail = f"{where.system} {binding.external_id}: {', '.join(fields) or 'the same'}"
    work.decisions.record(who, at.isoformat(), verb, binding.reference, detail)
    return Decided(
        system=where.system,
        decision=verb,
        reference=binding.reference,
        external_id=binding.external_id,
        loan=case.loan[1],
        found=case.now.status.value,
        differs=fields,
    )


def _refuse_what_cannot_come_back(
    store: Store, system: AccountingSystem, case: Case, clock: Time
) -> None:
    document = case.binding.document
    if isinstance(document, Customer) and (
        case.now.status is not Status.DELETED or customer_anew.on_another(store, system, document)
    ):
        raise UsageError(
            f"{document.reference} is a customer: make it active again in {system.name}, or adopt "
            f"the one that it was merged into: ledger-bridge drift adopt {document.reference} ID"
        )
    try:
        there = find_surely(system, clock, document.kind, [document], case.links)
    except TryLater as trouble:
        if trouble.retry_after_s is not None:
            raise
        system.chart()  # raises where the product answers nobody
        named = {document.reference: (case.now.external_id, str(trouble))}
        raise not_told(system.name, document.kind, named, _AS_SHOWN) from trouble
    found = there.get(document.reference)
    if isinstance(found, Several):
        raise UsageError(
            f"{system.name} has {document.reference} more than once (ids {found.ids}). Take out "
            f"there all but one first."
        )
    if isinstance(document, Customer) and found is not None and found.status is Status.VOIDED:
        raise UsageError(
            f"{system.name} has {document.reference} under the id {found.external_id}, where it is "
            f"inactive: make that one active again and adopt it."
        )
    if found is not None and found.status is Status.LIVE:
        raise UsageError(
            f"Somebody entered {document.reference} in {system.name} again (id "
            f"{found.external_id}). Adopt that one, or take it out there first: ledger-bridge "
            f"drift adopt {document.reference} {found.external_id}"
        )


def _wanted(work: Work, system: AccountingReader, reference: str) -> tuple[Document, LoanKey, int]:
    """The document that a reference stands for, its loan and its generation."""
    binding = work.bindings.named(books_of(system), reference)
    if binding is not None and not binding.voided:
        loan = work.bindings.loan_of(books_of(system), reference) or ("", "")
        return binding.document, loan, binding.generation
    for entry in _waiting(work, system, reference):
        return entry.document, entry.loan, entry.generation
    raise UsageError(
        f"{reference} is neither bound nor waiting in the outbox of {system.name}. For documents "
        "entered before go-live, see `ledger-bridge drift adopt --propose FILE`."
    )


def _refuse_what_is_not_the_same(
    work: Work, system: AccountingReader, wanted: Document, now: PostedDocument
) -> None:
    where = books_of(system)
    if isinstance(wanted, Customer):  # two borrowers whom somebody merged have one customer
        if now.currency not in {"", wanted.currency}:
            raise UsageError(
                f"{where.system} {now.external_id} is a customer in {now.currency}, "
                f"{wanted.reference} owes in {wanted.currency}."
            )
        return
    owner = work.bindings.by_external_id(where, wanted.kind, now.external_id)
    if owner is not None and not owner.voided and owner.reference != wanted.reference:
        raise UsageError(f"{where.system} {now.external_id} is bound to {owner.reference} already.")
    same = now.currency in {"", wanted.currency} and now.total == wanted.total
    if not same and not isinstance(wanted, CreditApplication):
        raise UsageError(
            f"{where.system} {now.external_id} is of {now.total} {now.currency}, "
            f"{wanted.reference} of {wanted.total} {wanted.currency}: only the same document "
            "can be adopted."
        )
