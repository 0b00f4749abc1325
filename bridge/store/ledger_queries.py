"""Questions to the ledger: whole loans with everything about them, and what they add up to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import text

from bridge.core.ledger import (
    CHARGES,
    Adjustment,
    AdjustmentKind,
    Borrower,
    Instalment,
    Loan,
    LoanFile,
    Repayment,
    RepaymentKind,
    RepaymentState,
)
from bridge.core.loan.owed import recovered
from bridge.core.money import NO_CURRENCY, from_cents
from bridge.store.engine import by_index, in_order, key_of, temporary
from bridge.store.rows import DECODERS
from bridge.store.session import Part, chunks
from bridge.store.types import MAX_DIGITS
from bridge.store.values import LoanKey

CHUNK = 500

_LOANS = """
SELECT w.position, w.loan, i.installation, i.prefix, i.as_of,
 l.body AS loan_body, b.body AS borrower_body,
 CASE WHEN EXISTS (SELECT 1 FROM ledger_borrower o WHERE o.name_key = b.name_key
  AND o.present = 1 AND (o.id <> b.id OR o.installation <> b.installation))
  THEN 1 ELSE 0 END AS homonym
FROM {wanted} w
JOIN installation i ON i.id = w.installation
LEFT JOIN ledger_loan l ON l.installation = w.installation AND l.id = w.loan AND l.present = 1
LEFT JOIN ledger_borrower b ON b.installation = l.installation AND b.id = l.borrower
 AND b.present = 1
WHERE w.position BETWEEN :first AND :last ORDER BY w.position
"""
_CHILDREN = """
SELECT w.position, c.body FROM {wanted} w
CROSS JOIN ledger_{child} c {by_loan}
WHERE w.position BETWEEN :first AND :last
AND c.installation = w.installation AND c.loan = w.loan AND c.present = 1
"""


def _listed(kinds: Iterable[AdjustmentKind | RepaymentKind]) -> str:
    return ", ".join(f"'{kind.value}'" for kind in sorted(kinds))


_NOT_MONEY = _listed({RepaymentKind.VISIT})
_LOWERING = _listed({AdjustmentKind.DISCOUNT, AdjustmentKind.WRITE_OFF})
_CHARGES = _listed(CHARGES)
# What a movement needs to know of its loan, in a table so slim that looking it up five million
# times takes seconds: `charged` is 1 where charges count (gross has them already), -1 annulled.
_TERMS = """
INSERT INTO terms SELECT installation, id, currency,
 CASE WHEN annulled = 1 THEN -1 WHEN gross_cents IS NULL THEN 1 ELSE 0 END
FROM ledger_loan WHERE present = 1 ORDER BY installation, id
"""
_TOTALS = f"""
SELECT coalesce(t.currency, '{NO_CURRENCY}') AS currency, sum(e.cents) AS cents FROM (
 SELECT installation, loan, -cents AS cents, 0 AS charge FROM ledger_repayment
 WHERE present = 1 AND state = '{RepaymentState.APPROVED.value}'
 AND kind NOT IN ({_NOT_MONEY})
 UNION ALL
 SELECT installation, loan, CASE WHEN kind IN ({_LOWERING}) THEN -cents ELSE cents END,
 CASE WHEN kind IN ({_CHARGES}) THEN 1 ELSE 0 END
 FROM ledger_adjustment WHERE present = 1
) e LEFT JOIN terms t ON t.installation = e.installation AND t.loan = e.loan
WHERE t.loan IS NULL OR t.charged >= e.charge
GROUP BY 1
UNION ALL
SELECT currency, sum(coalesce(gross_cents, opening_cents, 0)) FROM ledger_loan
WHERE present = 1 AND annulled = 0 GROUP BY currency
"""
_LOST_AND_PAID = f"""
SELECT DISTINCT i.installation, a.loan FROM ledger_adjustment a
JOIN installation i ON i.id = a.installation
JOIN ledger_loan l ON l.installation = a.installation AND l.id = a.loan
WHERE a.present = 1 AND a.kind = '{AdjustmentKind.WRITE_OFF.value}'
AND l.present = 1 AND l.annulled = 0
AND EXISTS (SELECT 1 FROM ledger_repayment r {{by_loan}} WHERE r.installation = a.installation
 AND r.loan = a.loan AND r.present = 1 AND r.state = '{RepaymentState.APPROVED.value}')
