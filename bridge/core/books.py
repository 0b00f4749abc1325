"""The books' side: the documents that should be there, and those that are.

Documents are what translation makes of the ledger. Their references are ours and final (with the
generation); items and accounts are the accounting system's ids, already resolved by the mapping.
Amounts are in the document's currency. `facts` is a digest over the ledger's own facts: it changes
only when the ledger does. `digest` also changes when the mapping does.
"""

from __future__ import annotations

import hashlib
from datetime import date
from decimal import Decimal
from enum import StrEnum

import msgspec


class Kind(StrEnum):
    CUSTOMER = "customer"
    INVOICE = "invoice"
    CREDIT_NOTE = "credit_note"
    RECEIPT = "receipt"
    APPLICATION = "application"
    """A credit note used to settle invoices."""
    SALE = "sale"
    """Money received for income at once, no invoice left to pay: a recovery after write-off."""


class Application(msgspec.Struct, frozen=True):
    """The part of a receipt or credit note that settles one invoice (by full reference)."""

    invoice: str
    amount: Decimal


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One line of an invoice, credit note or sale. `purpose` is the mapping's word for it."""

    purpose: str
    amount: Decimal
    description: str = ""
    item: str = ""
    """External id of the item, for systems whose lines go through items."""
    account: str = ""
    """External id of the account (with an item: the account behind it, for the record)."""
    tax: str = ""


