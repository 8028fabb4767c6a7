import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from service.__main__ import main


def test_names_every_setting_that_cannot_be_used(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "99999")
    monkeypatch.setenv("LOG_LEVEL", "loud")
    assert main() == 2
    told = capsys.readouterr().err
    assert "PORT" in told
    assert "LOG_LEVEL" in told


def test_withdraws_readiness_before_it_stops() -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "service"],
        env={
            **os.environ,
            "PORT": str(port),
            "DRAIN_SECONDS": "1",
            "PYTHONPATH": str(Path("src").resolve()),
        },
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert _status(port, patience=20) == 200
        server.send_signal(signal.SIGTERM)
        assert _status(port, until=503, patience=5) == 503
        output, _ = server.communicate(timeout=20)
        assert server.returncode == 0
        assert '"msg": "stopping"' in output
    finally:
        server.kill()
        server.communicate()


def _status(port: int, *, until: int = 200, patience: float) -> int | None:
    deadline = time.monotonic() + patience
    status = None
    while time.monotonic() < deadline and status != until:
        try:
            url = f"http://127.0.0.1:{port}/readyz"
            with urllib.request.urlopen(url, timeout=2) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            with error:
                status = error.code
        except OSError:
            time.sleep(0.05)
    return status
