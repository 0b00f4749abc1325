"""`sandbox` says where it is, serves, and stops when told to."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from urllib.request import urlopen

import pytest

from bridge.cli.main import main


def test_the_sandbox_serves_and_stops_on_sigterm():
    command = [sys.executable, "-m", "bridge.cli.main", "sandbox", "--port", "0", "--fast"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        with urlopen(f"{ready['control']}/quickbooks/books", timeout=60) as answer:
            assert json.load(answer)["home_currency"] == "COP"
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0


def test_a_port_in_use_is_said(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["sandbox", "--port", str(port)]) == 2
    assert f"127.0.0.1:{port} is in use" in capsys.readouterr().err


@pytest.mark.not_quick
def test_a_port_that_cannot_be_is_said(capsys):
    assert main(["sandbox", "--port", "99999"]) == 2
    assert "port" in capsys.readouterr().err


def test_a_data_file_of_something_else_is_said(capsys, tmp_path):
    data = tmp_path / "data.json"
    data.write_text("{}", encoding="utf-8")
    assert main(["sandbox", "--port", "0", "--data", str(data)]) == 2
    assert "was not written by this version" in capsys.readouterr().err
