"""No log line is shown where a person reads: neither of ours nor what a library warns of."""

from __future__ import annotations

import io
import logging
import os
import pty
import subprocess
import sys
import warnings

import pytest

from bridge import logs
from bridge.cli.output import Output
from bridge.cli.session import open_settings, start_logs
from tests.cli.terminal import ROOT, terminal

VERBS = [["sync"], ["sync", "--dry-run"], ["reconcile"], ["reconcile", "--dry-run"], ["status"]]


class Screen(io.StringIO):
    def isatty(self) -> bool:
        return True


class Settings:
    config = None


@pytest.fixture
def root():
    """Puts the loggers back as the tests have them."""
    kept = logging.root.handlers[:], logging.root.level
    yield
    logging.captureWarnings(capture=False)
    for handler in set(logging.root.handlers) - set(kept[0]):
        if isinstance(handler, logging.StreamHandler):
            handler.stream.close()
    logging.root.handlers[:], logging.root.level = kept


@pytest.mark.parametrize("verb", VERBS, ids=" ".join)
def test_a_terminal_shows_no_log_line(lender, verb):
    lender.run("sync")
    lender.fault("503", "before", "/query", count=1)  # what is told in a log line
    with terminal(verb, lender.folder) as screen:
        _, shown = screen.end()
    assert '"event"' not in shown
    assert '"level"' not in shown
    assert shown.strip()


def test_nor_does_a_terminal_that_only_the_answer_goes_to(lender):
    master, theirs = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "bridge.cli.main", "reconcile", "--dry-run"],
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=subprocess.PIPE,
        cwd=lender.folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
    )
    os.close(theirs)
    os.close(master)
    assert b'"event"' not in done.stderr


@pytest.mark.parametrize(("screen", "answer"), [(True, True), (True, False), (False, True)])
@pytest.mark.parametrize("writes", [True, False])
def test_nothing_reaches_a_stream_that_a_person_reads(
    lender, root, monkeypatch, screen, answer, writes
):
    stdout = Screen() if answer else io.StringIO()
    stderr = Screen() if screen else io.StringIO()
    monkeypatch.setattr(sys, "stdout", stdout)
    monkeypatch.setattr(sys, "stderr", stderr)
    start_logs(open_settings(Settings()), Output(stdout, stderr), writes=writes)
    logging.getLogger("bridge.any").error("said", extra={"event": "any.said"})
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn("a library's own", UserWarning, stacklevel=1)
    assert stdout.getvalue() + stderr.getvalue() == ""


def test_elsewhere_they_are_json_lines_warnings_too(root):
    stream = io.StringIO()
    logs.configure("INFO", stream)
    logging.getLogger("bridge.any").info("said", extra={"event": "any.said"})
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=False)
        logging.captureWarnings(capture=True)
        warnings.warn("a library's own", UserWarning, stacklevel=1)
    lines = stream.getvalue().splitlines()
    assert '"event":"any.said"' in lines[0]
    assert '"logger":"py.warnings"' in lines[1]
    assert "own" not in lines[1]
