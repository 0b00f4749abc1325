"""The kind of debts in a sheet without a column of kinds: money lent, or goods sold.

Sales are income and money lent is not, so neither is ever taken for granted: the headings say it,
else the title, the sheet or the file; else a person is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from bridge.core.ledger import LoanKind
from bridge.core.message import message
from bridge.errors import Problem
from bridge.source.deudores.context import as_text
from bridge.source.deudores.looks import words

_LENT = re.compile(
    r"PREST|EMPREST|INTERES|JUROS|CUOTA|PARCELA|PLAZO|CAPITAL|TASA|DESEMBOLS|LOAN|LEN[DT]"
)
_SOLD = re.compile(
    r"FIAD|COMPRA|FACTURA|VENT|VEND[IA]D|MERCANC|MERCADER|PRODUCT|ARTICUL|SALES?$|SOLD"
)
_NO_PERSON = frozenset({"VENDEDOR", "PRESTAMISTA"})


def said_kind(headings: Sequence[Any], titles: Iterable[str]) -> LoanKind | None:
    """The kind that the headings say, else the titles; None when neither does, or both are said."""
    return _kind_in([as_text(cell) for cell in headings]) or _kind_in(titles)


def _kind_in(texts: Iterable[str]) -> LoanKind | None:
    said = [word for text in texts for word in words(text) if word not in _NO_PERSON]
    lent = any(_LENT.match(word) for word in said)
    sold = any(_SOLD.match(word) for word in said)
    if lent == sold:
        return None
    return LoanKind.CASH_LOAN if lent else LoanKind.RUNNING_ACCOUNT


def kind_question(file: str, balance: str) -> Problem:
    """The question that a list of balances raises when nothing says what they are."""
    return Problem(
        file,
        message("refused_kind", column=balance),
        message("mend_kind"),
    )
