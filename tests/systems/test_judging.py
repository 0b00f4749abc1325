"""What follows from what the books hold is one judgement for every product, and stands once."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import msgspec
import pytest

from bridge.core.books import Found, PostedDocument, Several, Status
from bridge.core.delivery import Binding, Drifted, Operation, Outcome, Outgoing, Posted, Rejected
from bridge.systems import judging, results
from bridge.systems.registry import SYSTEMS
from tests.systems.xero.documents import INVOICE, LINKS

NOW = PostedDocument(
    kind=INVOICE.kind,
    external_id="x1",
    version="1",
    status=Status.LIVE,
    number=INVOICE.reference,
    customer_id=LINKS[INVOICE.customer],
    day=INVOICE.day,
    due=INVOICE.due,
    currency=INVOICE.currency,
    total=INVOICE.total,
    open=INVOICE.total,
    memo=INVOICE.memo,
)
VOID, DRAFT = (
    msgspec.structs.replace(NOW, status=status) for status in (Status.VOIDED, Status.DRAFT)
)
DEARER = msgspec.structs.replace(NOW, total=NOW.total + Decimal(1))
STAMPED = msgspec.structs.replace(NOW, stamp="CUFE 8f2c")


def change(operation: Operation, posted: PostedDocument | None = NOW) -> Outgoing:
    bound = Binding(
        reference=INVOICE.reference, external_id="x1", version="1", generation=1,
        document=INVOICE, posted=posted,
    )  # fmt: skip
    return Outgoing(
        entry=1, operation=operation, document=INVOICE, key="k", links=LINKS, target=bound
    )


@pytest.mark.parametrize(
    ("operation", "now", "outcome"),
    [
        (Operation.VOID, NOW, None),
        (Operation.UPDATE, NOW, None),
        (Operation.VOID, VOID, Posted(VOID, sent=False)),
        (Operation.UPDATE, VOID, Drifted(VOID)),
        (Operation.VOID, DEARER, Drifted(DEARER)),
        (Operation.UPDATE, DEARER, Drifted(DEARER)),
        (Operation.VOID, DRAFT, Posted(DRAFT, sent=False)),
    ],
)
def test_only_what_is_as_we_posted_it_is_changed_or_taken_back(
    operation: Operation, now: PostedDocument, outcome: Outcome | None
) -> None:
    assert judging.settled_before(change(operation), now) == outcome


def test_what_somebody_made_as_it_is_wanted_now_counts_as_changed() -> None:
    assert judging.settled_before(change(Operation.UPDATE, DEARER), NOW) == Posted(NOW)
    assert judging.settled_before(change(Operation.VOID, DEARER), NOW) == Drifted(NOW)


def test_a_draft_is_taken_back_whatever_it_says() -> None:
    assert judging.settled_before(change(Operation.VOID), DRAFT, draft=True) is None
    assert judging.settled_before(change(Operation.UPDATE), DRAFT, draft=True) == Drifted(DRAFT)


@pytest.mark.parametrize("operation", [Operation.VOID, Operation.UPDATE])
def test_what_a_tax_office_knows_is_left_alone(operation: Operation) -> None:
    outcome = judging.settled_before(change(operation), STAMPED)
    assert isinstance(outcome, Rejected)
    assert outcome.code == "stamped"


def test_what_is_gone_is_taken_back_without_a_call_and_an_update_of_it_is_a_question() -> None:
    outcome = judging.vanished(change(Operation.VOID))
    assert isinstance(outcome, Posted)
    assert (outcome.document.status, outcome.sent) == (Status.DELETED, False)
    assert outcome.document.total == NOW.total
    unknown = judging.gone(change(Operation.VOID, None))
    assert (unknown.external_id, unknown.number) == ("x1", INVOICE.reference)
    assert judging.vanished(change(Operation.UPDATE)) == Drifted(None)


@pytest.mark.parametrize(
    ("found", "outcome"),
    [(None, None), (NOW, Posted(NOW)), (DEARER, None), (VOID, None)],
)
def test_a_number_that_is_taken_is_ours_only_with_the_same_content(
    found: Found | None, outcome: Outcome | None
) -> None:
    assert judging.there_already(change(Operation.CREATE), found) == outcome


def test_several_of_our_number_are_a_question() -> None:
    outcome = judging.there_already(change(Operation.CREATE), Several((NOW, DEARER)))
    assert isinstance(outcome, Rejected)


def test_a_login_that_ended_is_said_unless_that_costs_a_document_its_outcome() -> None:
    ended = results.Unsent("no login", 60, login_ended=True)
    with pytest.raises(results.LoginRequired, match="no login"):
        results.raise_if_login_ended([ended, results.Unsent("held back", 5)])
    results.raise_if_login_ended([ended, results.Applied({"Id": "1"})])


def bodies(folder: Path) -> Iterator[tuple[str, str]]:
    """(what it says, where it stands) of all that an adapter defines in three lines or more."""
    for path in sorted(folder.rglob("*.py")):
        if path.name == "adapter.py":  # puts the parts together
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                told = ast.get_docstring(node) is not None
                text = "\n".join(map(ast.unparse, node.body[told:]))
                if text.count("\n") >= 2:
                    yield text, f"{path.name}: {node.name}"


def test_no_judgement_stands_in_two_adapters() -> None:
    home = Path(judging.__file__).parent
    found = {name: dict(bodies(home / name)) for name in SYSTEMS}
    assert all(found.values())
    twice = [
        f"{one}/{found[one][text]} = {other}/{found[other][text]}"
        for one, other in combinations(found, 2)
        for text in found[one].keys() & found[other].keys()
    ]
    assert not twice, f"bring it to bridge/systems: {twice}"
