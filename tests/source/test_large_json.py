"""A JSON delivery of any size: read block by block, and as one that is decoded as a whole."""

from __future__ import annotations

import codecs
import gc
import io
import json
import re
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bridge.core.ledger import Borrower, Loan
from bridge.errors import SnapshotRefused
from bridge.report.details import english
from bridge.source.deudores import json_book
from bridge.source.files import records
from bridge.source.files.records import UNREADABLE, Unreadable, outline
from tests.source.conftest import Read, source


class Whole(msgspec.Struct):
    """A snapshot as one value, as a program with enough memory decodes it."""

    schema: str
    as_of: str
    device_id: str
    debtors: list[msgspec.Raw]
    debts: list[msgspec.Raw]
    movements: list[msgspec.Raw]
    counts: dict[str, int] | None = None
    generated_at: str = ""
    locale: str = ""
    default_currency: str = ""
    stores: list[msgspec.Raw] = []
    consents: list[msgspec.Raw] | None = None


LISTS = ("debtors", "debts", "movements", "stores", "consents")
_one = msgspec.json.Decoder(float_hook=Decimal).decode


class InMemory:
    """A file of a delivery that is only its bytes."""

    name, written_at = "s.json", 0.0

    def __init__(self, content: bytes) -> None:
        self._content = content
        self.size = len(content)

    def open(self) -> io.BytesIO:
        return io.BytesIO(self._content)

    def seekable(self, staging: object) -> io.BytesIO:
        return self.open()


def decoded(raw: msgspec.Raw) -> Any:
    try:
        return _one(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, InvalidOperation):
        return "unreadable"


def at_once(content: bytes) -> Any:
    """What the document says, or why it is refused, from all of its bytes."""
    try:
        whole = msgspec.json.decode(content.removeprefix(codecs.BOM_UTF8), type=Whole)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return str(error)
    lists = {name: getattr(whole, name) for name in LISTS}
    rest = {n: getattr(whole, n) for n in Whole.__struct_fields__ if n not in LISTS}
    return rest, {name: [decoded(raw) for raw in found or ()] for name, found in lists.items()}


def by_blocks(content: bytes) -> Any:
    """The same from a walk."""
    try:
        found = outline(InMemory(content), 1 << 40, json_book.Document)
        document = msgspec.json.decode(found.frame, type=json_book.Document)
    except UNREADABLE as error:
        return str(error)
    rest = {n: getattr(document, n) for n in Whole.__struct_fields__ if n not in LISTS}
    told = {name: list(found.lists.get(name, ())) for name in LISTS}
    for name, list_ in told.items():
        assert len(list_) == len(found.lists.get(name, ()))
        told[name] = ["unreadable" if isinstance(r, Unreadable) else r for r in list_]
    return rest, told


BLOCKS = (1, 2, 3, 5, 7, 16, 24, 33, 200, 128 * 1024)


@pytest.fixture(params=BLOCKS)
def block(request):
    with in_blocks_of(request.param):
        yield


