"""A server for the documents' examples."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator

import pytest


@pytest.fixture
def server_port() -> Iterator[int]:
    """The port of a server of its own that keeps nothing."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SALON_")}
    command = [sys.executable, "-m", "salon", "serve", "--memory", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        found = re.search(r"listening on http://127\.0\.0\.1:(\d+)", server.stdout.readline())
        assert found is not None
        yield int(found[1])
        server.terminate()
        server.stdout.read()
    assert server.returncode == 0
