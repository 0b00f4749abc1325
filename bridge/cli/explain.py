"""`explain REF`: the story of one document or loan, from the ledger's rows to the books now."""

from __future__ import annotations

from argparse import Namespace
from contextlib import suppress
from typing import Any

import msgspec

from bridge import wiring
from bridge.cli.lookup import loan_of
from bridge.cli.outbox import told, without_person
from bridge.cli.output import Output, plainly_told
from bridge.cli.session import companies, open_settings, open_state
from bridge.core.books import Kind
from bridge.core.delivery import Binding
from bridge.core.identity import BooksId, base_reference
from bridge.core.ledger import LoanFile
from bridge.core.message import message
from bridge.errors import BridgeError, UsageError
from bridge.pipeline.apart import Unread, fetched
from bridge.report.details import english
from bridge.settings import Settings
from bridge.store.store import Work
from bridge.store.values import Entry, LoanKey

_PERSON = ("name", "phone", "address", "document_number", "document_type", "origin", "notes")


def run(arguments: Namespace, out: Output) -> int:
    loaded = open_settings(arguments)
    wanted = arguments.reference
    on = companies(arguments, loaded)
    with open_state(loaded) as store, store.read() as work:
        loan = loan_of(work, loaded, on, wanted)
        file = work.ledger.loan_file(*loan) if loan else None
        story = {
            "asked": wanted,
            "loan": {"installation": loan[0], "id": loan[1]} if loan else None,
            "ledger": _ledger(file) if file else None,
            "findings": _findings(work, loan),
            "systems": {name: _system(work, on[name], loan, wanted) for name in on},
        }
    if loan is None and not any(each["entries"] or each["bindings"] for each in _of(story)):
        raise UsageError(message("explain_unknown", wanted=wanted))
    for name in on:
        _books_now(loaded, name, story["systems"][name])
    if out.json:
        out.document(story)
    _tell(story, out)
    return 0


def _of(story: dict[str, Any]) -> list[dict[str, Any]]:
    return [*story["systems"].values()]


def _ledger(file: LoanFile) -> dict[str, Any]:
    """The rows of a loan, without what belongs to a person, and where each was read."""
    rows = {
        "loan": [file.loan] if file.loan else [],
        "instalments": file.instalments,
        "repayments": file.repayments,
        "adjustments": file.adjustments,
    }
    return {
        "as_of": file.as_of,
        **{name: [_row(row) for row in each] for name, each in rows.items()},
    }


def _row(row: Any) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(row, builtin_types=(), enc_hook=str)
    kept = {k: v for k, v in told.items() if k not in _PERSON and v not in (None, "", [], False)}
    kept["from"] = f"{row.origin.file}:{row.origin.line}"
    if row.notes:
        kept["noticed"] = [note.code for note in row.notes]
    return kept


def _findings(work: Work, loan: LoanKey | None) -> list[dict[str, str]]:
    if loan is None:
        return []
    installation, number = loan
    found = work.findings.at(
        f"loan/{installation}/{number}", f"snapshot/{installation}/loan/{number}"
    )
    return [{"code": f.code, "subject": f.subject, "detail": english(f.detail)} for f in found]


def _system(work: Work, where: BooksId, loan: LoanKey | None, wanted: str) -> dict[str, Any]:
    """Entries, bindings and holds: of one document when a reference was asked for."""
    entries: list[Entry] = []
    bindings: list[Binding] = []
    if loan is not None:
        entries = work.entries.of(where, loan=loan)
        bindings = work.bindings.of_loan(where, loan)
    if "-" in wanted and not wanted.startswith(("debt:", "loan:")):
        base = base_reference(wanted)
        direct = [
            work.bindings.named(where, wanted),
            work.bindings.customer(where, base),
        ]
        bindings = [b for b in bindings if base_reference(b.reference) == base] or [
            b for b in direct if b
        ]
        entries = [e for e in entries if base_reference(e.reference) == base] or work.entries.of(
            where, reference=wanted
        )
    holds = [] if loan is None else work.plans.holds_of(where, loan)
    decided = {e.id for e in entries}
    holds = [msgspec.structs.replace(each, detail=english(each.detail)) for each in holds]
    return {
        "entries": [told(where.system, entry) | {"run": entry.run} for entry in entries],
        "bindings": [_binding(binding) for binding in bindings],
        "holds": holds,
        "decisions": [plainly_told(d) for d in work.decisions.latest() if d.entry in decided],
        "books_now": [],
    }


