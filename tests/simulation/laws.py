"""What must be true whenever nothing is under way, whatever happened before.

Each law looks at the sandbox's own books and at the ledger as the simulation knows it, and at the
bridge's word only where the law is about that word.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from bridge.core.tie_out.items import Item, ItemKind
from bridge.core.tie_out.reconcile import HALF_A_CENT
from bridge.report.details import english
from tests.simulation.estate import Estate, unlike
from tests.simulation.expected import OURS, kept, loan_of, ours, row_of, undoes, wanted
from tests.simulation.ledger import FieldLedger
from tests.simulation.quiet import Quiet
from tests.simulation.trace import Broken
from tests.simulation.untrue import no_secret_is_kept_or_said

ZERO = Decimal(0)
UNKNOWN = "reference.unknown"
GONE_SINCE = frozenset({ItemKind.MISSING, ItemKind.TOMBSTONED})
"""Said of documents that somebody took out of the books."""


Law = Callable[[Quiet], None]


def check(quiet: Quiet) -> None:
    for law in LAWS:
        law(quiet)
        quiet.trace.count("laws", law.__name__.replace("_", " "))
    quiet.trace.say(f"laws hold of {digest(quiet.books)}")


def digest(books: object) -> str:
    return hashlib.blake2b(repr(books).encode(), digest_size=8).hexdigest()


def nothing_is_there_twice(quiet: Quiet) -> None:
    """Of everything that was ever posted for a row, one generation is in force at most. Of what two
    bridges posted in the seconds in which the books list nothing yet, each other one is told. So is
    a document that a product said it had voided, and had not."""
    for name, books in quiet.books.items():
        told = {item.external_id for item in quiet.items(name) if item.cause == UNKNOWN}
        both = {base for system, base in quiet.hand.doubled if system == name}
        there = [each for each in kept(books) if each.base not in both or each.id not in told]
        if name in quiet.hand.lied_to:
            said = {item.reference for item in quiet.items(name)}
            there = [each for each in there if each.reference not in said]
        undone = {undoes(document.reference) for document in there}  # edited before by somebody
        undone |= {undoes(item.reference) for item in quiet.items(name) if item.kind in GONE_SINCE}
        bases = Counter(each.base for each in there if each.reference not in undone)
        twice = [base for base, times in bases.items() if times > 1]
        if twice:
            raise Broken("no duplicate", f"{name}: {twice} more than once")
        ours = [c for c in books["customers"] if c["name"] in quiet.ledger.names]
        names = Counter(c["name"] for c in ours if c.get("active", True))
        double = [n for n, times in names.items() if times > 1]
        if double:
            raise Broken("no duplicate", f"{name}: customers {double} more than once")


def nothing_is_lost(quiet: Quiet) -> None:
    """Every row is in the books, or something is said about it or its loan."""
    for name, books in quiet.books.items():
        there = {document.row for document in kept(books)}
        told = {row_of(item.reference) for item in quiet.items(name)}
        told |= {item.subject for item in quiet.items(name)}
        # A document that may be there already holds its whole loan.
        told |= {f"loan:{i.loan}" for i in quiet.items(name) if i.cause == "books.lookalike"}
        for row in wanted(quiet.ledger):
            bases = {row.base, row.base.replace("-P", "-V"), row.base.replace("-V", "-P")}
            if not (bases & (there | told) or {row.subject, f"loan:{row.loan}"} & told):
                raise Broken("no loss", f"{name}: {row.base} is nowhere, and nothing is said of it")


def no_document_is_without_a_row(quiet: Quiet) -> None:
    """What the ledger does not have is not in the books, or something is said about it."""
    bases = {row.base for row in wanted(quiet.ledger)}
    for name, books in quiet.books.items():
        told = {row_of(item.reference) for item in quiet.items(name)}
        told |= {row_of(undoes(item.reference)) for item in quiet.items(name)}
        told |= {row_of(named(item)) for item in quiet.items(name)}
        told |= {
            row_of(english(item.detail).removeprefix("because of ")) for item in quiet.items(name)
        }
        one_of = _one_of(quiet, name)
        held = {
            one_of.get(int(item.loan), int(item.loan))
            for item in quiet.items(name)
            if item.kind is ItemKind.HELD and item.loan
        }
        there = kept(books)
        # An invoice that is paid stays, and a correction takes off what it had too much.
        corrected = {loan_of(each, quiet.ledger) for each in there if each.letter == "X"}
        for document in there:
            if document.letter[0] in "AXZ" or document.row in bases | told:
                continue
            loan = loan_of(document, quiet.ledger)
            if one_of.get(loan, loan) in held or loan in corrected:
                continue
            raise Broken("no loss", f"{name}: {document.reference} has no row in the ledger")


def every_loan_adds_up(quiet: Quiet) -> None:
    """Loan by loan: the ledger's balance less what the books hold is what the items say.

    Loans between which a payment was moved are one: its document may still stand with the first.
    """
    for name, books in quiet.books.items():
        one_of = _one_of(quiet, name)
        rest: dict[tuple[int, str], Decimal] = {}

        def add(
            loan: int, currency: str, amount: Decimal, rest: Any = rest, one_of: Any = one_of
        ) -> None:
            place = (one_of.get(loan, loan), currency)
            rest[place] = rest.get(place, ZERO) + amount

        for number, debt in quiet.ledger.debts.items():
            currency = "XXX" if debt["currency"] == "PESOS" else debt["currency"]
            add(number, currency, quiet.ledger.balance(number))
        for document in kept(books):
            add(loan_of(document, quiet.ledger), document.currency, -document.effect)
        for item in quiet.items(name):
            if item.kind in (ItemKind.FOREIGN, ItemKind.REMAINDER):
                continue
            loan = _loan_named(named(item) or item.reference, quiet.ledger)
            loan = loan or int(item.loan or 0)
            add(loan, item.currency, -item.amount)
        wrong = {place: amount for place, amount in rest.items() if amount}
        if wrong:
            raise Broken("books = ledger - items", f"{name}: by loan and currency {wrong}")


RESTORED = "pass.restored"


def _one_of(quiet: Quiet, system: str) -> dict[int, int]:
    """Loan → the first of those whose documents may stand with one another: they have shared a
    payment; or, when the state was lost, one or a row of it was gone, and the other was its
    customer's."""
    together = [
        {*before, quiet.ledger.loan_of.get(payment, 0)}
        for payment, before in quiet.ledger.been_of.items()
    ]
    figures = quiet.trace.figures
    if figures.get("decisions", Counter())["rebuild"] or figures.get("told", Counter())[RESTORED]:
        bases = {row.base for row in wanted(quiet.ledger)}
        of_customers: dict[str, set[int]] = {}
        left_alone: set[str] = set()
        for document in ours(quiet.books[system]):
            loans = of_customers.setdefault(document.customer, set())
            loans.add(loan_of(document, quiet.ledger))
            if document.letter == "C" and document.row not in bases:
                left_alone.add(document.customer)
        together += [
            loans
            for customer, loans in of_customers.items()
            if customer in left_alone or loans - quiet.ledger.debts.keys()
        ]
    one_of: dict[int, int] = {}
    for loans in together:
        joined = {one_of.get(loan, loan) for loan in loans}
        first = min(joined)
        one_of |= {loan: first for loan, of in one_of.items() if of in joined}
        one_of |= dict.fromkeys(loans | joined, first)
    return one_of


