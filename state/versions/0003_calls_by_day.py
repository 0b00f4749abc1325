"""Calls to the accounting systems, by UTC day: a budget holds across the runs of a day."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "call_day",
        sa.Column("books", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("metered", sa.Integer(), nullable=False),
        sa.Column("throttled", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["books"],
            ["books.id"],
        ),
        sa.PrimaryKeyConstraint("books", "day"),
        sqlite_with_rowid=False,
    )
