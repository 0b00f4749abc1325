"""Everything that the store can be asked and told, once, of a store that is filled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bridge.core.books import Kind, MadeInBooks, Status
from bridge.core.delivery import Drifted, InDoubt, Operation, Posted, Rejected, State, Unavailable
from bridge.core.findings import Finding
from bridge.core.identity import BooksId
from bridge.core.plan import Hold
from bridge.core.tie_out.known import Delivery
from bridge.core.tie_out.tasks import Task
from bridge.store import NO_LOAN, DayCalls, Entry, Store, Work, soundness
from bridge.store.late import LateQueries
from bridge.store.mirror_parts import MirrorParts
from bridge.store.mirror_sums import MirrorSums
from bridge.store.reconcile_queries import ReconcileQueries
from bridge.store.tasks import Compared
from bridge.store.waiting import WaitingWrites
from tests.store.deliveries import take_deliveries
from tests.store.filled import PREFIX, documents, entry, told
from tests.store.rows import AT, BOOKS, DAY, NOW, PHONE, SYSTEM, receipt

LOAN = (PHONE, "2")
WHO = "ana"
RUN = "20261120T060000Z-sync"
REFERENCES = [f"{PREFIX}-L{n}" for n in range(1, 700)]
"""Many: of a long list SQLite may take a table to be shorter."""
TODAY = date(2026, 11, 20)
LATER = NOW + timedelta(days=3)


def ask(url: str, loans: int) -> None:
    """All of it, on the store of that URL with so many loans in the books."""
    path = Path(url.removeprefix("sqlite:///"))
    with closing(Store.open(url)) as store:
        for part in (_ledger, _outbox_read, _bindings, _mirror, _reconciling, _planning, _people):
            with store.begin() as work:
                part(work)
        for write in (_send, _decide, _bind, _doubt):
            write(store, loans)
        with store.read() as work:
            _reconciling(work)
        _keep(store, path)
        take_deliveries(store, loans)
    soundness.look_through_if_due(path, LATER)


def all_of(found: Iterator[Any]) -> list[Any]:
    return list(found)


def _ledger(work: Work) -> None:
    work.ledger.prefixes()
    work.ledger.installations_by_prefix()
    all_of(work.ledger.loan_files(work.ledger.change_seq(), [LOAN]))
    all_of(work.ledger.loan_files(0))
    work.ledger.loan_file(*LOAN)
    work.ledger.loan_file(PHONE, "no such loan")
    work.ledger.touched_since(0)
    work.ledger.totals()
    work.ledger.counts()
    work.tasks.places(["loan:1", "movement:4", "borrower:2"])


def _outbox_read(work: Work) -> None:
    work.entries.planned_before(BOOKS, [LOAN])
    work.entries.unsettled(BOOKS, [LOAN])
    work.entries.under_way(BOOKS, REFERENCES)
    work.entries.live(BOOKS, REFERENCES)
    work.entries.live_one(BOOKS, REFERENCES[0])
    work.outbox.due_in_s(BOOKS, NOW)
    work.outbox.in_doubt(BOOKS)
    work.outbox.posted(BOOKS)
    work.outbox.counts(BOOKS)
    work.outbox.counts(BOOKS, RUN)
    work.entries.of(BOOKS)
    work.entries.of(BOOKS, state=State.REJECTED)
    work.entries.of(BOOKS, state=State.REJECTED, operation=Operation.VOID)
    work.entries.of(BOOKS, run=RUN, limit=10)
    work.entries.of(BOOKS, reference=REFERENCES[0])
    work.entries.of(BOOKS, loan=LOAN)
    work.entries.of(BOOKS, customer=f"{PREFIX}-D2")
    all_of(work.entries.to_send(BOOKS))
    work.entries.to_create(BOOKS)
    work.entries.numbered(1)
    work.trials.under_trial(BOOKS)
    work.trials.given_up(BOOKS, REFERENCES)
    work.trials.perhaps_made(BOOKS, REFERENCES)
    work.trials.refusals(BOOKS, REFERENCES)
    work.entries.behind(BOOKS, [f"{PREFIX}-D{n}" for n in range(1, 2000)])


def _bindings(work: Work) -> None:
    work.bindings.of_loan(BOOKS, LOAN)
    work.bindings.by_loan(BOOKS, [LOAN])
    work.bindings.customers(BOOKS, [f"{PREFIX}-D2"])
    work.bindings.customer(BOOKS, f"{PREFIX}-D2")
    bound = work.bindings.named(BOOKS, f"{PREFIX}-D2")
    assert bound is not None
    work.bindings.is_shared(BOOKS, bound)
    work.bindings.by_external_id(BOOKS, Kind.INVOICE, f"id-{REFERENCES[0]}")
    work.bindings.loan_of(BOOKS, REFERENCES[0])
    work.bindings.loans_of(BOOKS, REFERENCES)
    work.bindings.links(BOOKS, REFERENCES)
    all_of(work.bindings.live(BOOKS))
    all_of(work.bindings.live(BOOKS, Kind.INVOICE))
    work.bindings.under(BOOKS, REFERENCES)
    work.bindings.counts(BOOKS)
    work.bindings.of_customer(BOOKS, f"{PREFIX}-D2")
    work.bindings.documents_elsewhere(BooksId(SYSTEM, "another company"))
    work.bindings.versions_of(BOOKS, REFERENCES)
    work.bindings.bound_ids(BOOKS, [f"id-{each}" for each in REFERENCES])


def _mirror(work: Work) -> None:
    work.mirror.cursor(BOOKS)
    work.mirror.document(BOOKS, Kind.INVOICE, f"id-{REFERENCES[0]}")
    all_of(work.mirror.documents(BOOKS))
    all_of(work.mirror.documents(BOOKS, Kind.INVOICE))
    work.mirror.size(BOOKS)
    work.mirror.totals(BOOKS)
    work.mirror.owed_by(BOOKS, f"id-{PREFIX}-D2")
    all_of(work.mirror.missing(BOOKS))
    all_of(work.mirror.altered(BOOKS))
    all_of(work.mirror.moved(BOOKS, [Kind.INVOICE]))
    work.mirror.posted_for(BOOKS, [f"id-{PREFIX}-P6"])
    work.mirror.same_versions(BOOKS, [*work.mirror.documents(BOOKS)])
    work.mirror.loans_of_customers(BOOKS, [f"id-{PREFIX}-D2"])
    work.mirror.has_altered(BOOKS)
    all_of(work.mirror.revived(BOOKS))
    work.strangers.totals(BOOKS, 1000)
    all_of(work.strangers.of_total(BOOKS, Kind.INVOICE, Decimal(7)))
    all_of(work.strangers.numbered(BOOKS, [PREFIX]))
    all_of(work.strangers.numbered(BOOKS, [PREFIX], strange=True))
    parts = MirrorParts.on(work)
    parts.known(BOOKS, Kind.INVOICE, [f"id-{each}" for each in REFERENCES])
    parts.owing(BOOKS)
    all_of(parts.of_customers(BOOKS, [f"id-{PREFIX}-D2"]))
    parts.count(BOOKS, Kind.INVOICE)
    parts.ids(BOOKS, Kind.SALE)
    made = [MadeInBooks(kind=Kind.INVOICE, external_id="77", number=f"{PREFIX}-L999999")]
    work.strangers.never_heard_of(BOOKS, made, [PREFIX])
    work.strangers.were_several(BOOKS, REFERENCES)
    work.strangers.live(BOOKS, [PREFIX])
    work.strangers.numbers(BOOKS, [PREFIX])
    all_of(work.strangers.with_number(BOOKS, Kind.INVOICE, REFERENCES[0]))
    work.strangers.told_apart()
    work.strangers.is_told_apart(REFERENCES[0], "1")


def _reconciling(work: Work) -> None:
    found = ReconcileQueries.on(work)
    found.same_sums(BOOKS)
    all_of(found.suspects(BOOKS))
    found.absent(BOOKS, 1000)
    all_of(WaitingWrites.on(work).waiting(BOOKS))
    all_of(found.unbound(BOOKS, [PREFIX]))
    for borrowers in (True, False):
        found.foreign_sums(BOOKS, [PREFIX], [Kind.INVOICE], borrowers=borrowers)
        found.foreign(BOOKS, [PREFIX], [Kind.INVOICE], 20, borrowers=borrowers)
    found.are_borrowers(BOOKS, [f"id-{PREFIX}-D2"])
    all_of(found.open_documents(BOOKS, "COP", [Kind.INVOICE]))
    all_of(found.open_by_due(BOOKS))
    found.posted_in(BOOKS, RUN)
    found.installations()
    found.borrower_names([LOAN])
    sums = MirrorSums.on(work)
    sums.dated_after(BOOKS, [Kind.INVOICE], DAY)
    sums.of_purposes(BOOKS, ["principal"])
    sums.by_deposit(BOOKS)
    sums.dated_until(BOOKS, TODAY)
    sums.bound(BOOKS, voided=False)
    all_of(LateQueries.on(work).moved_to_open_month(BOOKS, DAY, TODAY))


def _planning(work: Work) -> None:
    work.plans.planned_through(BOOKS)
    work.plans.set_planned_through(BOOKS, work.ledger.change_seq())
    work.plans.revisits(BOOKS)
    work.plans.revisit_reasons(BOOKS)
    work.plans.set_revisit(BOOKS, LOAN, "rate.missing")
    work.plans.set_revisit(BOOKS, LOAN, None)
    work.plans.set_revisits(BOOKS, {LOAN: None})
    work.findings.put("loan/2", [Finding(code="loan.overpaid", subject="loan:2")])
    work.findings.put_all({"loan/2": []})
    work.findings.all()
    work.findings.all(scope_prefix="loan/")
    work.findings.at("loan/2", "files")
    hold = Hold(code="loan.held", subject="loan:2", currency="COP", amount=Decimal(1))
    work.plans.put_holds(BOOKS, LOAN, [hold])
    work.plans.put_all_holds(BOOKS, {LOAN: [hold]})
    work.plans.holds(BOOKS)
    work.plans.holds_of(BOOKS, LOAN)


def _people(work: Work) -> None:
    delivery = Delivery(day=TODAY)
    work.tasks.put_delivery(delivery)
    work.tasks.delivery()
    work.tasks.last_intake()
    work.tasks.put_comparison(BOOKS, Compared(at=AT, day=TODAY))
    work.tasks.comparison(BOOKS)
    work.findings.asking()
    work.tasks.answer("t1", WHO, AT, Task(code="loan.overpaid", action="look"))
    work.tasks.answers()
    work.tasks.last_answer()
    work.decisions.newest()
    work.tasks.reopen("t1")
    work.alike.asked("identity.proposed", "loan:2")
    work.alike.say_same("t2", "loan:W123456789", "loan:2", WHO, AT)
    work.alike.say_different("t3", "movement:W123456780", ["movement:7"], WHO, AT)
    work.alike.say_gone("t4", "borrower:3", WHO, AT)
    work.alike.take_back("t4")
    work.alike.said()
    run = work.runs.start("sync", SYSTEM, AT)
    work.runs.end(run, "clean", "", {}, AT)
    work.runs.latest()
    work.calls.count(BOOKS, TODAY, DayCalls(total=1))
    work.calls.between(BOOKS, DAY, TODAY)
    work.marks.doubt_state(WHO, AT)
    work.marks.restored_at(BOOKS)
    work.marks.restoring(BOOKS)
    work.marks.trust_again(BOOKS, AT)
    work.decisions.pause(BOOKS, RUN, WHO, AT)
    work.decisions.paused_by(BOOKS)
    work.decisions.resume(BOOKS, WHO, AT)
    work.decisions.welcome_company(BOOKS, WHO, AT)
    work.decisions.is_welcome(BOOKS)
    work.decisions.latest()
    work.strangers.leave_unknown(
        AT, [MadeInBooks(kind=Kind.INVOICE, external_id="1", number=REFERENCES[0])]
    )
    work.upkeep.count_pass()


def _send(store: Store, loans: int) -> None:
    """Writes of every kind and end, and what tries in vain does to the order."""
    _, about, paid = documents(2)
    with store.begin() as work:
        waiting = work.outbox.claim(BOOKS, NOW, 20)
        work.trials.tried_in_vain([each.id for each in waiting], NOW, counts=True)
        ends = (
            lambda e: Posted(told(e.document)),
            lambda e: Rejected("no", "6240"),
            lambda e: InDoubt("cut"),
            lambda e: Drifted(None),
            lambda e: Unavailable("busy"),
            lambda e: Unavailable("busy", 3600),
        )
        for turn, each in enumerate(waiting):
            work.outbox.move(each, ends[turn % len(ends)](each), NOW)
        last = (PHONE, f"{loans + 3}")
        work.outbox.supersede(work.entries.planned_before(BOOKS, [last])[last])
        work.outbox.enqueue(
            RUN,
            BOOKS,
            [entry(about, LOAN, Operation.UPDATE), entry(paid[0], LOAN, Operation.VOID)],
        )
        work.outbox.enqueue(RUN, BOOKS, [entry(replace(paid[1], customer="unheard"), LOAN)])
    for limit in (500, 1, 500):
        with store.begin() as work:
            for each in work.outbox.claim(BOOKS, LATER, limit):
                work.outbox.move(each, Posted(told(each.document)), LATER)
                work.outbox.confirm_all({each.id: (State.CONFIRMED, "")})
    with store.begin() as work:  # as if it had been let go by a customer that is gone since
        work.outbox.enqueue(RUN, BOOKS, [entry(receipt(f"{PREFIX}-P0", REFERENCES[3]), LOAN)])
        work.bindings.mark_voided(BOOKS, f"{PREFIX}-D1")
    with store.begin() as work:
        while work.outbox.claim(BOOKS, LATER, 500):
            pass
    with store.begin() as work:
        work.outbox.doubt_all(BOOKS)
    with store.begin() as work:
        for each in work.outbox.in_doubt(BOOKS)[:loans]:
            work.outbox.move(each.id, Unavailable("absent"), LATER)


def _ended(work: Work, state: State) -> Entry:
    return work.entries.of(BOOKS, state=state, limit=1)[0]


def _decide(store: Store, loans: int) -> None:
    with store.begin() as work:
        (rejected,) = work.entries.of(BOOKS, state=State.REJECTED, limit=1)
    with store.begin() as work:
        work.decisions.retry(rejected.id, WHO, AT)
        work.outbox.enqueue(RUN, BOOKS, [entry(documents(loans * 5)[0], NO_LOAN)])
        (made,) = work.entries.of(BOOKS, reference=f"{PREFIX}-D{loans * 5}")
        while made.id not in {each.id for each in work.outbox.claim(BOOKS, LATER, 500)}:
            pass
        work.outbox.move(made, Rejected("no", "6240"), LATER)
        work.decisions.retry(made.id, WHO, AT)
        work.decisions.drop(_ended(work, State.DRIFTED).id, WHO, AT)
        work.outbox.enqueue(RUN, BOOKS, [entry(documents(loans * 6)[0], NO_LOAN)])
        work.decisions.send_now(_ended(work, State.PENDING).id, WHO, AT)
        work.decisions.send_all_now(BOOKS, WHO, AT)


def _bind(store: Store, loans: int) -> None:
    with store.begin() as work:
        undone = work.bindings.named(BOOKS, f"{PREFIX}-P9")
        assert undone is not None
        work.bindings.mark_voided(BOOKS, f"{PREFIX}-P10")
        by = replace(undone.document, reference=f"{PREFIX}-X9", reverses=f"{PREFIX}-P9")
        work.bindings.put(BOOKS, replace(undone, reference=by.reference, document=by), LOAN)
        work.bindings.mark_voided(BOOKS, by.reference)
        work.bindings.saw_versions(BOOKS, {REFERENCES[0]: "7"})
        work.mirror.put(BOOKS, [told(undone.document, "9")])
        work.mirror.set_status(BOOKS, Kind.INVOICE, f"id-{REFERENCES[1]}", Status.VOIDED)
        work.strangers.recognise(BOOKS)
        work.mirror.set_cursor(BOOKS, "2026")
        MirrorParts.on(work).forget(BOOKS, Kind.SALE, ["77"])
        MirrorParts.on(work).forget_kind(BOOKS, Kind.SALE)
        work.plans.set_planned_through(BooksId(SYSTEM, f"a new company of {loans}"), 1)


def _doubt(store: Store, loans: int) -> None:
    with store.begin() as work:
        work.outbox.enqueue(RUN, BOOKS, [entry(documents(loans * 7)[0], NO_LOAN)])
        work.outbox.claim(BOOKS, LATER, 20)
        work.outbox.doubt_all(BOOKS)
        work.outbox.in_doubt(BOOKS)


def _keep(store: Store, path: Path) -> None:
    """What is done to the state as a whole."""
    with store.begin() as work:
        kept = work.upkeep.kept()
        soundness.note(work.upkeep, soundness.Sound(at=NOW.isoformat(), rows={"binding": 1}))
    store.lineage(kept)
    store.leave_word(kept)
    copy = path.with_name(f"{path.name}.copy")
    store.back_up(copy)
    with closing(Store.open(f"sqlite:///{copy}")) as restored, restored.begin() as work:
        work.marks.note_restored(AT)
    store.scratch().close()
    Store.blank().close()
    assert store.name
    with store.begin() as work:
        before = all_of(work.mirror.documents(BOOKS))
        work.mirror.clear(BOOKS)
        work.mirror.put(BOOKS, before)
