"""Plans that are larger than the limits allow, or other than the one that a person has seen."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from bridge.core.plan import Plan
from bridge.errors import PersonNeeded, Problem
from bridge.pipeline.context import PlanLimits


class UnsafePlan(PersonNeeded):
    """The plan is larger than the limits allow. Nothing was put into the outbox."""

    def __init__(self, message: str, plan: Plan, problems: Sequence[Problem]) -> None:
        super().__init__(message, problems)
        self.plan = plan


def refuse_unsafe(made: Plan, limits: PlanLimits, approved: Collection[str]) -> None:
    """Raises UnsafePlan for a plan over the limits that is not one of `approved`, and for any plan
    that is not the one that was approved."""
    problems = _over_limits(made, limits)
    if problems and made.digest not in approved:
        raise UnsafePlan(
            f"The plan for {made.system} is larger than [limits] allow. Nothing was posted.",
            made,
            problems,
        )
    planned = made.figures.create + made.figures.update + made.figures.void
    if approved and planned and made.digest not in approved:
        raise UnsafePlan(
            f"The plan for {made.system} is not the one that was approved.",
            made,
            [
                Problem(
                    f"--approve {'-'.join(approved)}",
                    f"the plan is now {made.digest}.",
                    "Look at it again with --dry-run.",
                )
            ],
        )


def _over_limits(made: Plan, limits: PlanLimits) -> list[Problem]:
    fix = f"Look at it with --dry-run; if it is right, run again with --approve {made.digest}"
    figures = made.figures
    documents = figures.create + figures.update + figures.void
    found = []
    if documents > limits.documents:
        what = f"the plan has {documents} documents, the limit is {limits.documents}."
        found.append(Problem("[limits] documents", what, fix))
    if figures.void > limits.voids:
        what = f"the plan voids {figures.void} documents, the limit is {limits.voids}."
        found.append(Problem("[limits] voids", what, fix))
    for currency, most in limits.money.items():
        planned = figures.posted_money.get(currency)
        if planned is not None and planned > most:
            what = f"the plan posts {planned} {currency}, the limit is {most}."
            found.append(Problem(f"[limits.money] {currency}", what, fix))
    return found
