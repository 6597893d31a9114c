"""Files under their own names beside the blobs: they follow the shelves, and touch nothing that is somebody else's."""

from __future__ import annotations

import asyncio
import errno
import logging
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.core.commands import Say, Unshelve
from salon.core.filenames import safe_name
from salon.core.names import fold, mend_person_name, room_name
from salon.core.people import Person
from salon.core.room import RoomState
from salon.errors import Refusal
from salon.hall.receiving import Policy
from salon.hall.waiting import submit
from salon.stores.by_name import ByName
from salon.stores.folder import FolderBlobs
from tests.support.shelves import ANN, BOB, Shelves, sha256_of

pytestmark = pytest.mark.anyio


@pytest.fixture
async def shelves(tmp_path: Path, anyio_backend: str) -> AsyncIterator[Shelves]:
    shelves = Shelves(tmp_path, policy=Policy(keep=2))
    yield shelves
    await shelves.close()


async def unshelve(shelves: Shelves, name: str, room: str = "lobby") -> None:
    await submit(shelves.hall, ANN, fold(room), room, Unshelve(name))
    await quiet(shelves)


async def quiet(shelves: Shelves) -> None:
    """What was asked of the folder is done."""
    assert isinstance(shelves.blobs, FolderBlobs)
    await shelves.blobs.in_turn(lambda: None)


def shown(data: Path) -> dict[str, bytes]:
    """What stands under which name."""
    return {
        str(path.relative_to(data)): path.read_bytes()
        for path in sorted(data.rglob("*"))
        if path.is_file() and ".salon" not in path.relative_to(data).parts[:1]
    }


async def restarted(shelves: Shelves, data: Path) -> Shelves:
    await quiet(shelves)
    later = Shelves(data, store=shelves.store)
    await later.shelving.start()
    return later


async def test_a_file_stands_under_its_name_while_it_is_on_the_shelf(shelves: Shelves, tmp_path: Path) -> None:
    await shelves.send("f 1 ü.bin", b"one")
    await shelves.send("two", b"two", room="Tea")
    await quiet(shelves)
    assert shown(tmp_path) == {"Tea/two": b"two", "lobby/f 1 ü.bin": b"one"}
    for file in (tmp_path / "Tea" / "two", tmp_path / "lobby" / "f 1 ü.bin"):
        assert file.stat().st_mode & 0o777 == 0o400
        assert file.stat().st_nlink == 2  # it takes no space of its own
        assert file.parent.stat().st_mode & 0o777 == 0o700
    await unshelve(shelves, "two", "tea")
    assert shown(tmp_path) == {"lobby/f 1 ü.bin": b"one"}
    assert not (tmp_path / "Tea").exists()


