"""Runs and due times: what was done when, with which verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from sqlalchemy import select

from bridge.store import tables
from bridge.store.engine import begins_with
from bridge.store.session import Part
from bridge.store.values import RunRecord, json

RUN = tables.RUN


class Runs(Part):
    """The part of a unit of work that keeps the history."""

    def start(self, verb: str, system: str, at: str) -> str:
        """Write down that a run begins. Its id sorts by time: `20261120T060000Z-sync`."""
        second = at.partition(".")[0].partition("+")[0].removesuffix("Z")
        base = f"{second.replace('-', '').replace(':', '')}Z-{verb}"
        query = select(RUN.c.id).where(begins_with(self._connection, RUN.c.id, base))
        taken = set(self._connection.execute(query).scalars())
        run = base
        for number in range(2, len(taken) + 3):
            if run not in taken:
                break
            run = f"{base}-{number}"
        self._connection.execute(
            RUN.insert().values(
                id=run,
                verb=verb,
                system=system,
                started_at=at,
                ended_at="",
                verdict="",
                reason="",
                counts=json({}),
            )
        )
        return run

    def end(
        self, run: str, verdict: str, reason: str, counts: Mapping[str, Any], at: str = ""
    ) -> None:
        """Write down how a run ended."""
        done = self._connection.execute(
            RUN.update()
            .where(RUN.c.id == run)
            .values(verdict=verdict, reason=reason, counts=json(dict(counts)), ended_at=at)
        )
        assert done.rowcount == 1, f"no run {run}"

    def latest(self, limit: int = 50) -> list[RunRecord]:
        """The last runs, newest first. One without a verdict did not get to its end."""
        query = select(RUN).order_by(RUN.c.id.desc()).limit(limit)
        return [
            RunRecord(
                id=row.id,
                verb=row.verb,
                system=row.system,
                started_at=row.started_at,
                ended_at=row.ended_at,
                verdict=row.verdict,
                reason=row.reason,
                counts=msgspec.json.decode(row.counts),
            )
            for row in self._connection.execute(query)
        ]
