"""Uploads that another server left: gone on with, shelved, or given up."""

from __future__ import annotations

from pathlib import Path

import pytest

from salon.core.commands import Unshelve
from salon.errors import Refusal
from salon.hall.receiving import Policy
from salon.hall.uploads import Upload
from salon.hall.waiting import submit
from tests.support.shelves import ANN, Shelves, Unwilling, sha256_of

pytestmark = pytest.mark.anyio


async def test_another_server_goes_on_with_what_was_left() -> None:
    shelves = Shelves()
    half, whole = await shelves.begin("half", 6), await shelves.begin("whole", 3)
    await shelves.receiving.write(half, b"abc")
    await shelves.blobs.write(whole.id, b"xyz")  # all is there, and the server ends
    later = Shelves(blobs=shelves.blobs, store=shelves.store)
    await later.shelving.start()
    assert await later.names() == ["whole"]
    found = later.receiving.upload(half.id)
    assert not isinstance(found, Refusal)
    assert (found.offset, found.left, found.note) == (3, 3, half.note)
    await later.go_on(found, b"def")
    assert await later.read("half") == b"abcdef"


async def test_a_disk_that_is_full_does_not_keep_a_server_from_starting(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Unwilling()
    shelves = Shelves(store=store)
    upload = await shelves.begin("a", 3)
    await shelves.blobs.write(upload.id, b"abc")
    store.full = True
    later = Shelves(blobs=shelves.blobs, store=store)
    await later.shelving.start()
    assert await later.names() == []
    store.full = False
    await later.receiving.keep_house()
    assert await later.read("a") == b"abc"


@pytest.mark.parametrize("note", [b"", b"{}", b"\xff"])
async def test_what_nobody_can_read_is_given_up(shelves: Shelves, note: bytes) -> None:
    await shelves.blobs.create("u", note)
    await shelves.shelving.start()
    assert await shelves.blobs.unfinished() == []


async def test_more_than_was_announced_is_given_up(shelves: Shelves) -> None:
    upload = await shelves.begin("a", 3)
    await shelves.blobs.write(upload.id, b"abcdef")
    later = Shelves(blobs=shelves.blobs, store=shelves.store)
    await later.shelving.start()
    assert await shelves.blobs.unfinished() == []
    assert await later.names() == []


async def test_a_file_that_is_shelved_already_is_not_shelved_again() -> None:
    """The server died before it could forget the upload; meanwhile the operator keeps another number of files."""
    shelves = Shelves()
    upload = await shelves.begin("a", 3)
    note = upload.encoded_note()
    await shelves.go_on(upload, b"abc")
    await shelves.send("b", b"xyz")
    await submit(shelves.hall, ANN, "lobby", "lobby", Unshelve("a"))
    await shelves.blobs.create(upload.id, note)
    await shelves.blobs.write(upload.id, b"abc")
    before = await shelves.events()
    later = Shelves(blobs=shelves.blobs, store=shelves.store, policy=Policy(keep=7))
    await later.shelving.start()
    assert await later.events() == before
    assert await later.names() == ["b"]
    assert not later.receiving.uploads
    assert await later.blobs.open(sha256_of(b"abc")) is None
    assert isinstance(await later.receiving.look_up(upload.id), type(upload))


async def test_what_cannot_be_gone_on_with_is_given_up_by_the_next_server(tmp_path: Path) -> None:
    begun = Shelves(tmp_path)
    half, whole = [await begun.receiving.begin(ANN, "", name, 4, once=True) for name in ("half", "whole")]
    assert isinstance(half, Upload)
    assert isinstance(whole, Upload)
    await begun.receiving.write(half, b"ab")
    await begun.receiving.write(whole, b"abcd")
    await begun.close()
    after = Shelves(tmp_path)
    await after.shelving.start()
    assert after.receiving.uploads == {}
    assert await after.names() == ["whole"]
    assert await after.blobs.unfinished() == []
    await after.close()
