"""What is remembered of uploads that are not done."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from salon.client.transfers import ledger
from salon.client.transfers.ledger import Begun, take_slip, uploads_folder
from salon.client.transfers.naming import slip_name
from salon.ground import locks

BEGUN = Begun("/uploads/x", "1 2 3")


def test_what_is_written_is_found_by_the_next(tmp_path: Path) -> None:
    slip = take_slip(tmp_path, "a", "b")
    assert slip.read() is None
    slip.write(Begun("/uploads/a-longer-one", "4 5 6"))
    slip.write(BEGUN)
    slip.close()
    again = take_slip(tmp_path, "a", "b")
    assert again.read() == BEGUN
    again.throw_away()
    again.throw_away()
    assert again.read() is None
    assert not list(tmp_path.iterdir())


def test_what_another_program_holds_is_left_alone(tmp_path: Path) -> None:
    slip = take_slip(tmp_path, "a")
    slip.write(BEGUN)
    other = take_slip(tmp_path, "a")
    assert other.read() is None
    other.write(Begun("/elsewhere", ""))
    other.throw_away()
    assert slip.read() == BEGUN
    slip.close()


def test_a_slip_that_says_nothing_is_not_kept(tmp_path: Path) -> None:
    take_slip(tmp_path, "a").close()
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("text", ["", "{}", "nonsense", '{"place": 3, "mark": ""}', "\xff"])
def test_nonsense_is_nothing(tmp_path: Path, text: str) -> None:
    slip = take_slip(tmp_path, "a")
    next(tmp_path.iterdir()).write_bytes(text.encode("latin-1"))
    assert slip.read() is None
    slip.throw_away()


def test_only_its_owner_can_read_it(tmp_path: Path) -> None:
    slip = take_slip(tmp_path / "new", "a")
    slip.write(BEGUN)
    assert (tmp_path / "new").stat().st_mode & 0o777 == 0o700
    assert next((tmp_path / "new").iterdir()).stat().st_mode & 0o777 == 0o600
    slip.throw_away()


def test_a_folder_that_cannot_be_used_is_no_trouble(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    slip = take_slip(tmp_path / "file", "a")
    slip.write(BEGUN)
    assert slip.read() is None
    slip.throw_away()
    slip.close()


def test_one_that_is_thrown_away_while_it_is_opened_is_made_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    try_lock = locks.try_lock
    gone: list[int] = []

    def somebody_was_faster(descriptor: int) -> bool:
        if not gone:
            gone.append(os.fstat(descriptor).st_ino)
            next(tmp_path.iterdir()).unlink()
        return try_lock(descriptor)

    monkeypatch.setattr(ledger, "try_lock", somebody_was_faster)
    slip = take_slip(tmp_path, "a")
    slip.write(BEGUN)
    assert slip.read() == BEGUN
    slip.throw_away()


def test_they_lie_beside_the_secrets() -> None:
    assert uploads_folder().name == "uploads"
    assert uploads_folder().parent.name == "salon"


def test_what_nobody_came_back_for_is_swept(tmp_path: Path) -> None:
    old, held, young = (take_slip(tmp_path, name) for name in ("old", "held", "young"))
    for slip in (old, held, young):
        slip.write(BEGUN)
    paths = {name: tmp_path / slip_name(name) for name in ("old", "held", "young")}
    for name in ("old", "held"):
        os.utime(paths[name], (0, 0))
    old.close()
    young.close()
    take_slip(tmp_path, "another").close()
    assert set(tmp_path.iterdir()) == {paths["held"], paths["young"]}
    held.close()
