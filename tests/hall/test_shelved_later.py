"""Files that came whole and cannot be shelved at once; uploads that are over."""

from __future__ import annotations

import pytest

from salon.core.commands import Say, Unshelve
from salon.core.events import Shelved
from salon.errors import DISK_FULL, NO_SUCH_FILE, UNKNOWN_UPLOAD, Refusal
from salon.hall.waiting import submit
from tests.support.shelves import ANN, Shelves, Unwilling, disk_full, sha256_of

pytestmark = pytest.mark.anyio


async def refusal_of(shelves: Shelves, upload_id: str) -> Refusal:
    looked = await shelves.receiving.look_up(upload_id)
    assert isinstance(looked, Refusal)
    return looked


async def test_a_file_that_the_log_cannot_take_yet_is_shelved_later() -> None:
    store = Unwilling()
    shelves = Shelves(store=store)
    await shelves.send("old", b"bytes")
    upload = await shelves.begin("new", 5)
    store.full = True
    await shelves.receiving.write(upload, b"bytes")
    outcome = await shelves.receiving.complete(upload)
    assert isinstance(outcome, Refusal)
    assert outcome.problem is DISK_FULL
    looked = await shelves.receiving.look_up(upload.id)
    assert isinstance(looked, Refusal)
    store.full = False
    await submit(shelves.hall, ANN, "lobby", "lobby", Unshelve("old"))  # the last shelf that named the bytes
    await shelves.receiving.keep_house()
    assert await shelves.receiving.look_up(upload.id) is upload
    assert await shelves.read("new") == b"bytes"
    assert sum(isinstance(event, Shelved) for event in await shelves.events()) == 2
    await shelves.close()


async def test_a_file_that_cannot_be_stored_yet_is_stored_later(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks is told why; also a server that starts meanwhile keeps it."""
    shelves = Shelves()
    upload = await shelves.begin("a", 5)
    await shelves.receiving.write(upload, b"bytes")

    with monkeypatch.context() as patch:
        patch.setattr(shelves.blobs, "finish", disk_full)
        assert (await refusal_of(shelves, upload.id)).problem is DISK_FULL
        later = Shelves(blobs=shelves.blobs, store=shelves.store)
        await later.shelving.start()
        assert await later.names() == []
    assert not isinstance(await later.receiving.look_up(upload.id), Refusal)
    assert await later.read("a") == b"bytes"


async def test_bytes_that_were_never_shelved_go_with_their_upload() -> None:
    store = Unwilling()
    shelves = Shelves(store=store)
    upload = await shelves.begin("new", 5)
    await shelves.receiving.write(upload, b"bytes")
    store.full = True
    await shelves.receiving.complete(upload)
    await shelves.receiving.discard(upload)
    assert await shelves.blobs.open(sha256_of(b"bytes")) is None
    await shelves.close()


async def test_an_upload_refused_for_good_is_over() -> None:
    """Its id was used for something else: nothing will make that good."""
    shelves = Shelves()
    upload = await shelves.begin("a", 5)
    await submit(shelves.hall, ANN, "lobby", "lobby", Say("first", id=f"upload {upload.id}"))
    await shelves.receiving.write(upload, b"bytes")
    assert isinstance(await shelves.receiving.complete(upload), Refusal)
    assert (await refusal_of(shelves, upload.id)).problem is UNKNOWN_UPLOAD
    assert await shelves.blobs.open(sha256_of(b"bytes")) is None
    assert await shelves.read("a") is NO_SUCH_FILE
    await shelves.close()


async def test_only_the_newest_that_are_over_are_remembered(shelves: Shelves, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("salon.hall.receiving._FINISHED", 2)
    first, second, third = [await shelves.send(f"f{n}", b"x") for n in range(3)]
    assert (await refusal_of(shelves, first.id)).problem is UNKNOWN_UPLOAD
    assert await shelves.receiving.look_up(second.id) is second
    assert await shelves.receiving.look_up(third.id) is third
