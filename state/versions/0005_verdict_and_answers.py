"""What the verdict needs: the newest delivery's fate, the last comparison, people's answers.

`delivery` has two rows: the last attempt to read the ledger, with every reason if it was refused (1),
and the last that was accepted (2).
`comparison` has what the last reconciliation of one company's books showed and a person may have
to act on. `answer` keeps what a person said of a task that only an answer settles.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "delivery",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "comparison",
        sa.Column("books", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["books"], ["books.id"]),
        sa.PrimaryKeyConstraint("books"),
    )
    op.create_table(
        "answer",
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("task"),
    )