"""


class LedgerQueries(Part):
    """The part of a unit of work that reads the ledger."""

    def change_seq(self) -> int:
        """The number of the last intake."""
        query = text("SELECT coalesce(max(seq), 0) FROM intake")
        return int(self._connection.execute(query).scalar_one())

    def prefixes(self) -> list[str]:
        """The prefixes that our references begin with, one for each installation."""
        query = text("SELECT prefix FROM installation ORDER BY id")
        return list(self._connection.execute(query).scalars())

    def installations_by_prefix(self) -> dict[str, str]:
        """The prefixes that references begin with → the installation that they are of."""
        query = text("SELECT prefix, installation FROM installation")
        return dict(self._connection.execute(query).tuples().all())

    def loan_files(self, after_seq: int, extra: Iterable[LoanKey] = ()) -> Iterator[LoanFile]:
        """Every loan touched by intakes after `after_seq`, and `extra`, each once.

        By installation in the order of their first delivery, then by id: numbers by value, before
        other texts. Which loans is settled at the first step; rows are read in chunks as the
        iteration goes on. A loan nobody has comes with `loan=None` and what names it.
        """
        wanted = self._wanted(after_seq, extra)
        count = self._scalar(f"SELECT coalesce(max(position), 0) FROM {wanted}")
        try:
            for first in range(1, count + 1, CHUNK):
                yield from self._files(wanted, first, first + CHUNK - 1)
        finally:
            if not self._connection.closed:  # what stopped the work may be what ends this, later
                self._connection.execute(text(f"DROP TABLE IF EXISTS {wanted}"))

    def touched_since(self, seq: int) -> bool:
        """Whether any loan was touched by an intake after this one: many touch none."""
        touched = "SELECT 1 FROM ledger_change WHERE change_seq > :seq LIMIT 1"
        return self._connection.execute(text(touched), {"seq": seq}).first() is not None

    def loan_file(self, installation: str, loan_id: str) -> LoanFile | None:
        """One loan; None when no row was ever about it."""
        known = self._connection.execute(
            text(
                "SELECT 1 FROM ledger_change c JOIN installation i ON i.id = c.installation"
                " WHERE i.installation = :name AND c.loan = :loan"
            ),
            {"name": installation, "loan": key_of(self._connection, loan_id)},
        ).first()
        if known is None:
            return None
        found = list(self.loan_files(self.change_seq(), [(installation, loan_id)]))
        assert len(found) == 1, f"{installation} {loan_id}: {len(found)} loans"
        return found[0]

    def totals(self) -> dict[str, Decimal]:
        """The sums that borrowers owe by currency, as the ledger's own rows add up.

        Gross, or opening and charges, less approved repayments, discounts and write-offs, plus
        refunds and reversals. Money that came in on what was written off lowers nothing. Annulled
        loans and what was paid on them count nothing; movements of loans that nobody has are under
        `XXX`.
        """
        sums: dict[str, int] = {}
        everything = "PRIMARY KEY (installation, loan, currency, charged)"
        columns = f"installation INTEGER, loan ID, currency TEXT, charged INTEGER, {everything}"
        temporary(self._connection, "terms", columns)
        self._connection.execute(text(_TERMS))
        for currency, cents in self._connection.execute(text(_TOTALS)):
            sums[currency] = sums.get(currency, 0) + int(cents)
        self._connection.execute(text("DROP TABLE terms"))
        totals = {currency: from_cents(cents) for currency, cents in sorted(sums.items())}
        for file in self.loan_files(self.change_seq(), self._lost_and_paid()):
            if file.loan is not None:
                totals[file.loan.currency] += recovered(file)
        return totals

    def _lost_and_paid(self) -> list[LoanKey]:
        """Loans of which something was written off and something paid."""
        by_loan = by_index("ix_ledger_repayment_loan", self._connection)
        found = self._connection.execute(text(_LOST_AND_PAID.format(by_loan=by_loan)))
        return [(installation, str(loan)) for installation, loan in found]

    def counts(self) -> dict[str, int]:
        """Rows that the source has now, by entity, as of each installation's last intake."""
        query = text(
            "SELECT present FROM intake WHERE seq IN"
            " (SELECT max(seq) FROM intake GROUP BY installation)"
        )
        counts: dict[str, int] = {}
        for (present,) in self._connection.execute(query):
            for entity, number in msgspec.json.decode(present, type=dict[str, int]).items():
                counts[entity] = counts.get(entity, 0) + number
        return counts

    def _scalar(self, statement: str) -> int:
        return int(self._connection.execute(text(statement)).scalar_one())

    def _wanted(self, after_seq: int, extra: Iterable[LoanKey]) -> str:
        """A temporary table of the loans to read, numbered in order."""
        number = self._session.another()
        wanted, asked = f"wanted_{number}", f"asked_{number}"
        connection = self._connection
        temporary(connection, asked, "installation INTEGER, loan ID")
        temporary(connection, wanted, "position SERIAL, installation INTEGER, loan ID")
        names = {
            name: number
            for number, name in connection.execute(
                text("SELECT id, installation FROM installation")
            )
        }
        insert = text(f"INSERT INTO {asked} VALUES (:installation, :loan)")
        for part in chunks(extra, CHUNK):
            lines = [
                {"installation": names[name], "loan": key_of(connection, loan)}
                for name, loan in part
                if name in names
            ]
            if lines:
                connection.execute(insert, lines)
        connection.execute(
            text(
                f"INSERT INTO {wanted} (installation, loan) SELECT installation, loan FROM"
                " (SELECT installation, loan FROM ledger_change WHERE change_seq > :seq"
                f" UNION SELECT installation, loan FROM {asked}) both_of_them"
                f" ORDER BY installation, {in_order(connection, 'loan')}"
            ),
            {"seq": after_seq},
        )
        connection.execute(text(f"DROP TABLE {asked}"))
        return wanted

    def _files(self, wanted: str, first: int, last: int) -> Iterator[LoanFile]:
        span = {"first": first, "last": last}
        loans = self._connection.execute(text(_LOANS.format(wanted=wanted)), span).fetchall()
        instalments = self._children(wanted, "instalment", Instalment, span)
        repayments = self._children(wanted, "repayment", Repayment, span)
        adjustments = self._children(wanted, "adjustment", Adjustment, span)
        decode_loan, decode_borrower = DECODERS[Loan], DECODERS[Borrower]
        for row in loans:
            yield LoanFile(
                installation=row.installation,
                prefix=row.prefix,
                loan_id=str(row.loan),
                as_of=_date(row.as_of),
                loan=None if row.loan_body is None else decode_loan(row.loan_body),
                borrower=None if row.borrower_body is None else decode_borrower(row.borrower_body),
                homonym=bool(row.homonym),
                instalments=tuple(sorted(instalments.get(row.position, ()), key=_by_due)),
                repayments=tuple(sorted(repayments.get(row.position, ()), key=_by_payment)),
                adjustments=tuple(sorted(adjustments.get(row.position, ()), key=_by_day)),
            )

    def _children(
        self, wanted: str, child: str, kind: type[Any], span: dict[str, int]
    ) -> dict[int, list[Any]]:
        found: dict[int, list[Any]] = {}
        decode = DECODERS[kind]
        by_loan = by_index(f"ix_ledger_{child}_loan", self._connection)
        statement = text(_CHILDREN.format(wanted=wanted, child=child, by_loan=by_loan))
        for position, body in self._connection.execute(statement, span):
            found.setdefault(position, []).append(decode(body))
        return found


def _date(value: str | date) -> date:
    """SQLite gives the text, PostgreSQL the date."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _id_order(identifier: str) -> tuple[int, str]:
    number = identifier.isdigit() and identifier.isascii() and len(identifier) <= MAX_DIGITS
    return (int(identifier), identifier) if number else (10**MAX_DIGITS, identifier)


def _by_due(row: Instalment) -> tuple[Any, ...]:
    return (row.due, row.number, _id_order(row.id))


def _by_payment(row: Repayment) -> tuple[Any, ...]:
    return (row.paid_on, _id_order(row.id))


def _by_day(row: Adjustment) -> tuple[Any, ...]:
    return (row.on, _id_order(row.id))
