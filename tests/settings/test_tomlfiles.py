"""A mistake in a file is told with file, line, table, key, value and a way out."""

from __future__ import annotations

import tomllib
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge import tomlfiles
from bridge.core.mapping.mapping_file import BooksMapping
from bridge.errors import ConfigurationError
from bridge.mappingfiles import load_books_mapping
from tests.in_words import in_words

MAPPING = """\
own = ["name"]

[lines.principal]
item = "Loan principal"
[lines.interest]
item = "Loan interest"

[[deposits]]
account = "Bank MXN"
currency = ["MXN"]
[[deposits]]
account = "Checking"

[currencies.MXN]
rates = [  # a comment with ] and "
    { from = "2026-01-01", rate = "215.40" },
    { from = 2026-07-01, rate = 212.85 },
]
"""


@pytest.fixture
def mapping(tmp_path, monkeypatch):
    """Writes the mapping with one change and returns what is said of it."""
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "books.toml"

    def problems(old: str = "", new: str = "", count: int = 1) -> list[str]:
        assert old in MAPPING
        path.write_text(MAPPING.replace(old, new) if old else MAPPING + new, encoding="utf-8")
        with pytest.raises(ConfigurationError) as raised:
            load_books_mapping(path)
        assert raised.value.exit_code == 78
        assert len(raised.value.problems) == count, raised.value.problems
        return [in_words(problem) for problem in raised.value.problems]

    problems.path = path
    return problems


def test_a_good_file_is_read_exactly(mapping):
    mapping.path.write_text(MAPPING, encoding="utf-8")
    rules = load_books_mapping(mapping.path)
    assert [entry.rate for entry in rules.currencies["MXN"].rates] == [
        Decimal("215.40"),
        Decimal("212.85"),
    ]
    assert rules.deposits[0].currency == ("MXN",)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            'own = ["name"]',
            'own = ["nmae"]',
            'books.toml:1 [own 1]: "nmae" is not known here.',
        ),
        ("lines.interest", "lines.intrest", 'books.toml:5 [lines] intrest: "intrest"'),
        (
            'item = "Loan interest"',
            'item = "x"\nitme = "y"',
            'books.toml:7 [lines.interest] itme: "itme" is not a known key. Did you mean "item"?',
        ),
        (
            'item = "Loan interest"',
            "item = 4100",
            (
                "books.toml:6 [lines.interest] item: 4100: input should be a valid string. "
                'Write it in quotes: "4100".'
            ),
        ),
        (
            'item = "Loan interest"',
            'tax = "NON"',
            "books.toml:5 [lines] interest: names neither item nor account.",
        ),
        (
            'item = "Loan interest"',
            'item = "x"\ndescription = "{nmae}"',
            (
                'books.toml:7 [lines.interest] description: "{nmae}" is not a template. '
                "{nmae} is not a field. Did you mean name?"
            ),
        ),
        (
            'account = "Bank MXN"\n',
            'account = "Bank MXN"\nmethod = "cash"\n',
            (
                'books.toml:10 [deposits 1] method: "cash": input should be a valid list. '
                'Write it in brackets: ["cash"].'
            ),
        ),
        ('currency = ["MXN"]\n', "", "books.toml:10 [deposits 2]: is never reached"),
        (
            'account = "Checking"\n',
            'account = "Checking"\nroute = ["north"]\n',
            "books.toml:11 [deposits 2]: has conditions",
        ),
        ('"MXN"]', '"MXM"]', 'books.toml:10 [deposits 1.currency 1]: "MXM" is not a currency'),
        ("currencies.MXN", "currencies.MNX", 'books.toml:14 [currencies] MNX: "MNX" is not a'),
        ('"215.40"', '"-1"', "books.toml:16 [currencies.MXN.rates 1] rate"),
        ('"215.40"', '"215,40"', "Write the number with a point for decimals"),
        ('"215.40"', "nan", "books.toml:16 [currencies.MXN.rates 1] rate: NaN"),
        ("2026-07-01", '"2026-13-01"', "books.toml:17 [currencies.MXN.rates 2] from"),
        ("2026-07-01", "2026-01-01", "books.toml:17 [currencies.MXN.rates 2]: has a second rate"),
    ],
)
def test_a_mistake_is_told_with_its_place_and_a_way_out(mapping, old, new, said):
    (problem,) = mapping(old, new)
    assert said in problem


