"""Everything that the store can be asked and told, once, of a store that is filled."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from bridge.core.books import Kind, Made, Status
from bridge.core.delivery import Drifted, InDoubt, Operation, Posted, Rejected, State, Unavailable
from bridge.core.findings import Finding
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
from tests.store.filled import BOOKS, PREFIX, documents, entry, told
from tests.store.rows import AT, DAY, NOW, PHONE, SYSTEM, receipt

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
    work.prefixes()
    work.installations_by_prefix()
    all_of(work.loan_files(work.change_seq(), [LOAN]))
    all_of(work.loan_files(0))
    work.loan_file(*LOAN)
    work.loan_file(PHONE, "no such loan")
    work.touched_since(0)
    work.ledger_totals()
    work.ledger_counts()
    work.places(["debt:1", "movement:4", "debtor:2"])


def _outbox_read(work: Work) -> None:
    work.planned_before(*BOOKS, [LOAN])
    work.unsettled(*BOOKS, [LOAN])
    work.under_way(*BOOKS, REFERENCES)
    work.live_entries(*BOOKS, REFERENCES)
    work.live_entry(*BOOKS, REFERENCES[0])
    work.due_in_s(*BOOKS, NOW)
    work.in_doubt(*BOOKS)
    work.posted(*BOOKS)
    work.outbox_counts(*BOOKS)
    work.outbox_counts(*BOOKS, RUN)
    work.entries(*BOOKS)
    work.entries(*BOOKS, state=State.REJECTED)
    work.entries(*BOOKS, state=State.REJECTED, operation=Operation.VOID)
    work.entries(*BOOKS, run=RUN, limit=10)
    work.entries(*BOOKS, reference=REFERENCES[0])
    work.entries(*BOOKS, loan=LOAN)
    work.entries(*BOOKS, customer=f"{PREFIX}-D2")
    all_of(work.to_send(*BOOKS))
    work.to_create(*BOOKS)
    work.entry(1)
    work.trials(*BOOKS)
    work.given_up(*BOOKS, REFERENCES)
    work.perhaps_made(*BOOKS, REFERENCES)
    work.refusals(*BOOKS, REFERENCES)
    work.behind(*BOOKS, [f"{PREFIX}-D{n}" for n in range(1, 2000)])


def _bindings(work: Work) -> None:
    work.bindings(*BOOKS, LOAN)
    work.bindings_by_loan(*BOOKS, [LOAN])
    work.customer_bindings(*BOOKS, [f"{PREFIX}-D2"])
    work.customer_binding(*BOOKS, f"{PREFIX}-D2")
    bound = work.binding(*BOOKS, f"{PREFIX}-D2")
    assert bound is not None
    work.is_shared(*BOOKS, bound)
    work.binding_by_external_id(*BOOKS, Kind.INVOICE, f"id-{REFERENCES[0]}")
    work.loan_of(*BOOKS, REFERENCES[0])
    work.loans_of(*BOOKS, REFERENCES)
    work.links(*BOOKS, REFERENCES)
    all_of(work.live_bindings(*BOOKS))
    all_of(work.live_bindings(*BOOKS, Kind.INVOICE))
    work.bound_under(*BOOKS, REFERENCES)
    work.binding_counts(*BOOKS)
    work.bindings_of(*BOOKS, f"{PREFIX}-D2")
    work.documents_elsewhere(SYSTEM, "another company")
    work.versions_of(*BOOKS, REFERENCES)
    work.bound_ids(*BOOKS, [f"id-{each}" for each in REFERENCES])


def _mirror(work: Work) -> None:
    work.mirror_cursor(*BOOKS)
    work.mirror_document(*BOOKS, Kind.INVOICE, f"id-{REFERENCES[0]}")
    all_of(work.mirror_documents(*BOOKS))
    all_of(work.mirror_documents(*BOOKS, Kind.INVOICE))
    work.mirror_size(*BOOKS)
    work.mirror_totals(*BOOKS)
    work.owed_by(*BOOKS, f"id-{PREFIX}-D2")
    all_of(work.missing(*BOOKS))
    all_of(work.altered(*BOOKS))
    all_of(work.moved(*BOOKS, [Kind.INVOICE]))
    work.posted_for(*BOOKS, [f"id-{PREFIX}-P6"])
    work.loans_of_customers(*BOOKS, [f"id-{PREFIX}-D2"])
    work.has_altered(*BOOKS)
    all_of(work.revived(*BOOKS))
    work.stranger_totals(*BOOKS, 1000)
    all_of(work.strangers(*BOOKS, Kind.INVOICE, Decimal(7)))
    all_of(work.numbered(*BOOKS, [PREFIX]))
    all_of(work.numbered(*BOOKS, [PREFIX], strange=True))
    parts = MirrorParts.on(work)
    parts.known(*BOOKS, Kind.INVOICE, [f"id-{each}" for each in REFERENCES])
    parts.owing(*BOOKS)
    all_of(parts.of_customers(*BOOKS, [f"id-{PREFIX}-D2"]))
    parts.count(*BOOKS, Kind.INVOICE)
    parts.ids(*BOOKS, Kind.SALE)
    made = [Made(kind=Kind.INVOICE, external_id="77", number=f"{PREFIX}-L999999")]
    work.never_heard_of(*BOOKS, made, [PREFIX])
    work.were_several(*BOOKS, REFERENCES)
    work.numbered_live(*BOOKS, [PREFIX])
    work.stranger_numbers(*BOOKS, [PREFIX])
    all_of(work.strangers_numbered(*BOOKS, Kind.INVOICE, REFERENCES[0]))
    work.told_apart()
    work.is_told_apart(REFERENCES[0], "1")


def _reconciling(work: Work) -> None:
    found = ReconcileQueries.on(work)
    found.same_sums(*BOOKS)
    all_of(found.suspects(*BOOKS))
    found.absent(*BOOKS, 1000)
    all_of(WaitingWrites.on(work).waiting(*BOOKS))
    all_of(found.unbound(*BOOKS, [PREFIX]))
    for borrowers in (True, False):
        found.foreign_sums(*BOOKS, [PREFIX], [Kind.INVOICE], borrowers=borrowers)
        found.foreign(*BOOKS, [PREFIX], [Kind.INVOICE], 20, borrowers=borrowers)
    found.are_borrowers(*BOOKS, [f"id-{PREFIX}-D2"])
    all_of(found.open_documents(*BOOKS, "COP", [Kind.INVOICE]))
    all_of(found.open_by_due(*BOOKS))
    found.posted_in(*BOOKS, RUN)
    found.installations()
    found.borrower_names([LOAN])
    sums = MirrorSums.on(work)
    sums.dated_after(*BOOKS, [Kind.INVOICE], DAY)
    sums.of_purposes(*BOOKS, ["principal"])
    sums.by_deposit(*BOOKS)
    sums.dated_until(*BOOKS, TODAY)
    sums.bound(*BOOKS, voided=False)
    all_of(LateQueries.on(work).moved_to_open_month(*BOOKS, DAY, TODAY))


def _planning(work: Work) -> None:
    work.planned_through(*BOOKS)
    work.set_planned_through(*BOOKS, work.change_seq())
    work.revisits(*BOOKS)
    work.revisit_reasons(*BOOKS)
    work.set_revisit(*BOOKS, LOAN, "rate.missing")
    work.set_revisit(*BOOKS, LOAN, None)
    work.set_revisits(*BOOKS, {LOAN: None})
    work.put_findings("loan/2", [Finding(code="debt.overpaid", subject="debt:2")])
    work.put_all_findings({"loan/2": []})
    work.findings()
    work.findings(scope_prefix="loan/")
    work.findings_at("loan/2", "files")
    hold = Hold(code="loan.held", subject="debt:2", currency="COP", amount=Decimal(1))
    work.put_holds(*BOOKS, LOAN, [hold])
    work.put_all_holds(*BOOKS, {LOAN: [hold]})
    work.holds(*BOOKS)
    work.holds_of(*BOOKS, LOAN)


def _people(work: Work) -> None:
    delivery = Delivery(day=TODAY)
    work.put_delivery(delivery)
    work.delivery()
    work.last_intake()
    work.put_comparison(*BOOKS, Compared(at=AT, day=TODAY))
    work.comparison(*BOOKS)
    work.asking_findings()
    work.answer("t1", WHO, AT, Task(code="debt.overpaid", action="look"))
    work.answers()
    work.last_answer()
    work.last_decision()
    work.reopen("t1")
    work.asked_alike("identity.proposed", "debt:2")
    work.say_same("t2", "debt:W123456789", "debt:2", WHO, AT)
    work.say_different("t3", "movement:W123456780", ["movement:7"], WHO, AT)
    work.say_gone("t4", "debtor:3", WHO, AT)
    work.take_back_alike("t4")
    work.said_alike()
    run = work.start_run("sync", SYSTEM, AT)
    work.end_run(run, "clean", "", {}, AT)
    work.runs()
    work.count_calls(*BOOKS, TODAY, DayCalls(total=1))
    work.calls_between(*BOOKS, DAY, TODAY)
    work.doubt_state(WHO, AT)
    work.restored_at(SYSTEM)
    work.restoring(SYSTEM)
    work.trust_again(SYSTEM, AT)
    work.pause(SYSTEM, RUN, WHO, AT)
    work.paused_by(SYSTEM)
    work.resume(SYSTEM, WHO, AT)
    work.welcome_company(*BOOKS, WHO, AT)
    work.is_welcome(*BOOKS)
    work.decisions()
    work.leave_unknown(AT, [Made(kind=Kind.INVOICE, external_id="1", number=REFERENCES[0])])
    work.count_pass()


def _send(store: Store, loans: int) -> None:
    """Writes of every kind and end, and what tries in vain does to the order."""
    _, about, paid = documents(2)
    with store.begin() as work:
        waiting = work.claim(*BOOKS, NOW, 20)
        work.tried_in_vain([each.id for each in waiting], NOW, counts=True)
        ends = (
            lambda e: Posted(told(e.document)),
            lambda e: Rejected("no", "6240"),
            lambda e: InDoubt("cut"),
            lambda e: Drifted(None),
            lambda e: Unavailable("busy"),
            lambda e: Unavailable("busy", 3600),
        )
        for turn, each in enumerate(waiting):
            work.move(each, ends[turn % len(ends)](each), NOW)
        last = (PHONE, f"{loans + 3}")
        work.supersede(work.planned_before(*BOOKS, [last])[last])
        work.enqueue(
            RUN,
            *BOOKS,
            [entry(about, LOAN, Operation.UPDATE), entry(paid[0], LOAN, Operation.VOID)],
        )
        work.enqueue(RUN, *BOOKS, [entry(replace(paid[1], customer="unheard"), LOAN)])
    for limit in (500, 1, 500):
        with store.begin() as work:
            for each in work.claim(*BOOKS, LATER, limit):
                work.move(each, Posted(told(each.document)), LATER)
                work.confirm_all({each.id: (State.CONFIRMED, "")})
    with store.begin() as work:  # as if it had been let go by a customer that is gone since
        work.enqueue(RUN, *BOOKS, [entry(receipt(f"{PREFIX}-P0", REFERENCES[3]), LOAN)])
        work.mark_voided(*BOOKS, f"{PREFIX}-D1")
    with store.begin() as work:
        while work.claim(*BOOKS, LATER, 500):
            pass
    with store.begin() as work:
        work.doubt_all(*BOOKS)
    with store.begin() as work:
        for each in work.in_doubt(*BOOKS)[:loans]:
            work.move(each.id, Unavailable("absent"), LATER)


def _ended(work: Work, state: State) -> Entry:
    return work.entries(*BOOKS, state=state, limit=1)[0]


def _decide(store: Store, loans: int) -> None:
    with store.begin() as work:
        (rejected,) = work.entries(*BOOKS, state=State.REJECTED, limit=1)
    with store.begin() as work:
        work.retry(rejected.id, WHO, AT)
        work.enqueue(RUN, *BOOKS, [entry(documents(loans * 5)[0], NO_LOAN)])
        (made,) = work.entries(*BOOKS, reference=f"{PREFIX}-D{loans * 5}")
        while made.id not in {each.id for each in work.claim(*BOOKS, LATER, 500)}:
            pass
        work.move(made, Rejected("no", "6240"), LATER)
        work.retry(made.id, WHO, AT)
        work.drop(_ended(work, State.DRIFTED).id, WHO, AT)
        work.enqueue(RUN, *BOOKS, [entry(documents(loans * 6)[0], NO_LOAN)])
        work.send_now(_ended(work, State.PENDING).id, WHO, AT)
        work.send_all_now(*BOOKS, WHO, AT)


def _bind(store: Store, loans: int) -> None:
    with store.begin() as work:
        undone = work.binding(*BOOKS, f"{PREFIX}-P9")
        assert undone is not None
        work.mark_voided(*BOOKS, f"{PREFIX}-P10")
        by = replace(undone.document, reference=f"{PREFIX}-X9", reverses=f"{PREFIX}-P9")
        work.put_binding(*BOOKS, replace(undone, reference=by.reference, document=by), LOAN)
        work.mark_voided(*BOOKS, by.reference)
        work.saw_versions(*BOOKS, {REFERENCES[0]: "7"})
        work.mirror_put(*BOOKS, [told(undone.document, "9")])
        work.mirror_status(*BOOKS, Kind.INVOICE, f"id-{REFERENCES[1]}", Status.VOIDED)
        work.recognise(*BOOKS)
        work.set_mirror_cursor(*BOOKS, "2026")
        MirrorParts.on(work).forget(*BOOKS, Kind.SALE, ["77"])
        MirrorParts.on(work).forget_kind(*BOOKS, Kind.SALE)
        work.set_planned_through(SYSTEM, f"a new company of {loans}", 1)


def _doubt(store: Store, loans: int) -> None:
    with store.begin() as work:
        work.enqueue(RUN, *BOOKS, [entry(documents(loans * 7)[0], NO_LOAN)])
        work.claim(*BOOKS, LATER, 20)
        work.doubt_all(*BOOKS)
        work.in_doubt(*BOOKS)


def _keep(store: Store, path: Path) -> None:
    """What is done to the state as a whole."""
    with store.begin() as work:
        kept = work.kept()
        soundness.note(work, soundness.Sound(at=NOW.isoformat(), rows={"binding": 1}))
    store.lineage(kept)
    store.leave_word(kept)
    copy = path.with_name(f"{path.name}.copy")
    store.back_up(copy)
    with closing(Store.open(f"sqlite:///{copy}")) as restored, restored.begin() as work:
        work.note_restored(AT)
    store.scratch().close()
    Store.blank().close()
    assert store.name
    with store.begin() as work:
        before = all_of(work.mirror_documents(*BOOKS))
        work.mirror_clear(*BOOKS)
        work.mirror_put(*BOOKS, before)
