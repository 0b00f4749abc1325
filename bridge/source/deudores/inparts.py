"""The evidence that payments in parts give of their loan's amount.

Where the interest that was paid stands beside the capital, an amount without a rate or a total may
be all that is owed, or only what was lent, with the interest on top. The balance that the row
tells says which, else its instalments, else the mapping.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import msgspec

from bridge.core.loan import lending

Meaning = Literal["lent", "owed", "scheduled", ""]
"""Interest comes on top as it is paid; is within the amount; is what the instalments add to it;
or cannot be told."""
_ZERO = Decimal(0)


class Parts(msgspec.Struct, frozen=True):
    """The amounts paid of one loan, by its parts."""

    capital: Decimal = _ZERO
    interest: Decimal = _ZERO
    late_fee: Decimal = _ZERO

    def plus(self, capital: Decimal, interest: Decimal, late_fee: Decimal) -> Parts:
        """With one more payment."""
        return Parts(self.capital + capital, self.interest + interest, self.late_fee + late_fee)


def meaning(
    amount: Decimal,
    parts: Parts,
    balance: Decimal | None,
    instalments: tuple[int, Decimal] | None,
    by_mapping: str,
) -> Meaning:
    """The meaning of a loan's amount; empty when nothing says it, or two things say otherwise."""
    total = instalments[0] * instalments[1] if instalments else amount
    left: dict[Meaning, Decimal] = {
        "lent": amount - parts.capital,
        "owed": amount - parts.capital - parts.interest,
        "scheduled": total - parts.capital - parts.interest,
    }
    found: list[Meaning] = ["lent", "owed"]
    if instalments and lending.pays_off(*instalments, amount):
        found = ["owed"]
    elif instalments and total > amount:
        found = ["scheduled", "lent"]
    if balance is not None and balance in left.values():
        found = [what for what in found if left[what] == balance]
    elif found[0] == "scheduled":
        found = found[:1]
    if by_mapping != "ask":
        found = [what for what in found if (what == "owed") == (by_mapping == "owed")]
    return found[0] if len(found) == 1 else ""
