"""Fixed reconciliations for the golden files and for looking at the reports: the four answers."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import msgspec

from bridge.core.findings import Severity
from bridge.core.message import message
from bridge.core.tie_out.aging import AgedTotal
from bridge.core.tie_out.checks import (
    CheckCode,
    CheckFigures,
    Evidence,
    Sign,
    checks,
    signs_of_items,
)
from bridge.core.tie_out.items import Item, ItemKind
from bridge.core.tie_out.reconciliation import (
    FindingGroup,
    Late,
    Lateness,
    Notice,
    Reconciliation,
    SystemResult,
    TieOut,
    in_order,
)
from bridge.core.tie_out.tasks import NOWHERE, Place, Task
from bridge.core.tie_out.verdict import Result, Verdict

D = Decimal

ITEMS = (
    Item(
        kind=ItemKind.TOMBSTONED,
        currency="COP",
        amount=D(600000),
        reference="DY7F3A-L84",
        external_id="145",
        document="invoice",
        field="status",
        ledger="live",
        books="voided",
        cause="books.voided",
        action="enter_again_or_remove",
        loan="84",
    ),
    Item(
        kind=ItemKind.DRIFTED,
        currency="COP",
        amount=D(-100000),
        reference="DY7F3A-L102",
        external_id="171",
        document="invoice",
        field="total",
        ledger="480000.00",
        books="580000.00",
        cause="books.edited",
        action="put_right",
        loan="102",
    ),
    Item(
        kind=ItemKind.DRIFTED,
        currency="COP",
        reference="DY7F3A-L102",
        external_id="171",
        document="invoice",
        field="lines",
        ledger="400000.00",
        books="500000.00",
        cause="books.edited",
        action="put_right",
        loan="102",
    ),
    Item(
        kind=ItemKind.DRIFTED,
        currency="COP",
        reference="DY7F3A-L102",
        external_id="171",
        document="invoice",
        field="due",
        ledger="2026-12-02",
        books="2026-12-20",
        cause="books.edited",
        action="put_right",
        loan="102",
    ),
    Item(
        kind=ItemKind.DRIFTED,
        currency="COP",
        reference="DY7F3A-P1136",
        external_id="210",
        document="receipt",
        field="applications",
        ledger="DY7F3A-L90 25000.00",
        books="DY7F3A-L91 25000.00",
        cause="books.edited",
        action="put_right",
        loan="90",
    ),
    Item(
        kind=ItemKind.ORPHANED,
        currency="COP",
        amount=D(-240000),
        reference="DY7F3A-L9",
        external_id="999",
        document="invoice",
        books="240000.00",
        cause="reference.unknown",
        action="void_or_renumber",
    ),
    Item(
        kind=ItemKind.REJECTED,
        currency="COP",
        amount=D(-25000),
        reference="DY7F3A-P1140",
        document="receipt",
        ledger="create",
        cause="outbox.rejected",
        action="fix_rejected",
        detail="6000: A business validation error has occurred",
        loan="90",
    ),
    Item(
        kind=ItemKind.REMAINDER,
        currency="COP",
        amount=D(-20000),
        cause="control.manual_entries",
        action="find_entry",
    ),
    Item(
        kind=ItemKind.HELD,
        currency="COP",
        amount=D(350000),
        cause="loan.amount_edited",
        action="decide_amount",
        subject="loan:142",
        loan="142",
    ),
    Item(
        kind=ItemKind.HELD,
        currency="USD",
        amount=D("1250.50"),
        cause="rate.missing",
        action="add_rate",
        subject="loan:77",
        loan="77",
        detail=message("on_day", day=date(2026, 11, 18)),
    ),
    Item(
        kind=ItemKind.HELD,
        currency="COP",
        amount=D(-20000),
        cause="movement.not_approved",
        action="wait",
        subject="movement:501",
        loan="84",
    ),
    Item(
        kind=ItemKind.PENDING,
        currency="COP",
        amount=D(-25000),
        reference="DY7F3A-P1141",
        document="receipt",
        ledger="create",
        cause="outbox.pending",
        action="run_sync",
        loan="91",
    ),
    Item(
        kind=ItemKind.FOREIGN,
        currency="COP",
        amount=D(-180000),
        reference="1037",
        external_id="88",
        document="invoice",
        books="180000.00",
        cause="books.by_hand",
        action="none",
    ),
    Item(
        kind=ItemKind.FOREIGN,
        currency="COP",
        amount=D(-30000),
        reference="AJ-7",
        external_id="93",
        document="journal",
        field="day",
        books="2026-11-19",
        cause="control.journal",
        action="none",
    ),
)

NAMES = {
    "84": "María Fernanda Ñáñez",
    "90": "=cmd|' /C calc'!A0",
    "102": "<script>alert('x')</script>",
    "142": "José & Hijos",
}

SEEN = {
    CheckCode.PRINCIPAL: CheckFigures(amounts={"COP": D(-1250000)}, count=1),
    CheckCode.CONTROL: CheckFigures(amounts={"COP": D(48215000)}, count=1486),
    CheckCode.CUT_OFF: CheckFigures(count=1486),
    CheckCode.OPENING: CheckFigures(why="no_opening"),
    CheckCode.CASH: CheckFigures(amounts={"COP": D(91480000)}, count=4),
    CheckCode.UNAPPLIED: CheckFigures(amounts={"COP": D(15000)}, count=1104),
    CheckCode.WRITE_OFF: CheckFigures(amounts={"COP": D(840000)}, count=3),
    CheckCode.RECOVERY: CheckFigures(amounts={"COP": D(60000)}, count=2),
    CheckCode.RENEWALS: CheckFigures(amounts={"COP": D(0)}, count=1),
    CheckCode.CLOSED: CheckFigures(count=1120),
    CheckCode.TAX: CheckFigures(count=1486),
    CheckCode.ROUNDING: CheckFigures(count=1486),
    CheckCode.VOIDS: CheckFigures(count=14),
}

QUICKBOOKS = SystemResult(
    system="quickbooks",
    company="4620816365000000001",
    company_name="Crédito Fácil SAS",
    tie_outs=(
        TieOut(
            currency="COP",
            ledger=D(48215000),
            documents=D(47935000),
            control_account=D(47905000),
            explained=D(330000),
        ),
        TieOut(
            currency="USD",
            ledger=D("9310.50"),
            documents=D("8060.00"),
            control_account=D("8060.00"),
            explained=D("1250.50"),
        ),
    ),
    counts={
        "matched": 1482,
        "missing": 0,
        "mismatched": 0,
        "orphaned": 1,
        "drifted": 2,
        "tombstoned": 1,
        "held": 3,
        "foreign": 2,
        "pending": 1,
        "rejected": 1,
        "remainder": 1,
    },
    items=tuple(sorted(ITEMS, key=in_order)),
    late=Lateness(
        rows=(
            Late(
                reference="DY7F3A-P902",
                document="receipt",
                loan="12",
                day=date(2026, 10, 29),
                posted_on=date(2026, 11, 1),
                currency="COP",
                amount=Decimal("85000.00"),
            ),
        ),
        totals=(("receipt", "COP", 1, Decimal("85000.00")),),
    ),
    aged=(
        AgedTotal(
            currency="COP",
            amounts=(D(31240000), D(9120000), D(4310000), D(1985000), D(760000), D(520000)),
        ),
        AgedTotal(currency="USD", amounts=(D(8060), D(0), D(0), D(0), D(0), D(0))),
    ),
    outbox={"pending": 1, "rejected": 1, "confirmed": 1483},
    posted={"invoice": 12, "receipt": 96, "customer": 4},
    calls={"total": 58, "metered": 41, "throttled": 0, "metered_today": 96},
    notices=(Notice("connection.expires", message("on_day", day=date(2026, 11, 30))),),
    evidence=Evidence(
        signs=(
            Sign(
                code=CheckCode.VOIDS,
                cause="books.voided",
                subject="DY7F3A-L84",
                currency="COP",
                amount=D(600000),
            ),
            *signs_of_items(ITEMS),
        ),
        seen=SEEN
        | {
            CheckCode.CONTROL: CheckFigures(
                amounts={"COP": D(47905000), "USD": D(8060)}, count=1482
            ),
            CheckCode.RENEWALS: CheckFigures(why="shared_account", impossible=True),
        },
    ),
)

XERO = SystemResult(
    system="xero",
    company="70784a63-0000-4000-8000-000000000001",
    company_name="Crédito Fácil Demo",
    tie_outs=(
        TieOut(
            currency="COP",
            ledger=D(48215000),
            documents=D(48215000),
            control_account=D(48215000),
            explained=D(0),
        ),
    ),
    counts={
        "matched": 1486,
        "missing": 0,
        "mismatched": 0,
        "orphaned": 0,
        "drifted": 0,
        "tombstoned": 0,
        "held": 0,
    },
    aged=(
        AgedTotal(
            currency="COP",
            amounts=(D(31240000), D(9120000), D(4590000), D(1985000), D(760000), D(520000)),
        ),
    ),
    outbox={"confirmed": 1486},
    calls={"total": 31, "metered": 31, "throttled": 2},
    evidence=Evidence(seen=SEEN),
)

ZOHO = SystemResult(
    system="zoho",
    company="600000000001",
    company_name="Crédito Fácil",
    checked=False,
    exit_code=75,
    calls={"total": 3, "metered": 3, "throttled": 0},
    notices=(Notice("unchecked.try_later"),),
)


def asked(item: Item, system: str, place: Place = NOWHERE) -> Task:
    """The task that the verdict makes of an item that asks."""
    return Task(
        code=item.cause,
        action=item.action,
        system=system,
        subject=item.subject or item.reference,
        external_id=item.external_id,
        currency=item.currency,
        amount=item.amount,
        detail=item.detail,
        loan=item.loan,
        where=place,
    )


PLACES = {"loan:142": Place("deudas.csv", 143), "movement:501": Place("movimientos.csv", 502)}
NO_AMOUNT = message("not_an_amount_like", text="25.ooo", right="1.234.567,89")
NO_DAY = message("not_a_date_like", text="ayer")
NO_CURRENCY = message("no_currency_write", text="PESOS", currency="COP")
UNLIKE = message("balance", shown=D("12000.00"), amount=D("10000.00"), currency="COP")
ALIKE = message("alike", number=2, amount=D("25000.00"), day=date(2026, 11, 12), loan="90")
TASKS = (
    Task(
        code="row.unreadable",
        action="fix_source",
        where=Place("movimientos.csv", 12),
        currency="COP",
        amount=D(25000),
        detail=message("in_cell", row=12, column="Monto", what=NO_AMOUNT),
    ),
    Task(
        code="date.unreadable",
        action="fix_source",
        subject="movement:19",
        where=Place("movimientos.csv", 20),
        detail=message("in_cell", row=20, column="Fecha", what=NO_DAY),
    ),
    *(
        asked(
            item,
            "" if item.kind is ItemKind.HELD else "quickbooks",
            PLACES.get(item.subject, NOWHERE),
        )
        for item in sorted(ITEMS, key=in_order)
        if item.action not in {"none", "run_sync"} and item.field in {"", "status", "total"}
    ),
    asked(next(item for item in ITEMS if item.reference == "DY7F3A-P1136"), "quickbooks"),
)

EXAMPLE = Reconciliation(
    lender="Crédito Fácil SAS",
    as_of=date(2026, 11, 20),
    generated_at=datetime(2026, 11, 21, 10, 30, tzinfo=UTC),
    run="20261121T103000Z-4f1c",
    source="deudores",
    installation="dev-7f3a",
    source_format="deudores-package/1",
    source_as_of=date(2026, 11, 20),
    ledger_counts={"borrowers": 214, "loans": 388, "repayments": 1104, "adjustments": 17},
    findings=(
        FindingGroup(
            code="loan.balance_mismatch",
            severity=Severity.ERROR,
            count=2,
            examples=(
                ("loan:12", UNLIKE),
                ("loan:31", ""),
            ),
        ),
        FindingGroup(
            code="movement.possible_double_entry",
            severity=Severity.WARNING,
            count=1,
            examples=(("movement:88", ALIKE),),
        ),
        FindingGroup(
            code="loan.currency_unknown",
            severity=Severity.WARNING,
            count=1,
            examples=(
                (
                    "loan:140",
                    message("in_cell", row=141, column="Moneda", what=NO_CURRENCY),
                ),
            ),
        ),
        FindingGroup(code="borrower.missing_phone", severity=Severity.INFO, count=31),
    ),
    systems=tuple(
        msgspec.structs.replace(each, checks=checks(each.evidence, TASKS))
        for each in (QUICKBOOKS, XERO, ZOHO)
    ),
    names=NAMES,
    verdict=Verdict(
        result=Result.DIFFERS,
        reason="row.unreadable",
        tasks=TASKS,
        systems={
            "quickbooks": Result.DIFFERS,
            "xero": Result.DIFFERS,
            "zoho": Result.UNCHECKED,
        },
    ),
)


def answering(result: Result, systems: tuple[SystemResult, ...]) -> Reconciliation:
    """The example with nothing to do, and one answer everywhere."""
    verdict = Verdict(
        result=result, reason=result.value, systems={each.system: result for each in systems}
    )
    checked = tuple(
        msgspec.structs.replace(each, checks=checks(each.evidence, ())) for each in systems
    )
    return msgspec.structs.replace(EXAMPLE, systems=checked, findings=(), names={}, verdict=verdict)


ALL_AGREE = answering(Result.AGREES, (XERO,))

IN_TRANSIT = msgspec.structs.replace(
    XERO,
    tie_outs=(
        TieOut(
            currency="COP",
            ledger=D(48215000),
            documents=D(48240000),
            control_account=D(48420000),
            explained=D(-205000),
        ),
    ),
    counts={"matched": 1486, "pending": 1, "foreign": 1},
    items=tuple(item for item in ITEMS if item.cause in {"outbox.pending", "books.by_hand"}),
)
WITH_ITEMS = answering(Result.AGREES_WITH_ITEMS, (IN_TRANSIT,))
UNREAD = answering(Result.UNCHECKED, (ZOHO,))