@contextmanager
def in_blocks_of(size: int) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(records, "BLOCK", size)
        patch.setattr(records, "_SMALLEST", min(size // 8, 1024))
        yield


def snapshot(**changes: Any) -> bytes:
    document = {
        "schema": "deudores-snapshot/1",
        "as_of": "2026-11-19",
        "device_id": "dev-1",
        "debtors": [{"debtor_id": 1, "name": 'Ana "la }, {[" \\', "document": {"type": "CC"}}],
        "debts": [{"debt_id": n, "amount": n + 0.25, "x": [[], {}]} for n in range(7)],
        "movements": [{"movement_id": n, "concept": "Ñ" * n} for n in range(9)],
    }
    return json.dumps(document | changes, ensure_ascii=False).encode()


DEBTS = b'"debts": [1]'
ODD = {
    "a key twice in a record": b'"debts": [{"a": 1, "a": 2}]',
    "a list twice": b'"debts": [1, 2], "debts": [3]',
    "a list, then none": b'"consents": [1], "debts": [], "consents": null',
    "a key in escapes": b'"d\\u0065bts": [1, 2]',
    "not a number": b'"debts": [{"a": NaN}]',
    "without end": b'"debts": [{"a": -Infinity}]',
    "a number beyond any decimal": b'"debts": [{"a": 1e9999999999999999999}, {"b": 1}]',
    "a whole number of 5000 digits": b'"debts": [{"a": ' + b"9" * 5000 + b"}]",
    "a whole number of 100 digits": b'"debts": [{"a": ' + b"9" * 100 + b"}, {}]",
    "an amount finer than a float": b'"debts": [{"a": 12345678901234567.890123456789}]',
    "a zero before the number": b'"debts": [{"a": 012}]',
    "a point without decimals": b'"debts": [{"a": 1.}]',
    "bytes that are no UTF-8": b'"debts": [{"a": "\xff"}, {"b": 1}]',
    "half a pair of surrogates": b'"debts": [{"a": "\\ud800"}, {"b": 1}]',
    "a control sign": b'"debts": [{"a": "\x01"}]',
    "other values than objects": b'"debts": [1, "}", [], {}, null, true, -0, 1.50, [{"a": 1}]]',
    "a missing comma": b'"debts": [{"a": 1} {"b": 2}]',
    "a comma too much": b'"debts": [{"a": 1},]',
    "only a comma": b'"debts": [,]',
    "a comma too much at the end": b'"debts": [],',
    "brackets crossed": b'"debts": [{"a": [1}]]',
    "a missing bracket": b'"debts": [{"a": {"b": 2}, {"c": 3}]',
    "a missing quote": b'"debts": [{"a": "b}, {"c": 3}]',
    "no list": b'"debts": {"a": 1}',
    "a number for a list": b'"debts": 12',
    "null for a list": b'"debts": null',
    "a missing value": b'"debts": ',
    "a missing colon": b'"debts" []',
    "no key": b"7: []",
    "a key without quotes": b"debts: []",
    "a comment": b'"debts": [/* none */]',
    "a huge text": b'"debts": [{"a": "' + b"x}," * 3000 + b'"}, {"b": 1}]',
    "an unknown list and object": b'"more": [{"a": 1}], "other": {"a": [1]}, "debts": []',
    "nested deeply": b'"debts": [' + b'{"a":' * 300 + b"1" + b"}" * 300 + b"]",
    "nested without end": b'"debts": [' + b"[" * 20_000,
    "nested beyond reading": b'"debts": [' + b"[" * 20_000 + b"]" * 20_000 + b"]",
}
FORMS = {
    "as it is": lambda c: c,
    "with a mark": lambda c: codecs.BOM_UTF8 + c,
    "with two marks": lambda c: codecs.BOM_UTF8 * 2 + c,
    "with blanks around": lambda c: b" \r\n\t" + c + b"\n \n",
    "with something behind": lambda c: c + b" {}",
    "in UTF-16": lambda c: c.decode().encode("utf-16"),
    "in Windows-1252": lambda c: c.decode().encode("cp1252"),
    "in a list": lambda c: b"[" + c + b"]",
    "cut in a record": lambda c: c[: c.index(b"concept") + 3],
    "cut after a record": lambda c: c[: c.index(b'{"movement_id": 3') - 2],
    "cut after a comma": lambda c: c[: c.index(b'{"movement_id": 3')],
    "without its last byte": lambda c: c[:-1],
    "nothing": lambda c: b"",
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_an_odd_document_is_read_or_refused_as_one_in_memory(block, odd):
    content = snapshot(debts=[1]).replace(DEBTS, odd)
    assert odd in content
    assert by_blocks(content) == at_once(content)


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_document_in_any_form_is_read_or_refused_as_one_in_memory(block, form):
    assert by_blocks(form(snapshot())) == at_once(form(snapshot()))


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
    ),
    max_leaves=6,
)
_record = st.dictionaries(st.sampled_from(["a", "b", "}", '"', "\\", "ñ"]), _values, max_size=4)
_signs = st.sampled_from([*b'{}[],:"\\ \n019-.eEtn/\xff\xc3\x00'])


@pytest.mark.not_quick
@settings(deadline=None)
@given(
    size=st.sampled_from(BLOCKS),
    debts=st.lists(_record | _values, max_size=12),
    movements=st.lists(_record, max_size=30),
    indent=st.sampled_from([None, 1]),
    broken=st.lists(st.tuples(st.floats(0, 1), _signs, st.sampled_from(["put", "over", "cut"]))),
)
def test_any_document_broken_anywhere_is_read_or_refused_as_one_in_memory(
    size, debts, movements, indent, broken
):
    document = json.loads(snapshot()) | {"debts": debts, "movements": movements}
    content = bytearray(json.dumps(document, indent=indent, ensure_ascii=False).encode("utf-8"))
    for where, sign, how in broken[:3]:
        at = int(where * len(content))
        content[at : at + (how != "put")] = bytes([sign]) if how != "cut" else b""
    with in_blocks_of(size):
        said = by_blocks(bytes(content))
    expected = at_once(bytes(content))
    if isinstance(expected, str) and " - at `$" in expected:  # of a wrong type, perhaps too late
        assert isinstance(said, str)
    else:
        assert said == expected


def lines(count: int) -> bytes:
    """A snapshot of so many persons, debts and consents, and three payments of each debt."""
    persons = [{"debtor_id": n, "name": "Ana", "phone": ""} for n in range(1, count + 1)]
    debts = [
        {"debt_id": n, "debtor_id": n, "amount": "300.00", "created_on": "2026-01-02"}
        for n in range(1, count + 1)
    ]
    consents = [
        {"debtor_id": n, "granted_on": "2026-01-02", "purposes": ["cobro"], "channel": "app"}
        for n in range(1, count + 1)
    ]
    movements = [
        {"movement_id": n, "debt_id": n % count + 1, "date": "2026-02-03", "amount": 50.25}
        for n in range(1, 3 * count + 1)
    ]
    counts = {"debtors": count, "debts": count, "movements": 3 * count}
    return snapshot(
        debtors=persons, debts=debts, movements=movements, consents=consents, counts=counts
    )


def dumped(count: int) -> bytes:
    """The phone's two tables, of so many debts."""
    debts = [
        {"debtorId": n, "name": "Ana", "phoneNumber": f"390{n:07}", "amount": 300,
         "creationDate": "2026-01-02"}
        for n in range(1, count + 1)
    ]  # fmt: skip
    movements = [
        {"movementId": n, "debtorCreatorId": n % count + 1, "date": "2026-02-03", "amount": 50.25,
         "type": "PAYMENT"}
        for n in range(1, 3 * count + 1)
    ]  # fmt: skip
    return json.dumps({"debtor": debts, "movement": movements}).encode()


def peak_of(path: Any) -> int:
    """The most bytes that were held at a time while the file was read, row by row."""
    gc.collect()
    tracemalloc.start()
    try:
        for _ in source(path).snapshot().rows():
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.not_quick
@pytest.mark.parametrize("made", [lines, dumped])
def test_a_delivery_six_times_as_large_takes_no_more_memory(tmp_path, monkeypatch, made):
    monkeypatch.setattr(records, "BLOCK", 16 * 1024)
    path = tmp_path / "s.json"
    path.write_bytes(made(1_500))
    peak_of(path)  # what is loaded and kept once is there afterwards
    peaks = []
    for count in (500, 3_000):
        path.write_bytes(made(count))
        peaks.append(peak_of(path))
    small, large = peaks
    grown = len(made(3_000)) - len(made(500))
    # What is left to grow is two bytes for each id, and some for each of the phone's debts.
    assert large - small < grown // 8, peaks


def test_a_record_larger_than_any_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(records, "BLOCK", 64)
    monkeypatch.setattr(records, "LARGEST", 2_000)
    path = tmp_path / "s.json"
    path.write_bytes(snapshot(debts=[{"note": "x" * 3_000}]))
    with pytest.raises(SnapshotRefused) as refused:
        source(path).snapshot()
    assert "a value of over 2,000 bytes" in str(refused.value.problems[0])


def test_a_broken_value_of_any_length_is_told_as_broken(monkeypatch):
    monkeypatch.setattr(records, "BLOCK", 64)
    monkeypatch.setattr(records, "LARGEST", 2_000)
    content = snapshot(debts=[1]).replace(DEBTS, b'"debts": [{"a": [nul, {"b": 2}')
    content += b" " * 5_000
    assert by_blocks(content) == at_once(content)
    assert re.search(r"malformed.*byte \d+", by_blocks(content))


def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path):
    path = tmp_path / "s.json"
    path.write_bytes(lines(40))
    snapshot_ = source(path).snapshot()
    path.write_bytes(lines(40).replace(b'"debt_id": 7,', b'"debt_id": ]]'))
    with pytest.raises(SnapshotRefused) as changed:
        list(snapshot_.rows())
    assert "it was changed while it was read" in english(changed.value.problems[0].told)
    path.write_bytes(lines(40)[:-2_000])
    with pytest.raises(SnapshotRefused) as refused:
        list(snapshot_.rows())
    assert "ends before it should" in english(refused.value.problems[0].told)


def test_debts_of_one_person_are_known_wherever_they_stand_in_a_dump(tmp_path):
    document = json.loads(dumped(6))
    for debt in document["debtor"]:
        debt["name"], debt["phoneNumber"] = f"Ana {debt['debtorId'] % 2}", "3900000001"
    document["debtor"].reverse()
    path = tmp_path / "volcado.json"
    path.write_bytes(json.dumps(document).encode())
    read = Read(path)
    assert sorted(person.id for person in read.of(Borrower)) == ["1", "2"]
    owes = {loan.id: (loan.borrower, loan.origin.line) for loan in read.of(Loan)}
    assert owes == {str(n): ("1" if n % 2 else "2", 7 - n) for n in range(1, 7)}