def no_credit_stands_beside_what_is_owed(quiet: Quiet) -> None:
    """A loan of which something is open has no money or credit left that could settle it. What
    somebody closed, decided or edited meanwhile may stand, and that of which something is said."""
    done = quiet.trace.figures
    if done.get("hand", Counter())["lock"] or done.get("decisions", Counter())["drift accept"]:
        return
    for name, books in quiet.books.items():
        rests = {document["id"]: Decimal(document["open"] or 0) for document in books["documents"]}
        told = {
            int(item.loan or 0) for item in quiet.items(name) if item.cause != "interest.not_due"
        }
        told |= {_loan_named(item.reference, quiet.ledger) for item in quiet.items(name)}
        owed: set[int] = set()
        left: set[int] = set()
        for document in kept(books):
            if rests[document.id]:
                side = owed if document.kind == "invoice" else left
                side.add(loan_of(document, quiet.ledger))
        both = (owed & left) - told
        if both:
            raise Broken("old credit is used", f"{name}: loans {sorted(both)} owe and have credit")


def the_control_account_agrees(quiet: Quiet) -> None:
    """By currency: ledger less items is what the receivable account itself holds."""
    owed = quiet.ledger.owed()
    for name, books in quiet.books.items():
        control = _control(books)
        for currency in sorted({*owed, *control}):
            items = sum(
                (
                    item.amount
                    for item in quiet.items(name)
                    if item.currency == currency
                    and item.kind is not ItemKind.REMAINDER
                    and item.cause != "control.rounding"
                ),
                ZERO,
            )
            should = owed.get(currency, ZERO) - items
            if control.get(currency, ZERO) != should:
                text = f"{control.get(currency, ZERO)}, should be {should}"
                raise Broken("books = ledger - items", f"{name}: receivables in {currency}: {text}")