class _Document(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    reference: str
    loan: str
    """The loan whose file made it (empty for customers)."""
    facts: str

    @property
    def digest(self) -> str:
        """Digest of the whole content but its facts."""
        return digest_of(msgspec.structs.replace(self, facts=""))


class Customer(_Document, frozen=True, kw_only=True, tag="customer"):
    """A borrower in the books: one for each currency."""

    name: str
    currency: str
    notes: str = ""
    """Carries our reference, so that the customer is known again after a lost database."""
    phone: str = ""
    email: str = ""

    kind = Kind.CUSTOMER


class _Transaction(_Document, frozen=True, kw_only=True):
    customer: str
    """Reference of the customer."""
    day: date
    currency: str
    rate: Decimal | None = None
    """Home currency per unit of `currency`; None when it is the home currency."""
    memo: str = ""
    tags: tuple[tuple[str, str], ...] = ()
    """Dimension → external id of its value (QuickBooks class or department)."""
    dated: date | None = None
    """The ledger's own date, where the document had to move to an open period."""
    reverses: str = ""
    """Reference of the document of a closed period that this one undoes."""


class Invoice(_Transaction, frozen=True, kw_only=True, tag="invoice"):
    due: date
    lines: tuple[Line, ...]

    kind = Kind.INVOICE

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


class CreditNote(_Transaction, frozen=True, kw_only=True, tag="credit_note"):
    lines: tuple[Line, ...]

    kind = Kind.CREDIT_NOTE

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


class Receipt(_Transaction, frozen=True, kw_only=True, tag="receipt"):
    """Money received. What `applications` leave over is the customer's unapplied credit."""

    total: Decimal
    deposit_account: str
    """External id of the account that the money went to."""
    applications: tuple[Application, ...] = ()
    method: str = ""
    """External id of the payment method, where the mapping names one."""
    on_account: bool = False
    """Where a receipt is for one invoice: that this one is credit, put to use by what is applied
    to invoices that came after it."""

    kind = Kind.RECEIPT

    @property
    def unapplied(self) -> Decimal:
        return self.total - sum((a.amount for a in self.applications), Decimal(0))


class CreditApplication(_Transaction, frozen=True, kw_only=True, tag="application"):
    """Settles invoices with a credit note already in the books."""

    credit_note: str
    applications: tuple[Application, ...]

    kind = Kind.APPLICATION

    @property
    def total(self) -> Decimal:
        return sum((a.amount for a in self.applications), Decimal(0))


class Sale(_Transaction, frozen=True, kw_only=True, tag="sale"):
    lines: tuple[Line, ...]
    deposit_account: str

    kind = Kind.SALE

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


Transaction = Invoice | CreditNote | Receipt | CreditApplication | Sale
Document = Customer | Transaction


def applied(document: Document) -> dict[str, Decimal]:
    """The amounts that a receipt or a credit note's application settles, by invoice; none for other
    kinds."""
    if not isinstance(document, Receipt | CreditApplication):
        return {}
    return {application.invoice: application.amount for application in document.applications}


def without_text(document: Document) -> Document:
    """The document without what it merely says: notes, texts of lines, a customer's contacts."""
    if isinstance(document, Customer):
        return msgspec.structs.replace(document, phone="", email="")
    bare = msgspec.structs.replace(document, memo="")
    if isinstance(bare, Receipt | CreditApplication):
        return bare
    lines = tuple(msgspec.structs.replace(line, description="") for line in bare.lines)
    return msgspec.structs.replace(bare, lines=lines)


class Status(StrEnum):
    """The state of a document in the books. A draft is there, and moves no account yet."""

    LIVE = "live"
    DRAFT = "draft"
    VOIDED = "voided"
    DELETED = "deleted"


class PostedLine(msgspec.Struct, frozen=True, kw_only=True):
    amount: Decimal
    description: str = ""
    item: str = ""
    account: str = ""
    tax: str | None = None
    """The tax code, empty for none; None: not told."""


class PostedDocument(msgspec.Struct, frozen=True, kw_only=True):
    """A document as the books hold it, in our words. Ids are the accounting system's."""

    kind: Kind
    external_id: str
    version: str
    """Moves with every write by anyone (SyncToken, UpdatedDateUTC, last_modified_time)."""
    status: Status = Status.LIVE
    number: str = ""
    """The document number; for receipts the payment reference; for customers our reference."""
    name: str = ""
    customer_id: str = ""
    day: date | None = None
    due: date | None = None
    currency: str = ""
    rate: Decimal | None = None
    total: Decimal = Decimal(0)
    open: Decimal = Decimal(0)
    """Invoice: still owed. Receipt, credit note: not yet applied. Customer: balance."""
    lines: tuple[PostedLine, ...] = ()
    applications: tuple[tuple[str, Decimal], ...] = ()
    """(external id of the invoice, amount) pairs."""
    on_account: bool = False
    """As of a receipt that is wanted."""
    settles: tuple[str, ...] | None = None
    """Numbers of the invoices that it settles, where a listing tells these and no amounts."""
    credit_note_id: str = ""
    deposit_account: str = ""
    tax_amount: Decimal | None = None
    """What of the total is tax; None: not told."""
    tags: tuple[tuple[str, str], ...] | None = None
    """(dimension, value) pairs of the document and its lines, in order; None: not told."""
    memo: str = ""
    stamp: str = ""
    """The mark of a tax office's electronic invoice, where the document shows one."""
    updated_at: str = ""
    whole: bool = True
    """False: told by a listing that leaves out what the document is made of."""


class Several(msgspec.Struct, frozen=True):
    """Live documents of the books that carry one reference, where there may be only one."""

    documents: tuple[PostedDocument, ...]

    @property
    def ids(self) -> str:
        return ", ".join(document.external_id for document in self.documents)


Found = PostedDocument | Several
"""What the books have under a reference."""


class MadeInBooks(msgspec.Struct, frozen=True, kw_only=True):
    """A document that somebody made in the books, as far as it says whose it is."""

    kind: Kind
    external_id: str
    number: str
    live: bool = True

    @staticmethod
    def of(document: PostedDocument) -> MadeInBooks:
        return MadeInBooks(
            kind=document.kind,
            external_id=document.external_id,
            number=document.number,
            live=document.status is Status.LIVE,
        )


def with_uses(
    document: Receipt | CreditApplication, used: tuple[Application, ...], theirs: PostedDocument
) -> Receipt | CreditApplication:
    """The document as what the books have settles with it."""
    if isinstance(document, Receipt):
        on_account = theirs.on_account or document.on_account
        return msgspec.structs.replace(document, applications=used, on_account=on_account)
    return msgspec.structs.replace(document, applications=used)


class EntryKind(StrEnum):
    """The kinds of entry, besides documents, that a person can put on a receivable account."""

    JOURNAL = "journal"
    DEPOSIT = "deposit"
    OPENING_BALANCE = "opening_balance"
    REFUND = "refund"
    REVALUATION = "revaluation"


class ControlEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry on a receivable account that is no invoice, receipt or credit note."""

    kind: EntryKind
    external_id: str
    number: str
    day: date
    currency: str
    """The account's: the home currency where one account holds several."""
    amount: Decimal
    """Debit-positive."""
    customers: tuple[str, ...] = ()
    """External ids of the customers that its lines on the account name; none where it does not
    tell."""


class HandEntry(msgspec.Struct, frozen=True, kw_only=True):
    """An entry that a person made beside invoices, receipts and credit notes, account by
    account."""

    kind: EntryKind
    external_id: str
    number: str = ""
    day: date
    currency: str
    legs: tuple[tuple[str, Decimal], ...] = ()
    """(account, amount) pairs, debits positive. Empty: it was taken back and moves nothing."""


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """One account of the chart. `classification` decides what may be booked there."""

    id: str
    number: str
    name: str
    classification: str
    """asset, liability, equity, income or expense."""
    type: str = ""
    """The system's own word (`Other Current Asset`), for messages."""
    role: str = ""
    """receivable, bank or empty."""
    currency: str = ""
    active: bool = True
    balance: Decimal = Decimal(0)
    """Debit-positive, in the account's currency, with what is dated ahead; of income and expense
    perhaps another year's."""


class BooksItem(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    account_id: str
    active: bool = True
    tax: str = ""
    """The tax that its lines may get by themselves, by name."""


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """A value of a list: tax code, payment method, class, department, term."""

    id: str
    name: str
    active: bool = True


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """The facts about a company that must be known before anything is posted to it."""

    id: str
    name: str
    home_currency: str
    country: str = ""
    multicurrency: bool = False
    currencies: tuple[str, ...] = ()
    own_numbers: bool = True
    """Whether the company takes our document numbers."""
    locked_through: date | None = None
    """Last day of the closed period."""
    lock_known: bool = True
    """False when the system does not tell its lock date: then unknown, not open."""
    auto_applies_credit: bool = False
    writable: bool = True
    decimals: dict[str, int] = {}
    """Currency → decimals that the books keep of it, where the system says."""
    demands_tax: bool = False
    """Whether every line must have a tax code."""
    exempt_tax: str = ""
    """Id of the tax code that a line has where the mapping names none: that no tax is on it."""


class Chart(msgspec.Struct, frozen=True, kw_only=True):
    """The lists that a mapping is checked against."""

    company: Company
    accounts: tuple[Account, ...]
    items: tuple[BooksItem, ...] = ()
    lists: dict[str, tuple[Named, ...]] = {}
    """List name (`tax_code`, `payment_method`, `class`, `department`, `term`) → values."""
    untold: dict[str, str] = {}
    """Id or name of an item, a list or one of its values about which the books say nothing that can
    be used → what came back instead. All the others are here."""


def digest_of(value: object) -> str:
    """32 hexadecimal characters that change when any part of the value does."""
    return hashlib.blake2b(_encode(value), digest_size=16).hexdigest()


_encode = msgspec.json.Encoder(order="deterministic", decimal_format="string").encode
