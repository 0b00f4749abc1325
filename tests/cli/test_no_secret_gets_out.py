"""A server that repeats what it was sent tells no secret to the state, a page or an output."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest

from tests.cli.logins import Person, browser_ends_on

NOT_OURS = ("bridge.toml",)
"""Its comments tell the sandbox's secret."""


def secrets_of(person: Person) -> set[str]:
    """Every token that the provider gave out and the app's own secret."""
    tokens = person.lender.sandbox.faces[person.system].auth.tokens
    given = {each for each in re.findall(r"'([^' ,]{24,})'", repr(tokens)) if ".ALL" not in each}
    return given | {"demo-secret"} | {each for each in person.stored().values() if each}


def found_in(content: bytes, secrets: set[str]) -> set[str]:
    """Secrets whose first signs are there, as they are and as addresses write them."""
    text = content.decode("utf-8", "replace").replace("%2B", "+").replace("%2F", "/")
    return {secret for secret in secrets if secret[:60] in text}


def everything_written(folder: Path) -> dict[str, bytes]:
    """Path and content; of a workbook, what is packed into it."""
    return {
        str(path.relative_to(folder)): unpacked(path)
        for path in folder.rglob("*")
        if path.is_file() and path.name not in NOT_OURS
    }


def unpacked(path: Path) -> bytes:
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as book:
        return b"".join(book.read(each) for each in book.namelist())


def echo(person: Person, **wish: object) -> None:
    person.lender.control("faults", system=person.system, kind="echo", count=0, **wish)


VERBS = (
    ("sync", "--json"),
    ("sync",),
    ("reconcile", "--format", "html", "--format", "xlsx", "--format", "csv", "--format", "json"),
    ("reconcile", "--json"),
    ("tasks",), ("tasks", "--json"), ("outbox", "list", "--json"), ("drift", "list", "--json"),
    ("status", "--json"), ("history", "--json"), ("doctor",), ("mappings", "accounts", "--json"),
    ("export", "--format", "json", "--out", "export.json"),
)  # fmt: skip
ALL, READS, WRITES = ("",), ("GET",), ("POST", "PUT")


@pytest.mark.parametrize(
    ("methods", "status"),
    [(ALL, 0), (READS, 400), (WRITES, 400)],
    ids=lambda each: str(each) if isinstance(each, int) else "+".join(each) or "all",
)
def test_what_a_server_repeats_is_told_to_nobody(person, methods, status):
    """With the true status and as refusals, of reads, writes and logins."""
    person.log_in()
    lender = person.lender
    echo(person, match={"path": person.facts.token})
    for method in methods:
        echo(person, match={"method": method}, status=status)
    said: list[str] = []
    for verb in VERBS:
        _, out, err = lender.run(*verb)
        said += out, err
    secrets = secrets_of(person)
    assert len(secrets) > 2
    assert not any(found_in(text.encode(), secrets) for text in said)
    for name, content in everything_written(lender.folder).items():
        assert not found_in(content, secrets), name


@pytest.mark.parametrize("error", ["invalid_grant", "invalid_client", "invalid_code", "anything"])
def test_a_login_server_that_repeats_what_it_was_sent(person, error):
    """A refusal of a login says what it means, in our words."""
    person.log_in()
    secrets = secrets_of(person)
    said = []
    for text in (error, f"{error} {' '.join(sorted(secrets))}"):
        body = {"error": text, "error_description": f"{text} {' '.join(sorted(secrets))}"}
        person.lender.control(
            "faults",
            system=person.system,
            kind="answer",
            count=1,
            status=400,
            text=json.dumps(body),
            match={"path": person.facts.token},
        )
        address = browser_ends_on(person.page())
        said += person.connect(address)[1:]
        said += person.lender.run("sync", "--json")[1:]
    assert not any(found_in(text.encode(), secrets) for text in said)
    for name, content in everything_written(person.lender.folder).items():
        assert not found_in(content, secrets), name