def reconcile_explains_everything(quiet: Quiet) -> None:
    """Nothing is left over, to the cent; entries by hand on the control account are told."""
    for name, result in quiet.found.items():
        if not result.checked:
            raise Broken("reconcile explains", f"{name} was not checked: {result.notices}")
        for tie in result.tie_outs:
            by_hand = quiet.hand.journals.get((name, tie.currency), ZERO)
            told = sum(
                (
                    -item.amount
                    for item in result.items
                    if item.cause == "control.journal" and item.currency == tie.currency
                ),
                ZERO,
            )
            left = abs(tie.unexplained)
            # Beside an entry by hand, half cents of translation cannot be told from it.
            half_cents = HALF_A_CENT * len(quiet.books[name]["documents"])
            unknown = _of_no_known_rate(quiet, name)
            small = (by_hand or unknown) and abs(left - unknown) <= half_cents
            if told != by_hand or (left and not small):
                text = f"{tie.unexplained} {tie.currency} is left; by hand {by_hand}, told {told}"
                raise Broken("reconcile explains", f"{name}: {text}")
        odd = [i for i in result.items if i.cause == "ledger.not_planned"]
        if odd:
            raise Broken("reconcile explains", f"{name}: {odd}")


def _of_no_known_rate(quiet: Quiet, system: str) -> Decimal:
    """What documents in another currency, told as unknown to us, weigh at home where the books do
    not tell their rate: Zoho tells none of receipts and credit notes."""
    unknown = {i.external_id for i in quiet.items(system) if i.kind is ItemKind.ORPHANED}
    worth = [
        (Decimal(each["open"]) * Decimal(each["rate"])).quantize(Decimal("0.01"))
        for each in quiet.books[system]["documents"]
        if system == "zoho" and each["id"] in unknown and each["kind"] in ("receipt", "credit_note")
        if each["rate"] != "1"
    ]
    return sum(worth, ZERO)


def a_full_reading_says_the_same(quiet: Quiet) -> None:
    """What changed since the last reading, and everything read again, come to the same."""
    full = quiet.estate.reconcile(full=True)
    for result in full.systems:
        before = quiet.found[result.system]
        quiet_due = result.system == "xero" and _has_quiet_due_dates(quiet)
        then, now = (_said(each.items, due=not quiet_due) for each in (before, result))
        if then != now or result.tie_outs != before.tie_outs:
            differ = (then - now) + (now - then)
            raise Broken("incremental = full", f"{result.system}: {list(differ)}")


def planning_again_plans_nothing(quiet: Quiet) -> None:
    """And looking writes nothing: neither to the state nor to the books."""
    before = quiet.estate.state_files()
    result = quiet.estate.preview()
    for name, done in result.systems.items():
        figures = done.plan.figures
        planned = (figures.create, figures.update, figures.void)
        if planned != (0, 0, 0) or done.stopped is not None:
            what = f"{name}: {planned} {figures.by_kind} {done.stopped or ''}"
            raise Broken("plan again = nothing", what)
    changed = unlike(before, quiet.estate.state_files())
    if changed:
        raise Broken("a dry run writes nothing", f"of the state folder, {changed} changed")
    if quiet.books_now() != quiet.books:
        raise Broken("a dry run writes nothing", "the books changed")


def the_trial_balance_is_balanced(quiet: Quiet) -> None:
    for name, books in quiet.books.items():
        sides = books["trial_balance"]
        if sides["debits"] != sides["credits"]:
            raise Broken("trial balance", f"{name}: {sides}")


def principal_is_never_income(quiet: Quiet) -> None:
    """Leg by leg: income and expense get what was earned of a row, no more and no less."""
    rows = {row.base: row for row in wanted(quiet.ledger)}
    for name, books in quiet.books.items():
        totals: dict[str, tuple[Decimal, Decimal]] = {}
        touched = set()
        for document in kept(books):
            earned = _earned(quiet.estate, name, document.id)
            if document.letter == "P" and earned:
                raise Broken("principal is never income", f"{name}: {document} {earned}")
            total, sofar = totals.get(document.row, (ZERO, ZERO))
            totals[document.row] = total + document.total, sofar + earned
            if (name, document.id) in quiet.hand.ever | quiet.hand.adopted.keys():
                touched.add(document.row)
        for base, (total, earned) in totals.items():
            row = rows.get(base)
            if row is None or base in touched or total != abs(row.effect or row.earned):
                continue  # other laws are about these
            if earned != row.earned:
                text = f"{base} has {earned} in profit and loss, not {row.earned}"
                raise Broken("principal is never income", f"{name}: {text}")


