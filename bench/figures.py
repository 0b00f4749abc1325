"""What a row measures, at which size, and the table they are printed as."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Size(msgspec.Struct, frozen=True, kw_only=True):
    """How much is measured. Only `FULL` is what the targets are about."""

    full: bool
    loans: int
    """In the large ledger; as many borrowers, five times as many movements."""
    posted_loans: int
    """In the ledger that is posted without limits: 7 documents each, customers among them."""
    single_calls: int
    """Calls from the first of a window on, at QuickBooks' limits."""
    batch_calls: int
    xero_calls: int
    """Calls of fifty documents, at Xero's limits."""
    zoho_calls: int
    books_loans: int
    """In the books that are reconciled: 6 documents each, beside their customers."""
    growth_loans: tuple[int, ...]
    """In ledgers that are worked on one after another, to see how the work grows."""
    rival_loans: int
    """In the ledger that the bridge and loops with the products' libraries post."""
    read_loans: tuple[int, ...]
    """In deliveries that are read one after another; seven rows each."""
    changes: int
    runs: int
    """Repeats of what is cheap; the median counts."""
    idle_s: float
    """How long the daemon is watched while it has nothing to do."""
    latencies_ms: tuple[int, ...] = (150,)
    """What a call takes where each system's rate is measured."""


FULL = Size(
    full=True,
    loans=1_000_000,
    posted_loans=2_000,
    single_calls=1_000,
    batch_calls=80,
    xero_calls=120,
    zoho_calls=200,
    books_loans=16_700,
    growth_loans=(3_200, 9_600, 28_800),
    rival_loans=500,
    read_loans=(12_000, 36_000, 108_000),
    changes=50,
    runs=9,
    idle_s=120,
    latencies_ms=(150, 2_000, 5_000),
)
SMALL = Size(
    full=False,
    loans=5_000,
    posted_loans=150,
    single_calls=50,
    batch_calls=8,
    xero_calls=6,
    zoho_calls=50,
    books_loans=150,
    growth_loans=(300, 900, 2_700),
    rival_loans=30,
    read_loans=(500, 1_500, 4_500),
    changes=10,
    runs=3,
    idle_s=5,
)


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One figure, beside the target it is held to, if any."""

    what: str
    measured: float
    unit: str
    target: float | None = None
    at_least: bool = False
    """Whether the target is a lower bound."""
    cpu_s: float | None = None
    """The processor time in it: what would be left on an idle machine."""
    note: str = ""
    noise: tuple[float, float] = (1.0, 1.0)
    """How much longer, by the wall and by the processor, a fixed piece of work took around this
    row than at its best in this run."""

    @property
    def verdict(self) -> str:
        """The share of the target, and whether it is kept."""
        if self.target is None:
            return ""
        kept = self.measured >= self.target if self.at_least else self.measured <= self.target
        share = f"{self.measured / self.target:.0%} " if self.target else ""
        return f"{share}{'ok' if kept else 'MISSED'}"


_HEADS = ("what", "target", "measured", "of target", "CPU", "noise", "")


def table(lines: Sequence[Line], *, full: bool) -> str:
    """The lines under each other, and their notes below. Small sizes get no verdict."""
    notes: list[str] = []
    rows = [_HEADS]
    for line in lines:
        mark = ""
        if line.note:
            notes.append(line.note)
            mark = f"[{len(notes)}]"
        bound = ">=" if line.at_least else "<="
        target = "" if line.target is None else f"{bound} {_number(line.target)} {line.unit}"
        cpu = "" if line.cpu_s is None else f"{_number(line.cpu_s)} s"
        measured = f"{_number(line.measured)} {line.unit}"
        verdict = line.verdict if full else ""
        noise = "x{:.2f} x{:.2f}".format(*line.noise)
        rows.append((line.what, target, measured, verdict, cpu, noise, mark))
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    printed = ["  ".join(c.ljust(w) for c, w in zip(row, widths)).rstrip() for row in rows]
    printed.insert(1, "  ".join("-" * width for width in widths).rstrip())
    if notes:
        printed.append("")
        printed += [f"[{number}] {note}" for number, note in enumerate(notes, start=1)]
    return "\n".join(printed)


def _number(value: float) -> str:
    """Three figures, thousands apart."""
    if value == 0 or abs(value) >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"
