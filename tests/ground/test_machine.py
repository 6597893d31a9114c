"""What this process and its disk take."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from salon.ground import machine
from salon.ground.machine import disk_bytes, memory_bytes


@pytest.mark.parametrize("status", [machine._STATUS, Path("/nowhere")])
def test_memory(status: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_STATUS", status)
    memory = memory_bytes()
    assert memory is not None
    assert 5_000_000 < memory < 10_000_000_000


def test_where_the_system_tells_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_STATUS", Path("/nowhere"))
    monkeypatch.setitem(sys.modules, "resource", None)
    assert memory_bytes() is None


def test_disk(tmp_path: Path) -> None:
    usage = disk_bytes(tmp_path)
    assert usage is not None
    assert 0 < usage[0] < usage[1]
    assert disk_bytes(tmp_path / "nowhere") is None
