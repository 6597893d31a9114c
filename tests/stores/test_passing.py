"""The folder of a server that keeps nothing, and those that killed ones left."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from salon.ground.locks import try_lock
from salon.stores.passing import passing_folder


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the system keeps what is passing."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def left(place: Path, name: str, *files: str) -> Path:
    """A folder as a server left it an hour ago."""
    folder = place / name
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(b"x")
        os.utime(folder / file, (0, 0))
    return folder


def test_it_goes_with_what_lies_in_it(place: Path) -> None:
    with passing_folder() as folder:
        assert folder.parent == place
        assert folder.stat().st_mode & 0o777 == 0o700
        (folder / "blobs").mkdir()
        (folder / "blobs" / "x").write_bytes(b"x")
        with passing_folder() as another:
            assert another != folder
    assert list(place.iterdir()) == []


def test_what_a_killed_server_left_goes_with_the_next_one(place: Path) -> None:
    dead = left(place, "salon-memory-dead", "lock", "blobs/ab/x", "uploads/y")
    with passing_folder():
        assert not dead.exists()


def test_what_is_in_use_or_not_ours_stays(place: Path) -> None:
    used = left(place, "salon-memory-used", "lock", "blobs/ab/x")
    kept = [
        used,
        left(place, "salon-memory-mine", "lock", "thesis.tex"),
        left(place, "salon-memory-unlocked", "blobs/ab/x"),
        left(place, "salon-other", "lock"),
    ]
    young = left(place, "salon-memory-young", "lock")
    os.utime(young / "lock")
    lock = os.open(used / "lock", os.O_RDWR)
    assert try_lock(lock)
    with passing_folder() as folder:
        assert set(place.iterdir()) == {folder, young, *kept}
    os.close(lock)
