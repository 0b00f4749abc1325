"""The ledger as accepted, bindings, outbox, findings and decisions."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def native_id() -> sa.types.TypeEngine:
    """A ledger id: on SQLite a column that keeps whole numbers as numbers."""
    return sa.Text(collation="C").with_variant(sa.BLOB(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "books",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("system", sa.String(), nullable=False),
        sa.Column("company", sa.String(), nullable=False),
        sa.Column("planned_through", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_books", "books", ["system", "company"], unique=True)
    op.create_table(
        "decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("verb", sa.String(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=True),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_decision_entry", "decision", ["entry"], unique=False)
    op.create_table(
        "finding",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_finding_scope", "finding", ["scope"], unique=False)
    op.create_table(
        "installation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("installation", sa.String(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("installation"),
        sa.UniqueConstraint("prefix"),
    )
    op.create_table(
        "ledger_adjustment",
        sa.Column("installation", sa.Integer(), nullable=False),
        sa.Column("id", native_id(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("noted", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("loan", native_id(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("installation", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_ledger_adjustment_loan", "ledger_adjustment", ["installation", "loan"], unique=False
    )
    op.create_table(
        "ledger_borrower",
        sa.Column("installation", sa.Integer(), nullable=False),
        sa.Column("id", native_id(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("noted", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("installation", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_ledger_borrower_name",
        "ledger_borrower",
        ["name_key", "installation", "present"],
        unique=False,
    )
    op.create_table(
        "ledger_change",
        sa.Column("installation", sa.Integer(), nullable=False),
        sa.Column("loan", native_id(), nullable=False),
        sa.Column("change_seq", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("installation", "loan"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_ledger_change_seq", "ledger_change", ["change_seq"], unique=False)
    op.create_table(
        "ledger_instalment",
        sa.Column("installation", sa.Integer(), nullable=False),
        sa.Column("id", native_id(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("noted", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("loan", native_id(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("due", sa.Date(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("installation", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_ledger_instalment_loan", "ledger_instalment", ["installation", "loan"], unique=False
    )
    op.create_table(
        "ledger_loan",
        sa.Column("installation", sa.Integer(), nullable=False),
        sa.Column("id", native_id(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("noted", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("borrower", native_id(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("start", sa.Date(), nullable=False),
        sa.Column("opening_cents", sa.BigInteger(), nullable=True),
        sa.Column("gross_cents", sa.BigInteger(), nullable=True),
        sa.Column("annulled", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("installation", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_ledger_loan_borrower",
        "ledger_loan",
        ["installation", "borrower", "present", "currency"],
        unique=False,
    )
    op.create_table(
        "ledger_party",
        sa.Column("installation", sa.Integer(), nullable=False),
        sa.Column("id", native_id(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("noted", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("installation", "id", "kind"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "ledger_repayment",
        sa.Column("installation", sa.Integer(), nullable=False),
        sa.Column("id", native_id(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("present", sa.Integer(), nullable=False),
        sa.Column("noted", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("loan", native_id(), nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=False),
        sa.Column("cents", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("installation", "id"),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_ledger_repayment_loan",
        "ledger_repayment",
        ["installation", "loan", "paid_on", "cents"],
        unique=False,
    )
    op.create_table(
        "binding",
        sa.Column("books", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("base", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("installation", sa.String(), nullable=False),
        sa.Column("loan", sa.String(), nullable=False),
        sa.Column("voided", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["books"],
            ["books.id"],
        ),
        sa.PrimaryKeyConstraint("books", "reference"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_binding_base", "binding", ["books", "base"], unique=False)
    op.create_index(
        "ix_binding_external", "binding", ["books", "kind", "external_id"], unique=False
    )
    op.create_index("ix_binding_loan", "binding", ["books", "installation", "loan"], unique=False)
    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("books", sa.Integer(), nullable=False),
        sa.Column("installation", sa.String(), nullable=False),
        sa.Column("loan", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["books"],
            ["books.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_hold_loan", "hold", ["books", "installation", "loan"], unique=False)
    op.create_table(
        "intake",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("installation", sa.Integer(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("complete", sa.Integer(), nullable=False),
        sa.Column("present", sa.LargeBinary(), nullable=False),
        sa.Column("totals", sa.LargeBinary(), nullable=False),
        sa.Column("counts", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["installation"],
            ["installation.id"],
        ),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_intake_installation", "intake", ["installation"], unique=False)
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("books", sa.Integer(), nullable=False),
        sa.Column("run", sa.String(), nullable=False),
        sa.Column("phase", sa.Integer(), nullable=False),
        sa.Column("operation", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("target", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("installation", sa.String(), nullable=False),
        sa.Column("loan", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.String(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["books"],
            ["books.id"],
        ),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_outbox_claim",
        "outbox",
        ["books", "state", "waiting", "phase", "operation", "kind", "id"],
        unique=False,
    )
    op.create_index("ix_outbox_loan", "outbox", ["books", "installation", "loan"], unique=False)
    op.create_index("ix_outbox_reference", "outbox", ["books", "reference"], unique=False)
    op.create_index("ix_outbox_run", "outbox", ["run", "state"], unique=False)
    op.create_index(
        "ix_outbox_under_way",
        "outbox",
        ["books", "key"],
        unique=True,
        sqlite_where=sa.text("state IN ('pending', 'sending', 'in_doubt')"),
        postgresql_where=sa.text("state IN ('pending', 'sending', 'in_doubt')"),
    )
    op.create_table(
        "revisit",
        sa.Column("books", sa.Integer(), nullable=False),
        sa.Column("installation", sa.String(), nullable=False),
        sa.Column("loan", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["books"],
            ["books.id"],
        ),
        sa.PrimaryKeyConstraint("books", "installation", "loan"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "wait",
        sa.Column("books", sa.Integer(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["books"],
            ["books.id"],
        ),
        sa.ForeignKeyConstraint(
            ["entry"],
            ["outbox.id"],
        ),
        sa.PrimaryKeyConstraint("books", "reference", "entry"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_wait_entry", "wait", ["entry"], unique=False)
