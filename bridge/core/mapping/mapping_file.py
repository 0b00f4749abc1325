"""The mapping from ledger to books: what its file says, and what it means in one company's chart.

`BooksMapping` is a mapping file as a person wrote it. `resolve` ties its names and numbers to the
company's own accounts and items and refuses what would book wrongly; translation works on the
`Booking` that comes out.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Purpose = Literal[
    "principal",
    "interest",
    "insurance",
    "late_fee",
    "collection_cost",
    "sale",
    "discount",
    "write_off",
    "write_off_interest",
    "recovery",
    "reversal",
    "opening",
]
PURPOSES: tuple[str, ...] = Purpose.__args__  # type: ignore[attr-defined]

Own = Literal["name", "amount", "date", "due", "customer"]
OWNED_FIELDS: dict[str, frozenset[str]] = {
    "name": frozenset({"name"}),
    "amount": frozenset({"total", "lines"}),
    "date": frozenset({"day"}),
    "due": frozenset({"due"}),
    "customer": frozenset({"customer"}),
}
"""What a mapping may own → the fields that are compared with the books for it."""

NEEDED_CLASSES: dict[str, frozenset[str]] = {
    "principal": frozenset({"asset", "liability", "equity"}),
    "interest": frozenset({"income"}),
    "insurance": frozenset({"income", "liability"}),
    "late_fee": frozenset({"income"}),
    "collection_cost": frozenset({"income", "expense"}),
    "sale": frozenset({"income"}),
    "discount": frozenset({"expense", "income"}),
    "write_off": frozenset({"expense", "asset", "liability"}),
    "write_off_interest": frozenset({"income", "expense", "asset", "liability"}),
    "recovery": frozenset({"income"}),
    "reversal": frozenset({"asset", "liability"}),
    "opening": frozenset({"equity", "asset", "liability"}),
}
"""Purpose → classes of account it may be booked to. Principal is never income. Interest on a
liability account would never be earned: nothing moves it to income afterwards."""


INTERNAL = "Documento interno de cartera. No es factura electrónica."
"""What each line of a loan says of itself (FACTS C2)."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class LineRule(_Model):
    """The item or account that lines of one purpose go to, and their text."""

    item: str = ""
    """Item by id or name, for systems whose lines go through items."""
    account: str = ""
    """Account by id, number or name, for systems whose lines name accounts."""
    tax: str = ""
    description: str = ""
    """Template of the line's text."""


class DepositRule(_Model):
    """The account that money goes to. The first rule whose conditions all hold is taken."""

    account: str
    method: tuple[str, ...] = ()
    collector: tuple[str, ...] = ()
    route: tuple[str, ...] = ()
    store: tuple[str, ...] = ()
    currency: tuple[str, ...] = ()


class CustomerRules(_Model):
    name: str = "{name}"
    suffix: str = " ({reference})"
    """Added to make a name unique, for the borrowers that `suffix_for` says."""
    suffix_for: Literal["homonyms", "all"] = "homonyms"
    currency_suffix: str = " ({currency})"
    """Added for a currency other than the home currency, where a customer has one currency."""
    send_phone: bool = False


class MemoTemplates(_Model):
    invoice: str = "{reference}"
    receipt: str = "{reference}"
    credit_note: str = "{reference}"
    correction: str = "{reference}: corrects {corrected}, dated {original_date}"


class RateEntry(_Model):
    from_date: date = Field(alias="from")
    rate: Annotated[Decimal, Field(gt=0)]
    """Home currency per unit of the foreign currency."""


class CurrencyRules(_Model):
    rates: tuple[RateEntry, ...] = ()
    """Rates a person vouches for; each holds from its day until the next."""
    source: Literal["manual", "books"] = "manual"
    """Where rates come from when `rates` has none: nowhere (held), or the company's own list."""


Step = Annotated[Decimal, Field(gt=0)]


class Policies(_Model):
    overpayment: Literal["credit", "hold"] = "credit"
    amount_edited: Literal["ask", "correct"] = "ask"
    """A loan's amount changed by hand after money moved: a question, or a correcting document."""
    no_split: Literal["principal", "interest_rate"] = "principal"
    no_split_rate: Decimal = Decimal(0)
    """Percent; used when `no_split` is "interest_rate"."""
    closed_period: Literal["hold", "adjust"] = "hold"
    lookalike: Literal["ask", "adopt"] = "ask"
    """A document entered by hand that looks like one to be posted: a question; or, where it is the
    only one, of the same day, it is taken for ours."""
    lookalike_days: Annotated[int, Field(ge=0, le=31)] = 3
    """How many days apart two documents may be and still look like the same."""
    opening_due: Literal["original", "cutover"] = "original"
    """When an opening invoice is due: as the loan was, or not before the cutover."""
    before_loan: Literal["own_date", "loan_date"] = "own_date"
    """The date of a payment dated before its loan."""
    running_account_days: Annotated[int, Field(ge=0, le=366)] = 30
    """Days until a charge on a running account is due, where the ledger has no due date."""
    instalment_step: Step | dict[str, Step] = {}
    """Instalments worked out by the bridge are rounded up to this step: one for every currency, or
    one for each that is named. Without: to what is paid in the currency, whole pesos in COP, CLP
    and PYG and the cent elsewhere, which one step for all is never below."""


class TagRule(_Model):
    """A dimension of the books, filled from a field of the ledger."""

    from_field: Literal["store", "route", "collector"] = Field(alias="from")
    values: dict[str, str] = {}
    """Ledger value → value of the dimension by id or name. Others are left out."""


class BooksMapping(_Model):
    """A mapping file `mappings/<system>.toml`."""

    invoice_per: Literal["loan", "instalment"] = "loan"
    interest: Literal["upfront", "as_due"] = "upfront"
    own: tuple[Own, ...] = ()
    """Fields that are the ledger's: a renamed borrower renames the customer, and what somebody
    edits of them in the books is put back. Every other edit is reported and left alone."""
    internal_note: Annotated[str, Field(max_length=120)] = INTERNAL
    """What every line says after its own text: that it is no invoice of a tax office."""
    lines: dict[Purpose, LineRule]
    deposits: tuple[DepositRule, ...]
    payment_methods: dict[str, str] = {}
    customers: CustomerRules = CustomerRules()
    memos: MemoTemplates = MemoTemplates()
    currencies: dict[str, CurrencyRules] = {}
    policies: Policies = Policies()
    tags: dict[str, TagRule] = {}
