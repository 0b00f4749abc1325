"""What a person said of rows without numbers of their own: the same, another one, or gone.

And names are compared as accounting systems do it, without dots, dashes and emoji: the keys of
borrowers that an older program took in are made anew, or a namesake that comes now would be missed.
"""

import hashlib
import json
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

_COMPARED = 150
_AT_ONCE = 1000


def native_id() -> sa.types.TypeEngine:
    """A ledger id: on SQLite a column that keeps whole numbers as numbers."""
    return sa.Text(collation="C").with_variant(sa.BLOB(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "likeness",
        sa.Column("installation", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("new_id", native_id(), nullable=False),
        sa.Column("old_id", native_id(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.Column("who", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["installation"], ["installation.id"]),
        sa.PrimaryKeyConstraint("installation", "kind", "new_id", "old_id"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_likeness_task", "likeness", ["task"], unique=False)
    _make_name_keys_anew(op.get_bind())


def _make_name_keys_anew(connection: sa.Connection) -> None:
    """A finding about a name stands under the name's digest, and moves along."""
    changed = []
    query = "SELECT installation, id, name_key, body FROM ledger_borrower"
    for row in connection.execute(sa.text(query)).yield_per(_AT_ONCE):
        key = _name_key(json.loads(bytes(row.body))["name"])
        if key != row.name_key:
            changed.append({"i": row.installation, "id": row.id, "was": row.name_key, "key": key})
    installations = dict(
        connection.execute(sa.text("SELECT id, installation FROM installation")).tuples().all()
    )
    for line in changed:
        scopes = {
            name: f"snapshot/{installations.get(line['i'], '')}/name/{_digest(line[key])}"
            for name, key in (("old", "was"), ("new", "key"))
        }
        connection.execute(
            sa.text("UPDATE finding SET scope = :new WHERE scope = :old"), scopes
        )
    for start in range(0, len(changed), _AT_ONCE):
        connection.execute(
            sa.text("UPDATE ledger_borrower SET name_key = :key WHERE installation = :i AND id = :id"),
            changed[start : start + _AT_ONCE],
        )


def _name_key(name: str) -> str:
    if not name.isascii():
        decomposed = unicodedata.normalize("NFKD", name)
        name = "".join(letter for letter in decomposed if not unicodedata.combining(letter))
    words = "".join(letter if letter.isalnum() else " " for letter in name.casefold())
    return " ".join(words.split())[:_COMPARED].rstrip()


def _digest(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=8).hexdigest()