def _binding(binding: Binding) -> dict[str, Any]:
    return {
        "reference": binding.reference,
        "external_id": binding.external_id,
        "kind": binding.document.kind.value,
        "version": binding.version,
        "generation": binding.generation,
        "voided": binding.voided,
        "posted": without_person(msgspec.to_builtins(binding.document)),
    }


def _books_now(loaded: Settings, name: str, story: dict[str, Any]) -> None:
    """Ask the books for what they hold now; what cannot be asked is said, not guessed."""
    wanted: dict[str, list[str]] = {}
    for binding in story["bindings"]:
        wanted.setdefault(binding["kind"], []).append(binding["external_id"])
    if not wanted:
        return
    try:
        with wiring.open_dry(loaded, [name]) as bridge:
            system = bridge.books[name].system
            for kind, ids in wanted.items():
                unread = Unread()
                found = fetched(system, Kind(kind), ids, unread)
                if unread:
                    system.chart()  # raises where the product answers nobody
                for external_id in ids:
                    now = _now(kind, external_id, found.get(external_id))
                    if (came := unread.get((Kind(kind), external_id))) is not None:
                        now |= {"status": "not told", "detail": came}
                    story["books_now"].append(now)
    except BridgeError as error:
        story["books_unknown"] = english(error.what)


def _now(kind: str, external_id: str, document: Any) -> dict[str, Any]:
    if document is None:
        return {"kind": kind, "external_id": external_id, "status": "gone"}
    shown: dict[str, Any] = msgspec.to_builtins(document)
    return without_person(shown)


def _tell(story: dict[str, Any], out: Output) -> None:
    loan, ledger = story["loan"], story["ledger"]
    if loan:
        out.line(message("explain_loan", loan=loan["id"], installation=loan["installation"]))
    if ledger:
        out.line(message("explain_ledger", day=ledger["as_of"]))
        for name in ("loan", "instalments", "repayments", "adjustments"):
            for row in ledger[name]:
                out.line(f"  {_said(row)}")
    for finding in story["findings"]:
        out.line(
            message(
                "explain_noticed",
                code=finding["code"],
                subject=finding["subject"],
                detail=finding["detail"],
            )
        )
    for name, system in story["systems"].items():
        out.line()
        out.line(f"{name}:")
        for hold in system["holds"]:
            out.line(
                message(
                    "explain_held",
                    code=hold.code,
                    subject=hold.subject,
                    amount=hold.amount,
                    currency=hold.currency,
                )
            )
        for entry in system["entries"]:
            amount = f" {entry['total']} {entry['currency']}" if "total" in entry else ""
            out.line(
                message(
                    "explain_entry",
                    entry=entry["entry"],
                    operation=entry["operation"],
                    kind=entry["kind"],
                    reference=entry["reference"],
                    amount=amount,
                    reason=entry["reason"],
                    state=entry["state"],
                    run=entry["run"],
                )
            )
            if entry["detail"]:
                out.line(f"     {entry['detail']}")
        for decision in system["decisions"]:
            out.line(f"  {decision.at[:19]} {decision.who}: {decision.verb} {decision.reference}")
        for binding in system["bindings"]:
            reference, kind, known = (binding[key] for key in ("reference", "kind", "external_id"))
            if binding["voided"]:
                out.line(message("explain_binding_void", reference=reference, kind=kind, id=known))
            else:
                out.line(message("explain_binding", reference=reference, kind=kind, id=known))
        for now in system["books_now"]:
            out.line(message("explain_now", document=_posted(now)))
        if "books_unknown" in system:
            out.line(message("explain_now_unknown", why=system["books_unknown"]))


def _said(row: dict[str, Any]) -> str:
    order = ("id", "start", "due", "paid_on", "on", "kind", "amount", "opening", "gross")
    words = [f"{key} {row[key]}" for key in order if key in row]
    with suppress(KeyError):
        words.append(f"noticed {', '.join(row['noticed'])}")
    return f"{', '.join(words)} ({row['from']})"


def _posted(now: dict[str, Any]) -> str:
    words = [str(now.get(key, "")) for key in ("kind", "external_id", "status", "number", "day")]
    words.append(str(now.get("detail", "")))
    if now.get("total"):
        words.append(f"total {now['total']} {now.get('currency', '')}, open {now.get('open', '')}")
    return " ".join(word for word in words if word)
