"""A damaged ZIP, workbook or sheet is refused in words, whatever unpacking it comes upon."""

from __future__ import annotations

import io
import lzma
import random
import zipfile
import zlib
from collections.abc import Callable

import pytest

from bridge.errors import SnapshotRefused
from bridge.report.details import english
from bridge.source.files.delivered import DAMAGE, refusing
from tests.source.conftest import source

CONTENT = b"ID,CLIENTE,MONTO\n" + bytes(random.Random(1).randbytes(3_000))


def packed(way: int) -> bytearray:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", way) as archive:
        for name in ("mimetype", "content.xml", "xl/workbook.xml", "año.csv"):
            archive.writestr(name, CONTENT)
    return bytearray(made.getvalue())


def in_other_letters() -> bytes:
    """A name that says it is in UTF-8 and is not (seen: a byte of a directory entry was wrong)."""
    whole = packed(zipfile.ZIP_STORED)
    return bytes(whole).replace("año".encode(), b"a\xf1\xf1o")


def torn(way: int) -> Callable[[], bytes]:
    def made() -> bytes:
        whole = packed(way)
        whole[60:1_500] = bytes(1_440)
        return bytes(whole)

    return made


def flagged(bit: int) -> Callable[[], bytes]:
    """Every part says something of itself by a bit: 1 a password, 32 a patch, 64 a strong key."""

    def made() -> bytes:
        whole = packed(zipfile.ZIP_STORED)
        for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            place = whole.find(mark)
            while place >= 0:
                whole[place + at] |= bit
                place = whole.find(mark, place + 4)
        return bytes(whole)

    return made


def in_an_unknown_way() -> bytes:
    whole = packed(zipfile.ZIP_STORED)
    for mark, at in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        place = whole.find(mark)
        while place >= 0:
            whole[place + at] = 77
            place = whole.find(mark, place + 4)
    return bytes(whole)


DAMAGES = {
    "a name in other letters": in_other_letters,
    "torn, deflated": torn(zipfile.ZIP_DEFLATED),
    "torn, LZMA": torn(zipfile.ZIP_LZMA),
    "torn, bzip2": torn(zipfile.ZIP_BZIP2),
    "a password": flagged(1),
    "a patch": flagged(32),
    "a strong key": flagged(64),
    "an unknown way": in_an_unknown_way,
    "no end": lambda: bytes(packed(zipfile.ZIP_DEFLATED))[:-30],
}


@pytest.mark.parametrize("suffix", [".zip", ".xlsx", ".ods"])
@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_refused_in_words(damage, suffix, tmp_path):
    path = tmp_path / f"cartera{suffix}"
    path.write_bytes(DAMAGES[damage]())
    with pytest.raises(SnapshotRefused) as refused:
        source(path).snapshot()
    assert refused.value.problems
    assert "cartera" in refused.value.problems[0].where


WORDS = {
    NotImplementedError("That compression method is not supported"): "is packed in a way that",
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"): "whose name cannot be read",
    EOFError("Compressed file ended before the end-of-stream marker"): "ends before it should",
    zipfile.BadZipFile("Bad CRC-32"): "cannot be unpacked",
    zlib.error("Error -3"): "cannot be unpacked",
    lzma.LZMAError("Corrupt input data"): "cannot be unpacked",
}


def test_each_kind_of_damage_is_told_in_its_own_words():
    assert {type(each) for each in WORDS} == set(DAMAGE)
    for damage, words in WORDS.items():
        with pytest.raises(SnapshotRefused) as refused, refusing("cartera.zip"):
            raise damage
        (problem,) = refused.value.problems
        assert words in english(problem.what)
        assert problem.fix
