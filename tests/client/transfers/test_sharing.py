"""The shared folder: its regular files by their names, and nothing else, however it is asked for."""

from __future__ import annotations

import asyncio
import hashlib
import os
import socket
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.client.transfers import sharing
from salon.client.transfers.sharing import SharedFile, SharedFolder
from salon.core.filenames import SafeName, safe_name
from salon.errors import FILE_CHANGED, NO_SUCH_FILE, UNREADABLE, Refusal, SalonError
from salon.ground.clock import now_ms

pytestmark = pytest.mark.anyio

SECRET = b"nobody may have this"
HOSTILE = [
    *("../secret", "..", ".", "/etc/passwd", "..\\secret", "C:\\secret", "C:", "\\\\host\\share", "a/../../secret"),
    *("nul", "CON", "con.txt", "aux", "", " ", "a\0b", "secret\n", "x" * 300, "\u202esecret", "~/secret", "./secret"),
    *("link", "outward", "folder", "folder/inner", "loop", "pipe", "socket", ".hidden", ".", "file:secret", "*"),
]


@pytest.fixture(params=[True, False], ids=["by folder", "by path"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SharedFolder]:
    """A folder with everything in it that may not be had, and a secret beside it; opened in either way."""
    monkeypatch.setattr(sharing, "BY_FOLDER", request.param)
    inside = tmp_path / "inside"
    (inside / "folder").mkdir(parents=True)
    (tmp_path / "secret").write_bytes(SECRET)
    (inside / "folder/inner").write_bytes(SECRET)
    (inside / ".hidden").write_bytes(SECRET)
    (inside / "link").symlink_to(tmp_path / "secret")
    (inside / "outward").symlink_to(tmp_path)
    (inside / "loop").symlink_to(inside / "loop")
    os.mkfifo(inside / "pipe")
    (inside / "fish.jpg").write_bytes(b"a fish")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(os.path.relpath(inside / "socket"))
    shared = SharedFolder(inside)
    yield shared
    shared.close()
    listening.close()


def asked(folder: SharedFolder, raw: str) -> SharedFile | Refusal:
    """What an owner's client does with a name that somebody sent."""
    name = safe_name(raw)
    if isinstance(name, Refusal):
        return name
    try:
        return folder.open(name)
    except SalonError as error:
        return error.refusal


@pytest.mark.parametrize("name", HOSTILE)
def test_what_may_not_be_had_is_not(folder: SharedFolder, name: str) -> None:
    assert isinstance(asked(folder, name), Refusal)


@pytest.mark.parametrize("by_folder", [True, False])
@given(name=st.text() | st.lists(st.sampled_from(["..", ".", "/", "\\", "secret", "outward", "\0", "a"])).map("".join))
def test_no_name_leads_out(by_folder: bool, name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    top = tmp_path_factory.getbasetemp() / "leads-out"
    if not top.exists():
        (top / "inside").mkdir(parents=True)
        (top / "secret").write_bytes(SECRET)
        (top / "inside/outward").symlink_to(top)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sharing, "BY_FOLDER", by_folder)
        shared = SharedFolder(top / "inside")
        assert isinstance(asked(shared, name), Refusal)
        shared.close()


@pytest.mark.parametrize(
    "name", ["fish.jpg", "no type", "a b  c.txt", "ünï.çödé", "日本.txt", "é" * 127, "a:b.txt", "-rf", "%2e%2e"]
)
def test_awkward_names_are_names(folder: SharedFolder, name: str) -> None:
    (folder.path / name).write_bytes(b"found")
    for form in ("NFC", "NFD"):
        found = asked(folder, unicodedata.normalize(form, name))
        assert isinstance(found, SharedFile)
        assert found.read(0, 100) == b"found"
        found.close()


def test_a_name_that_the_disk_keeps_in_another_form(folder: SharedFolder) -> None:
    (folder.path / unicodedata.normalize("NFD", "école")).write_bytes(b"found")
    found = asked(folder, "école")
    assert isinstance(found, SharedFile)
    found.close()


def test_a_link_that_comes_in_between_is_seen(folder: SharedFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where folders cannot be opened, a file may become a link between the look at it and its opening."""
    monkeypatch.setattr(sharing, "BY_FOLDER", False)
    monkeypatch.setattr(sharing, "_FLAGS", os.O_RDONLY)
    real = os.open

    def swapped(path: Path, flags: int) -> int:
        path.unlink()
        path.symlink_to(path.parent.parent / "secret")
        return real(path, flags)

    monkeypatch.setattr(os, "open", swapped)
    assert asked(folder, "fish.jpg") == Refusal(NO_SUCH_FILE, {"name": "fish.jpg"})


def test_what_cannot_be_read_says_so(folder: SharedFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    def forbidden(*_: object, **__: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "open", forbidden)
    refusal = asked(folder, "fish.jpg")
    assert isinstance(refusal, Refusal)
    assert refusal.problem is UNREADABLE


@pytest.mark.parametrize("name", ["missing", "file"])
def test_only_folders_are_shared(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SalonError):
        SharedFolder(tmp_path / name)


def a_file(folder: SharedFolder) -> SharedFile:
    found = asked(folder, "fish.jpg")
    assert isinstance(found, SharedFile)
    return found


async def hashed(folder: SharedFolder, file: SharedFile, every: float = 10) -> str:
    try:
        return await folder.hash_of(file, lambda: None, every)
    finally:
        file.close()


async def test_a_hash_is_remembered_until_the_file_is_another(
    folder: SharedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = folder.path / "fish.jpg"
    sha256 = hashlib.sha256(b"a fish").hexdigest()
    assert await hashed(folder, a_file(folder)) == sha256
    assert not folder._hashes  # it was written to this very moment, and may be again without its times telling
    monkeypatch.setattr(sharing, "now_ms", lambda: now_ms() + 3_000)
    assert await hashed(folder, a_file(folder)) == sha256
    again = a_file(folder)
    assert await hashed(folder, again) == sha256
    assert not again.hashed
    path.write_bytes(b"b fish")
    assert await hashed(folder, a_file(folder)) == hashlib.sha256(b"b fish").hexdigest()


async def test_no_more_hashes_are_kept_than_so_many(folder: SharedFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sharing, "now_ms", lambda: now_ms() + 3_000)
    monkeypatch.setattr(sharing, "_KEPT_HASHES", 2)
    for number in range(4):
        folder._keep((0, number, 0, 0, 0), str(number))
    assert list(folder._hashes.values()) == ["2", "3"]


async def test_large_files_say_how_far_they_are_and_do_not_hold_up_small_ones(
    folder: SharedFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sharing, "_SMALL_BYTES", 1)
    told = asyncio.Event()
    with (folder.path / "fish.jpg").open("wb") as file:
        file.truncate(400_000_000)
    large = a_file(folder)
    assert len(await folder.hash_of(large, told.set, 0.001)) == 64
    assert told.is_set()
    large.close()


async def test_a_file_that_changes_while_it_is_hashed(folder: SharedFolder) -> None:
    file = a_file(folder)
    (folder.path / "fish.jpg").write_bytes(b"a longer fish")
    with pytest.raises(SalonError) as caught:
        await hashed(folder, file)
    assert caught.value.refusal.problem is FILE_CHANGED


async def test_a_disk_that_fails_while_it_is_hashed(folder: SharedFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    file = a_file(folder)

    def broken(piece: memoryview) -> int:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(file, "_read_into", broken)
    with pytest.raises(SalonError) as caught:
        await hashed(folder, file)
    assert caught.value.refusal.problem is UNREADABLE


async def test_hashing_that_nobody_waits_for_ends(folder: SharedFolder) -> None:
    with (folder.path / "fish.jpg").open("wb") as made:
        made.truncate(1 << 40)  # hours of it
    file = a_file(folder)
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await folder.hash_of(file, lambda: None, 10)
    await asyncio.to_thread(file.close)
    assert file.name == SafeName("fish.jpg")
