"""Money on account put to use, and taken back: in several calls, each of which may fail.

One that was begun is finished by doing it again. What is made with uses is made first and then put
to use: made again, it is looked up before.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from bridge.core.books import PostedDocument, Receipt, Status
from bridge.core.change.matching import drift
from bridge.core.delivery import (
    InDoubt,
    Operation,
    Outcome,
    Outgoing,
    Posted,
    Rejected,
    Unavailable,
)
from bridge.errors import TryLater
from bridge.systems.apart import not_told, told_apart
from bridge.systems.judging import target
from bridge.systems.results import Unsent
from bridge.systems.xero import reading
from bridge.systems.xero.answers import posted
from bridge.systems.xero.applying import (
    Allocations,
    days_of,
    invoices_of,
    is_as_we_left_it,
    pairs_of,
    put_to_use,
)
from bridge.systems.xero.on_account import is_on_account, path_of
from bridge.systems.xero.translate import Body, Company
from bridge.systems.xero.wire import Wire

ZERO = Decimal(0)


def is_put_to_use(outgoing: Outgoing) -> bool:
    """Whether the document is money on account that settles something from the first."""
    document = outgoing.document
    return isinstance(document, Receipt) and is_on_account(document) and bool(document.applications)


def begun(
    wire: Wire, batch: Sequence[Outgoing], company: Company
) -> tuple[dict[str, Body], dict[str, str]]:
    """The documents of the batch that are in the books already, and perhaps not put to use; and
    what came back about those of which that can not be seen."""
    wanted = {o.document.reference: o.document for o in batch if is_put_to_use(o)}
    return told_apart(
        lambda part: reading.made(wire, [wanted[name] for name in part], company),
        list(wanted),
        wire.is_there,
    )


def put(wire: Wire, outgoing: Outgoing, raw: Body, company: Company) -> Outcome:
    """Make it settle what it should. It is there, so a refusal of that is no refusal of it: then it
    is told as it is, which comparing will show."""
    document = outgoing.document
    assert isinstance(document, Receipt), document.kind
    now = posted(document.kind, raw, company)
    making = Allocations(wire, path_of(now.external_id), raw, outgoing.key)
    ended: Outcome | Unsent | None
    try:
        days = days_of(wire, invoices_of(outgoing))
    except TryLater as reason:
        ended = not_told(str(reason))
        if reason.retry_after_s is not None:
            ended = Unavailable(str(reason), reason.retry_after_s)
    else:
        ended = making.settle(pairs_of(document, outgoing), days)
    if isinstance(ended, Unsent | Unavailable):
        if outgoing.operation is Operation.CREATE or making.is_begun:
            return InDoubt(f"applied in part; {ended.cause}")
        if isinstance(ended, Unavailable):
            return ended
        return Unavailable(ended.cause, ended.retry_after_s)
    if ended is None or (isinstance(ended, Rejected) and outgoing.operation is Operation.CREATE):
        return Posted(put_to_use(now, making))
    return ended


def free(
    wire: Wire, outgoing: Outgoing, raw: Body, now: PostedDocument
) -> PostedDocument | Outcome:
    """Take its uses back, as it has to be before it is taken back itself; what is left then."""
    making = Allocations(wire, path_of(now.external_id), raw, outgoing.key)
    ended = making.let_go()
    if isinstance(ended, Unsent):
        return Unavailable(ended.cause, ended.retry_after_s)
    return ended or put_to_use(now, making)


def is_moved(outgoing: Outgoing, now: PostedDocument) -> bool:
    """Whether somebody changed it in the books: its uses are as we left them, or as a write that
    was cut short did."""
    then = target(outgoing).posted
    if not is_as_we_left_it(outgoing, now):
        return True
    if then is None or then.status is not Status.LIVE:
        return now.status is not Status.LIVE
    used = _sum(now) - _sum(then)
    return bool(
        drift(
            msgspec.structs.replace(then, applications=now.applications, open=then.open - used), now
        )
    )


def _sum(document: PostedDocument) -> Decimal:
    return sum((amount for _, amount in document.applications), ZERO)
