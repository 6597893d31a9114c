"""The operator's key in the data folder."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from salon.errors import SalonError
from salon.stores.operator_key import NAME, operator_key
from salon.wire.operator import is_key


def test_it_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "salon"
    key = operator_key(folder)
    assert is_key(key)
    assert operator_key(folder) == key
    assert stat.S_IMODE((folder / NAME).stat().st_mode) == 0o600
    assert [file.name for file in folder.iterdir()] == [NAME]


def test_two_servers_have_two(tmp_path: Path) -> None:
    assert operator_key(tmp_path / "a") != operator_key(tmp_path / "b")


def test_what_was_opened_to_others_is_closed(tmp_path: Path) -> None:
    key = operator_key(tmp_path)
    (tmp_path / NAME).chmod(0o644)
    assert operator_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize("damage", [b"", b"short\n", b"\xff" * 43])
def test_what_is_no_key_is_replaced(tmp_path: Path, damage: bytes) -> None:
    (tmp_path / NAME).write_bytes(damage)
    (tmp_path / NAME).with_suffix(".new").write_bytes(b"of a crash")
    assert is_key(operator_key(tmp_path))


def test_where_it_cannot_be_a_sentence_says_so(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    with pytest.raises(SalonError, match=r"operator\.key"):
        operator_key(tmp_path)
