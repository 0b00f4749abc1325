"""What is meant to look through a whole table, and why. Whatever else does is a mistake."""

from __future__ import annotations

THE_DELIVERY = "what is delivered is read whole, and compared with the ledger as a set"
WITHOUT_NUMBERS = "rows without numbers are known by what they say: all of them, at each delivery"
THE_FIRST = "all of a first delivery is new"
IS_EMPTY = "whether there is any row: ends at the first"
THE_PROOF = "a comparison adds up what ledger and books have, all of it, once"
THE_READING = "the books were read: what they say now is compared with what is bound, as a set"
WHOLE_STATE = "the state is looked through once a day"
EVERYTHING = "somebody asks for all of it"
IN_ORDER = "in the order of its index, and ends at the limit"
UNDER_WAY = "what waits, or is on its way: it is worked off"
TO_BE_TOLD = "what is held, noticed or to be looked at again is told, all of it"
A_RUN = "what one run did, or several of a month"
A_DECISION = "a person decides about one document, by hand"
STRANGERS = "documents of the books that are not ours, and nothing else"

MEANT: dict[str, str] = {
    "stage.Stage._sum": THE_DELIVERY,
    "stage.Stage.recount": THE_DELIVERY,
    "store._reinstalled": THE_DELIVERY,
    "intake._Intake._differences": THE_DELIVERY,
    "crossrow._nearest_loans": THE_DELIVERY,
    "likeness.settle": WITHOUT_NUMBERS,
    "intake._Intake._load": THE_FIRST,
    "intake._Intake._mark": THE_FIRST,
    "crossrow._orphan_loans": THE_FIRST,
    "crossrow._double_entries": THE_FIRST,
    "crossrow._namesakes": THE_FIRST,
    "crossrow._two_currencies": THE_FIRST,
    "crossrow._without_loans": THE_FIRST,
    "ledger_queries.LedgerQueries.totals": THE_PROOF,
    "mirror.Mirror.totals": THE_PROOF,
    "reconcile_queries.ReconcileQueries.same_sums": THE_PROOF,
    "reconcile_queries.ReconcileQueries.foreign_sums": THE_PROOF,
    "reconcile_queries.ReconcileQueries.foreign": THE_PROOF,
    "reconcile_queries.ReconcileQueries.open_documents": THE_PROOF,
    "reconcile_queries.ReconcileQueries.open_by_due": THE_PROOF,
    "mirror_sums.MirrorSums.of_purposes": THE_PROOF,
    "mirror_sums.MirrorSums.by_deposit": THE_PROOF,
    "mirror_sums.MirrorSums.dated_after": THE_PROOF,
    "mirror_sums.MirrorSums.dated_until": THE_PROOF,
    "mirror_sums.MirrorSums.bound": THE_PROOF,
    "reconcile_queries.ReconcileQueries.suspects": THE_READING,
    "reconcile_queries.ReconcileQueries.absent": THE_READING,
    "reconcile_queries.ReconcileQueries.unbound": THE_READING,
    "outbox.Outbox._newest": IN_ORDER,
    "mirror.Mirror.missing": THE_READING,
    "mirror.Mirror.altered": THE_READING,
    "mirror.Mirror.has_altered": THE_READING,
    "mirror.Mirror.moved": THE_READING,
    "mirror.Mirror.revived": THE_READING,
    "mirror_parts.MirrorParts.count": THE_READING,
    "mirror_parts.MirrorParts.ids": THE_READING,
    "mirror_parts.MirrorParts.owing": THE_READING,
    "mirror_parts.MirrorParts.forget_kind": THE_READING,
    "strangers.Strangers.recognise": STRANGERS,
    "strangers.Strangers.totals": STRANGERS,
    "strangers.Strangers.numbers": STRANGERS,
    "strangers.Strangers.live": STRANGERS,
    "strangers.Strangers.numbered": EVERYTHING,
    "bindings.Bindings.live": EVERYTHING,
    "bindings.Bindings.counts": EVERYTHING,
    "bindings.Bindings.documents_elsewhere": EVERYTHING,
    "mirror.Mirror.documents": EVERYTHING,
    "mirror.Mirror.size": EVERYTHING,
    "mirror.Mirror.clear": EVERYTHING,
    "outbox.Outbox.counts": EVERYTHING,
    "entries.Entries.of": EVERYTHING,
    "bindings.Bindings.of_customer": A_DECISION,
    "decisions.Decisions.send_all_now": A_DECISION,
    "said_alike.AlikeAnswers.asked": A_DECISION,
    "outbox.Outbox.claim": IN_ORDER,
    "outbox.Outbox.due_in_s": UNDER_WAY,
    "outbox.Outbox.in_doubt": UNDER_WAY,
    "outbox.Outbox.posted": UNDER_WAY,
    "outbox.Outbox.doubt_all": UNDER_WAY,
    "entries.Entries.to_send": UNDER_WAY,
    "entries.Entries.to_create": UNDER_WAY,
    "waiting.WaitingWrites.waiting": UNDER_WAY,
    "planning.Planning.revisits": TO_BE_TOLD,
    "planning.Planning.revisit_reasons": TO_BE_TOLD,
    "planning.Planning.loan_holds": TO_BE_TOLD,
    "findings.Findings.scoped": TO_BE_TOLD,
    "findings.Findings.asking": TO_BE_TOLD,
    "reconcile_queries.ReconcileQueries.posted_in": A_RUN,
    "late.LateQueries.moved_to_open_month": A_RUN,
    "soundness.look_through": WHOLE_STATE,
}
"""Who asks it (`module.Class.function`) → why. It is asked as a set, and never again and again
within one statement."""

UNREACHED = {
    ("crossrow.py", "connection.execute(FINDING.insert(), lines)"): "as after it, of more lines",
    ("soundness.py", "database.execute(query)"): "asked where SQLite says what is not so",
}
"""(module, call) of what a sound store never asks → why that is no loss."""
