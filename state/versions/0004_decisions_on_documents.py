"""One live generation of a reference, decisions about documents, and strangers in the books.

`outbox.base` lets a write wait for another generation of its reference. `binding.reversed` marks
what a document of an open period has undone, `binding.accepted` what a person left as the books
have it. `mirror.bound` tells our own documents from strangers. `books.paused` stops the passes of
one company's books until a person lets them go on.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_BASE = "CASE WHEN instr(reference, '.') > 0 THEN substr(reference, 1, instr(reference, '.') - 1)"
_BASE_POSTGRESQL = "split_part(reference, '.', 1)"


def upgrade() -> None:
    sqlite = op.get_bind().dialect.name == "sqlite"
    words = {"nullable": False, "server_default": ""}
    numbers = {"nullable": False, "server_default": "0"}
    op.add_column("outbox", sa.Column("base", sa.String(), **words))
    base = f"{_BASE} ELSE reference END" if sqlite else _BASE_POSTGRESQL
    op.execute(f"UPDATE outbox SET base = {base}")
    op.drop_index("ix_outbox_reference", table_name="outbox")
    op.create_index("ix_outbox_base", "outbox", ["books", "base"], unique=False)
    op.add_column("binding", sa.Column("reversed", sa.Integer(), **numbers))
    op.add_column("binding", sa.Column("accepted", sa.Integer(), **numbers))
    op.add_column("mirror", sa.Column("bound", sa.Integer(), **numbers))
    op.execute(
        "UPDATE mirror SET bound = 1 WHERE EXISTS (SELECT 1 FROM binding b"
        " WHERE b.books = mirror.books AND b.kind = mirror.kind"
        " AND b.external_id = mirror.external_id)"
    )
    op.create_index(
        "ix_mirror_stranger",
        "mirror",
        ["books", "total_cents"],
        unique=False,
        sqlite_where=sa.text("bound = 0"),
        postgresql_where=sa.text("bound = 0"),
    )
    op.add_column("books", sa.Column("paused", sa.String(), **words))