async def test_it_follows_the_shelf(shelves: Shelves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And reads no file for that: a link is known for what it is."""
    monkeypatch.delattr("salon.stores.by_name.filecmp.cmp")
    for name, data in [("a", b"1"), ("b", b"2"), ("a", b"3"), ("c", b"4"), ("d", b"3")]:
        await shelves.send(name, data)
    await quiet(shelves)
    assert shown(tmp_path) == {"lobby/c": b"4", "lobby/d": b"3"}
    assert {path.name for path in (tmp_path / "lobby").iterdir()} == {"c", "d"}


async def test_rooms_of_one_name_are_one_folder(shelves: Shelves, tmp_path: Path) -> None:
    for room in ("Tea", "TEA", "tea"):
        await shelves.send(f"in {room}", b"x", room=room)
    await quiet(shelves)
    assert list(shown(tmp_path)) == ["Tea/in TEA", "Tea/in tea"]


async def test_the_same_bytes_stand_under_several_names(shelves: Shelves, tmp_path: Path) -> None:
    await shelves.send("a", b"same")
    await shelves.send("b", b"same")
    await shelves.send("a", b"same", room="tea")
    await quiet(shelves)
    assert (tmp_path / "lobby" / "a").stat().st_nlink == 4
    await unshelve(shelves, "a")
    assert shown(tmp_path) == {"lobby/b": b"same", "tea/a": b"same"}


async def test_a_private_rooms_files_stand_nowhere(shelves: Shelves, tmp_path: Path) -> None:
    room = await shelves.hall.open("@1:2", RoomState("@ann:bob", between=(ANN, BOB)))
    await submit(shelves.hall, ANN, room.key, "@ann:bob", Say("psst"))
    await shelves.send("secret", b"x", room="@ann:bob")
    await quiet(shelves)
    assert shown(tmp_path) == {}
    later = await restarted(shelves, tmp_path)
    assert shown(tmp_path) == {}
    await later.blobs.close()


@pytest.mark.parametrize("name", ["salon.db", "lock"])
async def test_a_room_called_like_our_own_folder_does_not_get_into_it(
    shelves: Shelves, tmp_path: Path, name: str
) -> None:
    """Else whoever sends `salon.db` to the room `.salon` replaces the log."""
    (tmp_path / ".salon" / name).write_bytes(b"the log")
    await shelves.send(name, b"mine", room=".salon")
    await shelves.send(name, b"mine", room=".Salon.")
    await quiet(shelves)
    assert (tmp_path / ".salon" / name).read_bytes() == b"the log"
    assert shown(tmp_path) == {}
    assert await shelves.read(name, room=".salon") == b"mine"


async def test_what_is_somebody_elses_is_left_alone(
    shelves: Shelves, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    theirs = tmp_path / "lobby"
    theirs.mkdir()
    (theirs / "diary").write_bytes(b"dear diary")
    (theirs / "other").write_bytes(b"x")
    (theirs / "link").symlink_to(tmp_path / "elsewhere")
    (theirs / "sub").mkdir()
    with caplog.at_level(logging.ERROR, "salon"):
        for name in ("diary", "link", "sub"):
            await shelves.send(name, b"mine")
            await quiet(shelves)
            assert "is not ours" in caplog.text
            caplog.clear()
            assert await shelves.read(name) == b"mine"
            await unshelve(shelves, name)
    later = await restarted(shelves, tmp_path)
    assert shown(tmp_path) == {"lobby/diary": b"dear diary", "lobby/other": b"x"}
    assert (theirs / "link").is_symlink()
    assert (theirs / "sub").is_dir()
    assert not (tmp_path / "elsewhere").exists()
    await later.blobs.close()


async def test_a_folder_that_leads_elsewhere_is_not_followed(shelves: Shelves, tmp_path: Path) -> None:
    outside = tmp_path / ".outside"
    outside.mkdir()
    (tmp_path / "tea").symlink_to(outside)
    (tmp_path / "coffee").write_bytes(b"a file of that name")
    for room in ("tea", "coffee"):
        await shelves.send("a", b"mine", room=room)
        await quiet(shelves)
        assert await shelves.read("a", room=room) == b"mine"
    later = await restarted(shelves, tmp_path)
    assert list(outside.iterdir()) == []
    assert (tmp_path / "coffee").read_bytes() == b"a file of that name"
    await later.blobs.close()


async def test_a_restart_tidies(shelves: Shelves, tmp_path: Path) -> None:
    """Whatever a server that died has left, and whatever somebody took away."""
    assert isinstance(shelves.blobs, FolderBlobs)
    await shelves.send("kept", b"kept")
    await shelves.send("lost", b"lost", room="tea")
    await quiet(shelves)
    blob = shelves.blobs.path(sha256_of(b"kept"))
    (tmp_path / "tea" / "lost").unlink()
    (tmp_path / "lobby" / "left over").hardlink_to(blob)
    (tmp_path / "gone").mkdir()
    (tmp_path / "gone" / "left over").hardlink_to(blob)
    (tmp_path / "lobby" / "theirs").write_bytes(b"kept")
    later = await restarted(shelves, tmp_path)
    assert shown(tmp_path) == {"lobby/kept": b"kept", "lobby/theirs": b"kept", "tea/lost": b"lost"}
    assert not (tmp_path / "gone").exists()
    await later.blobs.close()


async def test_a_folder_that_may_not_be_looked_into_does_not_keep_the_others_from_being_tidied(
    shelves: Shelves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    await shelves.send("a", b"1")
    await quiet(shelves)
    (tmp_path / "lobby" / "a").unlink()
    (tmp_path / "lost+found").mkdir()
    look = Path.iterdir

    def forbidden(self: Path) -> Iterator[Path]:
        if self.name == "lost+found":
            raise PermissionError(errno.EACCES, "Permission denied")
        return iter(list(look(self)))

    monkeypatch.setattr(Path, "iterdir", forbidden)
    with caplog.at_level(logging.ERROR, "salon"):
        later = await restarted(shelves, tmp_path)
    assert "lost+found" in caplog.text
    monkeypatch.undo()
    assert shown(tmp_path) == {"lobby/a": b"1"}
    await later.blobs.close()


async def test_a_copy_stands_where_links_cannot_be_made(
    shelves: Shelves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(Path, "hardlink_to", no_links)
    for data in (b"1", b"2"):
        await shelves.send("a", data)
    await shelves.send("b", b"3")
    await quiet(shelves)
    assert shown(tmp_path) == {"lobby/a": b"2", "lobby/b": b"3"}
    assert (tmp_path / "lobby" / "a").stat().st_mode & 0o777 == 0o400
    assert (tmp_path / "lobby" / "a").stat().st_nlink == 1
    later = await restarted(shelves, tmp_path)
    await unshelve(later, "a")
    assert shown(tmp_path) == {"lobby/b": b"3"}
    await later.blobs.close()


async def test_where_not_even_a_copy_can_be_made_the_file_is_on_the_shelf_all_the_same(
    shelves: Shelves, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "hardlink_to", full)
    monkeypatch.setattr("salon.stores.by_name.shutil.copyfile", full)
    with caplog.at_level(logging.ERROR, "salon"):
        await shelves.send("a", b"1")
        await quiet(shelves)
    assert "cannot stand under its name" in caplog.text
    assert await shelves.read("a") == b"1"
    assert shown(tmp_path) == {}


async def test_names_that_windows_cannot_hold_do_not_stand_there(tmp_path: Path) -> None:
    blobs = FolderBlobs(tmp_path / ".salon")
    await blobs.create("u", b"")
    sha256 = await blobs.finish("u")
    by_name = ByName(tmp_path, blobs, windows=True)
    await by_name.show("lobby", {}, {"a:b": sha256, "C:x": sha256, "a": sha256, "b.": sha256})
    await by_name.show("what?", {}, {"a": sha256})
    assert list(shown(tmp_path)) == ["lobby/a"]
    await blobs.close()


ANYTHING = st.one_of(st.text(max_size=20), st.sampled_from(["..", ".", ".salon", "../x", "a/b", "lobby", "LOBBY", "ß"]))


@given(ANYTHING, st.lists(st.tuples(ANYTHING, ANYTHING, st.binary(max_size=3)), min_size=1, max_size=6))
def test_nothing_outside_is_made_however_files_rooms_and_people_are_called(
    who: str, files: list[tuple[str, str, bytes]]
) -> None:
    """All that is ever made lies in the folder, two levels deep, or in our own."""
    person = Person(mend_person_name(who), 7)

    async def run(top: Path) -> None:
        data = top / "data"
        shelves = Shelves(data)
        (data / ".salon" / "salon.db").write_bytes(b"the log")
        for room, name, content in files:
            upload = await shelves.receiving.begin(person, room, name, len(content))
            if isinstance(upload, Refusal):
                assert isinstance(safe_name(name), Refusal) or isinstance(room_name(room or "lobby"), Refusal)
                continue
            await shelves.go_on(upload, content)
            assert await shelves.read(name, room=room) == content
        await quiet(shelves)
        assert [path.name for path in top.iterdir()] == ["data"]
        assert (data / ".salon" / "salon.db").read_bytes() == b"the log"
        assert {path.name for path in (data / ".salon").iterdir()} == {"blobs", "uploads", "salon.db"}
        for path in data.rglob("*"):
            parts = path.relative_to(data).parts
            assert parts[0] == ".salon" or len(parts) == 1 + path.is_file()
        await shelves.close()

    with tempfile.TemporaryDirectory() as top:
        asyncio.run(run(Path(top)))
