"""Keys that are kept: the same again, for their owner alone, and none where none can be read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from salon.ground.keys import Key, keep_key, read_key

KEY = Key("5e" * 32, "1d" * 32)


def test_a_key_is_there_again(tmp_path: Path) -> None:
    keep_key(tmp_path / "key", KEY)
    keep_key(tmp_path / "key", KEY)
    assert read_key(tmp_path / "key") == KEY
    assert [one.name for one in tmp_path.iterdir()] == ["key"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has other modes")
def test_nobody_else_can_read_it(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        keep_key(tmp_path / "key", KEY)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_what_a_killed_program_left_is_no_hindrance(tmp_path: Path) -> None:
    (tmp_path / "key.new").write_bytes(b"{")
    keep_key(tmp_path / "key", KEY)
    assert read_key(tmp_path / "key") == KEY


@pytest.mark.parametrize("content", [None, b"", b"{}", b"\xff", b'{"secret":1,"public":2}'])
def test_what_is_no_key_is_none(tmp_path: Path, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / "key").write_bytes(content)
    assert read_key(tmp_path / "key") is None


def test_a_folder_that_cannot_be_written_to_is_said(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"\[Errno"):
        keep_key(tmp_path / "missing" / "key", KEY)
