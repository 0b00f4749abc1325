"""The findings made about the ledger's rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import select

from bridge.core.findings import CATALOGUE, Finding
from bridge.core.renamed import then
from bridge.store import tables
from bridge.store.engine import begins_with, by
from bridge.store.session import PARAMETERS, Part, chunks
from bridge.store.values import json

FINDING = tables.FINDING
BY_SCOPE = "ix_finding_scope"
_ASKING = sorted(
    name
    for code, rule in CATALOGUE.items()
    if rule.holds or rule.asks
    for name in {code, then(code)}
)
"""As they are called, and as they were in a state of before."""
_finding = msgspec.json.Decoder(Finding).decode


class Findings(Part):
    """The findings about rows, each under the scope that it was noticed in."""

    def put(self, scope: str, findings: Sequence[Finding]) -> None:
        """Replace everything that was noticed in this scope.

        Scopes that begin with `snapshot/` belong to the intake.
        """
        self.put_all({scope: findings})

    def put_all(self, found: Mapping[str, Sequence[Finding]]) -> None:
        """Replace everything that was noticed in several scopes."""
        for part in chunks(found, PARAMETERS):
            old = FINDING.delete().where(FINDING.c.scope.in_(part))
            self._connection.execute(by(old, FINDING, BY_SCOPE))
        lines = [
            {"scope": scope, "code": each.code, "body": json(each)}
            for scope, findings in found.items()
            for each in findings
        ]
        if lines:
            self._connection.execute(FINDING.insert(), lines)

    def all(self, *, scope_prefix: str = "") -> list[Finding]:
        """The findings, in the order they were made."""
        return [finding for _, finding in self.scoped(scope_prefix=scope_prefix)]

    def at(self, *scopes: str) -> list[Finding]:
        """The findings made under exactly these scopes."""
        query = select(FINDING.c.body).where(FINDING.c.scope.in_(scopes)).order_by(FINDING.c.id)
        query = by(query, FINDING, BY_SCOPE)
        return [_finding(body) for body in self._connection.execute(query).scalars()]

    def scoped(self, *, scope_prefix: str = "") -> Iterator[tuple[str, Finding]]:
        """(scope, finding) pairs, streamed."""
        query = select(FINDING.c.scope, FINDING.c.body).order_by(FINDING.c.id)
        if scope_prefix:
            query = query.where(begins_with(self._connection, FINDING.c.scope, scope_prefix))
        for scope, body in self._connection.execute(query):
            yield scope, _finding(body)

    def asking(self) -> list[Finding]:
        """The findings about rows that ask something of a person, in the order they were made."""
        query = select(FINDING.c.body).where(FINDING.c.code.in_(_ASKING)).order_by(FINDING.c.id)
        return [_finding(body) for body in self._connection.execute(query).scalars()]
