"""What is looked for again and again is found by an index, whatever SQLite knows of sizes.

`outbox.customer` says whose document a write is about. Statistics are kept no longer: taken while
a table was empty they said that going through all of it costs nothing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"

_CUSTOMER = "json_extract(CAST(document AS TEXT), '$.customer')"
_CUSTOMER_POSTGRESQL = "convert_from(document, 'UTF8')::json ->> 'customer'"


def upgrade() -> None:
    bind = op.get_bind()
    sqlite = bind.dialect.name == "sqlite"
    op.add_column(
        "outbox", sa.Column("customer", sa.String(), nullable=False, server_default="")
    )
    customer = _CUSTOMER if sqlite else _CUSTOMER_POSTGRESQL
    op.execute(f"UPDATE outbox SET customer = coalesce({customer}, '')")
    op.create_index("ix_outbox_customer", "outbox", ["books", "customer"], unique=False)
    op.create_index("ix_mirror_customer", "mirror", ["books", "customer_id"], unique=False)
    if sqlite and sa.inspect(bind).has_table("sqlite_stat1"):
        op.execute("DROP TABLE sqlite_stat1")