@pytest.mark.parametrize(
    ("key", "text", "said"),
    [
        ("name", "Cliente", "would give several borrowers one name. Put {name} into it."),
        ("suffix", " (bis)", "Put {reference} into it."),
        ("currency_suffix", "", "Put {currency} into it."),
    ],
)
def test_customer_names_must_tell_borrowers_apart(mapping, key, text, said):
    (problem,) = mapping("", f'[customers]\n{key} = "{text}"\n')
    assert f"books.toml:20 [customers] {key}" in problem
    assert said in problem


def test_all_mistakes_are_told_at_once_in_order_of_line(mapping):
    problems = mapping(
        'item = "Loan interest"', 'itme = "x"\n[policies]\noverpayment = "hold it"', count=2
    )
    assert [problem.split(" ")[0] for problem in problems] == ["books.toml:6", "books.toml:8"]


def test_a_secret_in_a_file_is_refused(mapping):
    (problem,) = mapping("own =", 'client_secret = "x"\nown =')
    assert "kept in the keyring" in problem


def test_a_missing_key_is_told_at_its_table(mapping):
    (problem,) = mapping('account = "Bank MXN"\n', "")
    assert problem.startswith("books.toml:8 [deposits 1] account: is missing.")


def test_a_syntax_error_has_its_line(mapping):
    (problem,) = mapping('item = "Loan interest"', "item = Loan interest")
    assert problem.startswith("books.toml:6: `item = Loan interest` is not valid TOML")
    assert "quotes" in problem


def test_an_unfinished_file_has_a_line_too(mapping):
    (problem,) = mapping("", "rates = [")
    assert "books.toml:19" in problem


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigurationError) as raised:
        tomlfiles.read(tmp_path / "none.toml")
    assert "there is no such file" in in_words(raised.value.problems[0])


def test_a_file_in_another_encoding(tmp_path):
    path = tmp_path / "latin.toml"
    path.write_bytes('own = []\nname = "Sepúlveda"\n'.encode("latin-1"))
    with pytest.raises(ConfigurationError) as raised:
        tomlfiles.read(path)
    assert "latin.toml:2" in raised.value.problems[0].where
    assert "UTF-8" in in_words(raised.value.problems[0].fix)


def test_windows_files_are_read(tmp_path):
    path = tmp_path / "windows.toml"
    path.write_bytes(b"\xef\xbb\xbf" + MAPPING.replace("\n", "\r\n").encode())
    assert tomlfiles.load(path, BooksMapping).deposits[1].account == "Checking"


def test_every_value_of_the_shipped_mapping_has_a_line():
    file = tomlfiles.read(_shipped())
    for place in _places(file.content, ()):
        assert place in file.lines, place


def _shipped():
    from bridge.cli.shipped import shipped

    return shipped("mappings/quickbooks.toml")


def _places(value: Any, place: tuple[str | int, ...]):
    """Every key and list element of a document, but the keys of tables given in full."""
    if place:
        yield place
    inner: Any = ()
    if isinstance(value, dict):
        inner = value.items()
    elif isinstance(value, list):
        inner = enumerate(value)
    for key, each in inner:
        if not (isinstance(each, dict) and any(isinstance(v, dict) for v in each.values())):
            yield from _places(each, (*place, key))


KEYS = st.sampled_from(["a", "b-c", '"d e"', "'f.g'", "h.i", '"#"'])
SCALARS = st.sampled_from(
    ["1", "-2.5", "true", "2026-11-20", '"x # y"', "'z'", '"""m\n]"n"""', "'''o\n'p'''", '"\\""']
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda each: "[\n " + ", # ]\n ".join([*each, ""]) + "]"),
        st.lists(inner, max_size=2).map(
            lambda each: "{" + ", ".join(f"k{n} = {v}" for n, v in enumerate(each)) + "}"
        ),
    ),
    max_leaves=6,
)


@given(st.lists(st.tuples(KEYS, VALUES), max_size=5), st.booleans())
def test_whatever_is_valid_toml_has_its_lines_found(pairs, table):
    lines = ["[[t]]" if table else "# start"]
    for number, (key, value) in enumerate(pairs):
        lines.append(f"n{number}.{key} = {value}")
    text = "\n".join(lines)
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return
    found = tomlfiles._Positions(text).found
    inner = content["t"][0] if table else content
    start = ("t", 0) if table else ()
    for place in _places(inner, start):
        assert place in found
        if len(place) == len(start) + 1 and not table:
            head = text.split("\n")[found[place] - 1]
            assert head.startswith(str(place[-1]))
