"""A file is the old one or the new one, whatever the disk does."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bridge.files import BY_UMASK, replace_durably, whole
from tests.disks import REFUSING, Disk, opened


@pytest.mark.parametrize("kind", REFUSING, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("old", [None, b"old"], ids=["new file", "old file"])
def test_a_disk_that_takes_no_more_leaves_what_was_there(
    tmp_path: Path, kind: type[Disk], old: bytes | None
) -> None:
    with opened(kind, tmp_path / "disk") as disk:
        path = disk.folder / "report.html"
        if old is not None:
            path.write_bytes(old)
        disk.refuse()
        with pytest.raises(OSError, match=r"No space|too large|Read-only|denied"):
            replace_durably(path, b"new" * 1_000_000)
        disk.take_again()
        left = {p.name: p.read_bytes() for p in disk.folder.iterdir() if p.name != "filler"}
        assert left == ({} if old is None else {"report.html": old})
        replace_durably(path, b"new")
        assert path.read_bytes() == b"new"


def test_a_writer_that_gives_up_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no"), whole(tmp_path / "x") as part:
        part.write_text("half")
        raise ValueError("no")
    assert list(tmp_path.iterdir()) == []


def test_private_files_are_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        replace_durably(tmp_path / "private", b"x")
        replace_durably(tmp_path / "shared", b"x", BY_UMASK)
    finally:
        os.umask(before)
    assert (tmp_path / "private").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "shared").stat().st_mode & 0o777 == 0o644


def test_a_terminal_or_pipe_is_written_to_and_never_replaced(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    replace_durably(pipe, b"x")
    assert os.read(reader, 10) == b"x"
    os.close(reader)
    assert pipe.is_fifo()
