"""No test depends on how fast the machine is: the kinds that once did are not written again."""

from __future__ import annotations

import re
from pathlib import Path

TESTS = Path(__file__).parent
SHORT_S = 60
"""What only keeps a test from hanging for ever is at least so long."""
MEANT = {
    "sandbox/test_limits_and_faults.py": "the client gives up on purpose, then waits for its write",
    "systems/test_transport.py": "a server that says nothing is given up on purpose",
    "systems/test_logs.py": "nobody listens: the connection is refused at once",
    "pipeline/test_kills.py": "a process is killed at some moment, whichever it is",
}
_TIMEOUT = re.compile(r"(?:timeout|connect_s|read_s)=\(?(\d+(?:\.\d+)?)")
_WAIT = re.compile(r"(?:settimeout|\.join|\.wait)\((\d+(?:\.\d+)?)\)")
_SLEEP = re.compile(r"\btime\.sleep\(|\basyncio\.sleep\(")
_DEADLINE = re.compile(r"deadline=(?!None)")


def test_waits_only_keep_a_test_from_hanging() -> None:
    found = []
    for path in sorted(TESTS.rglob("*.py")):
        name = path.relative_to(TESTS).as_posix()
        text = path.read_text(encoding="utf-8")
        if path == Path(__file__):
            continue
        assert not _SLEEP.search(text), f"{name} sleeps"
        assert not _DEADLINE.search(text), f"{name} has a deadline for its examples"
        if name in MEANT:
            continue
        for pattern in (_TIMEOUT, _WAIT):
            found += [
                f"{name}: {match[0]}"
                for match in pattern.finditer(text)
                if float(match[1]) < SHORT_S
            ]
    allowed = [each for each in found if "wait(0.01)" in each or "bench.wait" in each]
    assert [each for each in found if each not in allowed] == []