def nothing_is_half_made(quiet: Quiet) -> None:
    """No draft of ours is forgotten, nothing is in doubt."""
    for name, result in quiet.found.items():
        told = {_base(item.reference) for item in result.items}
        for document in quiet.books[name]["documents"]:
            number = document["number"] or ""
            draft = document["status"] == "draft" and OURS.fullmatch(number)
            if draft and _base(number) not in told:
                raise Broken("nothing is half made", f"{name}: {number} is a draft")
        if result.outbox.get("in_doubt") or result.outbox.get("sending"):
            raise Broken("nothing is half made", f"{name}: {result.outbox}")


def what_was_edited_by_hand_stays(quiet: Quiet) -> None:
    for name in quiet.books:
        for (_, document_id), how in quiet.hand.overwritten(name).items():
            raise Broken("edits by hand stay", f"{name}: document {document_id}: {how}")


def logs_tell_no_secret(quiet: Quiet) -> None:
    """No borrower's name or phone, no token, in any line."""
    lines = "\n".join(quiet.trace.logs)
    quiet.trace.logs.clear()
    phones = {row["phone"] for row in quiet.ledger.debtors.values()}
    for secret in sorted(quiet.ledger.names | phones | quiet.seams.secrets | {"demo-secret"}):
        if secret in lines:
            line = next(line for line in lines.splitlines() if secret in line)
            raise Broken("no secret in the logs", line)


LAWS: list[Law] = [
    nothing_is_there_twice,
    nothing_is_lost,
    no_document_is_without_a_row,
    every_loan_adds_up,
    no_credit_stands_beside_what_is_owed,
    the_control_account_agrees,
    reconcile_explains_everything,
    a_full_reading_says_the_same,
    planning_again_plans_nothing,
    the_trial_balance_is_balanced,
    principal_is_never_income,
    nothing_is_half_made,
    what_was_edited_by_hand_stays,
    logs_tell_no_secret,
    no_secret_is_kept_or_said,
]


def named(item: Item) -> str:
    """The document that a hold is about, by its reference. After a rebuild it may stand with
    another loan of its customer: its own is no longer in the ledger."""
    if item.kind is not ItemKind.HELD or not item.subject.startswith("document:"):
        return ""
    return "" if item.cause == "books.lookalike" else item.subject.removeprefix("document:")


def _base(reference: str) -> str:
    return reference.partition(".")[0]


def _has_quiet_due_dates(quiet: Quiet) -> bool:
    """Whether this Xero leaves the time of change of a paid invoice as it was when only its due
    date is another, so that no feed tells it."""
    return bool(quiet.estate.control("GET", "xero/settings")["quiet_due_dates"])


def _said(items: Iterable[Item], *, due: bool) -> Counter[tuple[object, ...]]:
    """What items say. A feed knows that a document was deleted; a listing only lacks it. Without
    `due`, edited due dates are left out."""
    found: Counter[tuple[object, ...]] = Counter()
    for item in items:
        if not due and item.kind is ItemKind.DRIFTED and item.field == "due":
            continue
        gone = item.kind in GONE_SINCE
        told = "" if item.ledger == "void" else item.books
        kind = "gone" if gone else (item.kind, item.cause, item.field, item.ledger, told)
        found[kind, item.reference, item.subject, item.loan, item.currency, item.amount] += 1
    return found


def _loan_named(reference: str, ledger: FieldLedger) -> int:
    match = OURS.fullmatch(reference)
    if match is None:
        return 0
    number = int(match[2])
    return number if match[1][-1] in "LIX" else ledger.loan_of.get(number, 0)


def _control(books: dict[str, Any]) -> dict[str, Decimal]:
    """Currency → what the receivable accounts hold, by the books themselves."""
    if "receivables" in books:
        return {each["currency"]: Decimal(each["balance"]) for each in books["receivables"]}
    found: dict[str, Decimal] = {}
    for account in books["accounts"]:
        if account["type"] == "Accounts Receivable":
            found.setdefault(account["currency"], ZERO)
            found[account["currency"]] += Decimal(account["balance"])
    return found


def _earned(estate: Estate, system: str, document_id: str) -> Decimal:
    """What a document put into profit and loss, by the legs of its own journal entry."""
    face: Any = estate.sandbox.faces[system]
    books = (face.org if system == "zoho" else face.company).books
    accounts = books.chart.accounts
    return -sum(
        (
            leg.amount
            for leg in books.journal.entries.get(document_id, ())
            if accounts[leg.account].group in ("income", "expense")
        ),
        ZERO,
    )
