"""The facts that the code relies on: each with its source and its day, each cited by the code."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
BRIDGE = ROOT / "bridge"
LONGEST_FACT, LONGEST_LINE = 3, 130

CITED = re.compile(r"\bFACTS\s+([A-Z]\d+(?:,\s+[A-Z]\d+)*)")
OTHER_FORM = re.compile(r"\bFACTS\b(?!\.md)(?!\s+[A-Z]\d)")
ITEM = re.compile(r"- \*\*([A-Z]\d+)\*\* (.+) \[([^\[\]]+); (\d{4}-\d{2}(?:-\d{2})?)\]")
"""Number, fact, source and day, once the item stands in one line."""

PAGE = re.compile(r"[\w-]+\.(?:md|ya?ml|xsd)\b")
PAGES_HERE = {"CONTRIBUTING.md", "DECISIONS.md", "FACTS.md", "README.md"}
ELSEWHERE = {
    "a section of a page that is not here": re.compile(r"§"),
    "the design, which is not here": re.compile(r"\bDESIGN\b"),
    "a tag of somebody's notes": re.compile(
        r"\b(?:DOC|OAS|OBS|REC|ZINV|2ND|3P|BLOG|PROMPT|HELP|ISSUE|PEER|SHEET)\b"
        r"|\bLIVE \d|\b(?:REF|DOC|SDK|BLOG):\w"
    ),
    "a thread": re.compile(r"\bissues? #?\d+|\w#\d+"),
    "a vendor's page": re.compile(
        r"OpenAPI|\bSources?: (?!ISO)|\b(?:vendor|Intuit|Xero|Zoho)'s (?:help |own )?pages?\b"
    ),
}


class Fact(NamedTuple):
    """One fact of a page, as it stands there."""

    page: Path
    text: str

    def parts(self) -> re.Match[str] | None:
        return ITEM.fullmatch(" ".join(self.text.split()))


class Remark(NamedTuple):
    """One docstring, or the comment lines that stand together."""

    where: str
    text: str


@cache
def items() -> tuple[Fact, ...]:
    """Every list item of every page of facts: each is to be a fact."""
    found = []
    for page in sorted(BRIDGE.rglob("FACTS.md")):
        text = page.read_text(encoding="utf-8")
        found += [
            Fact(page, each.strip())
            for each in re.split(r"^(?=- )|^#.*$", text, flags=re.MULTILINE)
        ]
    return tuple(fact for fact in found if fact.text.startswith("- "))


@cache
def facts() -> dict[str, Fact]:
    """Number → fact."""
    told = ((fact.parts(), fact) for fact in items())
    return {match[1]: fact for match, fact in told if match}


def _comments(path: Path, source: str) -> Iterator[Remark]:
    last, lines, began = -1, list[str](), 0
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type != tokenize.COMMENT:
            continue
        if token.start[0] != last + 1 and lines:
            yield Remark(f"{path.relative_to(ROOT)}:{began}", "\n".join(lines))
            lines = []
        began = token.start[0] if not lines else began
        lines.append(token.string.lstrip("# "))
        last = token.start[0]
    if lines:
        yield Remark(f"{path.relative_to(ROOT)}:{began}", "\n".join(lines))


def _docstrings(path: Path, source: str) -> Iterator[Remark]:
    for node in ast.walk(ast.parse(source)):
        said = node.value if isinstance(node, ast.Expr) else None
        if isinstance(said, ast.Constant) and isinstance(said.value, str):
            yield Remark(f"{path.relative_to(ROOT)}:{said.lineno}", said.value)


@cache
def remarks() -> tuple[Remark, ...]:
    """What the code says about itself: every docstring and every comment."""
    found: list[Remark] = []
    for path in sorted(BRIDGE.rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        found += _docstrings(path, source)
        found += _comments(path, source)
    return tuple(found)


def pages() -> tuple[Remark, ...]:
    """The pages beside the code, which cite facts too."""
    found = sorted(BRIDGE.rglob("*.md"))
    return tuple(Remark(str(p.relative_to(ROOT)), p.read_text(encoding="utf-8")) for p in found)


def numbers(text: str) -> set[str]:
    """The facts that a text cites."""
    return {number for found in CITED.findall(text) for number in re.split(r",\s+", found)}


def outside(text: str) -> list[str]:
    """What a text refers to that nobody who has only the repository can open."""
    found = [why for why, pattern in ELSEWHERE.items() if pattern.search(text)]
    return found + sorted(set(PAGE.findall(text)) - PAGES_HERE)


def test_every_citation_is_of_a_fact_that_is_there() -> None:
    missing = {
        f"{remark.where}: {number}"
        for remark in (*remarks(), *pages())
        for number in numbers(remark.text) - facts().keys()
    }
    assert not missing


def test_facts_are_cited_in_one_form() -> None:
    assert not [remark.where for remark in remarks() if OTHER_FORM.search(remark.text)]


def test_every_fact_is_relied_upon_by_some_code() -> None:
    cited = {number for remark in remarks() for number in numbers(remark.text)}
    assert not facts().keys() - cited


def test_every_fact_says_in_three_lines_what_is_so_who_said_it_and_when() -> None:
    assert items()
    for fact in items():
        match = fact.parts()
        assert match, f"{fact.page}: no number, source or day: {fact.text[:60]}"
        day = match[4]
        assert date.fromisoformat(day if len(day) > len("2026-11") else f"{day}-01")
        lines = fact.text.splitlines()
        assert len(lines) <= LONGEST_FACT, f"{fact.page}: {match[1]} is long"
        assert max(map(len, lines)) <= LONGEST_LINE, f"{fact.page}: {match[1]} is wide"


def test_a_number_stands_for_one_fact_and_its_letter_for_one_page() -> None:
    told = [match[1] for fact in items() if (match := fact.parts())]
    assert sorted(told) == sorted(set(told))
    letters: dict[str, set[Path]] = {}
    for number, fact in facts().items():
        letters.setdefault(number[0], set()).add(fact.page)
    assert all(len(found) == 1 for found in letters.values()), letters
    assert len(letters) == len({fact.page for fact in items()}), letters


def test_no_docstring_refers_to_a_page_that_is_not_here() -> None:
    assert not {remark.where: found for remark in remarks() if (found := outside(remark.text))}


def test_no_page_beside_the_code_refers_to_a_section_that_is_not_here() -> None:
    assert not [page.where for page in pages() if "§" in page.text]


def test_the_pages_that_may_be_named_are_in_the_repository() -> None:
    for name in PAGES_HERE:
        assert list(ROOT.glob(name)) or list(BRIDGE.rglob(name)), name


def test_what_the_code_calls_unverified_is_so_called_in_the_fact() -> None:
    for remark in remarks():
        if "UNVERIFIED" in remark.text:
            told = [facts()[n].text for n in numbers(remark.text) if n in facts()]
            assert any("UNVERIFIED" in text for text in told), remark.where
