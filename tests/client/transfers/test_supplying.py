"""An owner's client, and what comes to it: strangers, the impatient, files that change, more than it gives at once."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from salon.client import Client
from salon.client.transfers import State, supplying
from salon.client.transfers.sharing import SharedFile
from salon.client.transfers.supplying import Offer
from salon.wire.fetching import Fetch, Found, Missing, decode_found, encode
from tests.support.eventually import eventually
from tests.support.filing import done, some_bytes
from tests.support.people import RELAYED, direct_ways, failed, person
from tests.support.servers import Server

pytestmark = pytest.mark.anyio

FISH = some_bytes(700_001)


@pytest.fixture
async def bob(at: Server, tmp_path: Path) -> AsyncIterator[Client]:
    (tmp_path / "bob").mkdir()
    (tmp_path / "bob/fish.jpg").write_bytes(FISH)
    async with person(at.address, "bob", tmp_path / "bob") as client:
        yield client


async def agreed(ann: Client, bob: Client) -> Offer:
    """Ann has asked for the fish, and fetches it by hand."""
    supplied = await ann.peers.ask("bob", "fish.jpg")  # type: ignore[arg-type]
    assert bob.peers._supplier is not None
    offer = bob.peers._supplier.offers[supplied.request]
    assert supplied.secret == offer.asked.secret
    return offer


async def dialled(bob: Client) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection("127.0.0.1", bob.peers.port)


async def answer(reader: asyncio.StreamReader) -> Found | Missing:
    return decode_found((await reader.readline()).rstrip(b"\n"))


async def test_one_connection_carries_one_fetch_after_the_other(ann: Client, bob: Client) -> None:
    offer = await agreed(ann, bob)
    reader, writer = await dialled(bob)
    for offset, length in ((0, 0), (5, 10), (700_000, None), (9_999_999, None), (0, None)):
        writer.write(encode(Fetch(offer.asked.secret, id=offer.asked.request, offset=offset, length=length)))
        found = await answer(reader)
        assert isinstance(found, Found)
        begin = min(offset, len(FISH))
        assert (found.offset, found.size) == (begin, len(FISH))
        expected = FISH[begin:] if length is None else FISH[begin : begin + length]
        assert await reader.readexactly(found.length) == expected
    writer.write_eof()
    assert await reader.read() == b""
    writer.close()


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"ticket": "guessed", "id": "REQUEST"}, "no_such_request"),
        ({"ticket": "é\ud800"[:1], "id": "REQUEST"}, "no_such_request"),
        ({"ticket": "SECRET", "id": "another"}, "no_such_request"),
        ({"ticket": "SECRET", "room": "lobby", "name": "fish.jpg"}, "no_such_request"),
        ({"ticket": "SECRET"}, "bad_document"),
        ("no json", "bad_document"),
    ],
)
async def test_who_shows_no_secret_learns_nothing(ann: Client, bob: Client, line: Any, code: str) -> None:
    offer = await agreed(ann, bob)
    reader, writer = await dialled(bob)
    text = json.dumps(line).replace("SECRET", offer.asked.secret).replace("REQUEST", offer.asked.request)
    writer.write(text.encode() + b"\n")
    missing = await answer(reader)
    assert isinstance(missing, Missing)
    assert missing.code == code
    assert await reader.read() == b""
    writer.close()


async def test_who_says_nothing_or_too_much_is_dropped(bob: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supplying, "_FIRST_LINE_SECONDS", 0.05)
    for words in (b"", b"x" * 20_000 + b"\n", b"half a line"):
        reader, writer = await dialled(bob)
        writer.write(words)
        with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
            await reader.readexactly(1)
        writer.close()


async def test_a_crowd_of_strangers_is_bounded(bob: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supplying, "_STRANGERS", 3)
    lines = [await dialled(bob) for _ in range(3)]
    assert bob.peers._supplier is not None
    await eventually(lambda: bob.peers._supplier._strangers == 3)  # type: ignore[union-attr]
    reader, writer = await dialled(bob)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await reader.readexactly(1)
    for _, one in [*lines, (reader, writer)]:
        one.transport.abort()
    await eventually(lambda: not bob.peers._supplier._strangers)  # type: ignore[union-attr]


async def test_a_file_that_changed_is_not_sent(ann: Client, bob: Client, tmp_path: Path) -> None:
    offer = await agreed(ann, bob)
    (tmp_path / "bob/fish.jpg").write_bytes(b"another")
    reader, writer = await dialled(bob)
    writer.write(encode(Fetch(offer.asked.secret, id=offer.asked.request)))
    missing = await answer(reader)
    assert isinstance(missing, Missing)
    assert missing.code == "file_changed"
    writer.close()


@pytest.mark.parametrize("kernel", [True, False])
async def test_a_file_that_gets_shorter_on_its_way_ends_the_stream(
    ann: Client, bob: Client, monkeypatch: pytest.MonkeyPatch, kernel: bool
) -> None:
    offer = await agreed(ann, bob)
    if not kernel:
        monkeypatch.delattr("os.sendfile")  # as on Windows
    monkeypatch.setattr(SharedFile, "changed", False)
    path = Path(f"/proc/self/fd/{offer.file.file.fileno()}").resolve()
    with path.open("r+b") as file:
        file.truncate(1000)
    reader, writer = await dialled(bob)
    writer.write(encode(Fetch(offer.asked.secret, id=offer.asked.request)))
    assert isinstance(await answer(reader), Found)
    with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
        await reader.readexactly(len(FISH))
    writer.close()


@pytest.mark.parametrize("path", ["direct", RELAYED])
async def test_without_sendfile_it_is_read_and_written(
    ann: Client, bob: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    monkeypatch.delattr("os.sendfile")
    async with direct_ways(monkeypatch) as ways:
        if path == RELAYED:
            ways.open.clear()
        await done(ann.transfers.request("bob", "fish.jpg", tmp_path))
    assert (tmp_path / "fish.jpg").read_bytes() == FISH


async def test_more_than_it_gives_at_once_waits(
    at: Server, ann: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALON_SUPPLIES", "1")
    async with person(at.address, "bob", tmp_path / "bob") as bob:
        (tmp_path / "bob/fish.jpg").write_bytes(FISH)
        offer = await agreed(ann, bob)
        assert await failed(ann.transfers.request("bob", "fish.jpg", tmp_path)) == "supplies_full"
        assert bob.peers._supplier is not None
        bob.peers._supplier.withdrawn(offer.asked.request)
        await done(ann.transfers.request("bob", "fish.jpg", tmp_path))


async def test_withdrawn_while_it_is_hashed(
    at: Server, ann: Client, bob: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashing, go_on = asyncio.Event(), asyncio.Event()
    assert bob.peers._supplier is not None
    real = bob.peers._supplier.folder.hash_of

    async def slowly(file: SharedFile, told: Any, every: float) -> str:
        told()
        hashing.set()
        await go_on.wait()
        return await real(file, told, every)

    monkeypatch.setattr(bob.peers._supplier.folder, "hash_of", slowly)
    job = ann.transfers.request("bob", "fish.jpg", tmp_path)
    await hashing.wait()
    job.cancel()
    assert (await job.wait()).state is State.CANCELLED
    go_on.set()
    await eventually(lambda: not at.hall.requests._wishes)  # the answer came, and nobody wanted it any more
    await eventually(lambda: not bob.peers._supplier.offers)  # type: ignore[union-attr]


async def test_bytes_that_are_not_those_of_the_hash_are_thrown_away(
    ann: Client, bob: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def wrong(*_: object) -> str:
        return "ab" * 32

    assert bob.peers._supplier is not None
    monkeypatch.setattr(bob.peers._supplier.folder, "hash_of", wrong)
    (tmp_path / "ann").mkdir()
    assert await failed(ann.transfers.request("bob", "fish.jpg", tmp_path / "ann")) == "bytes_differ"
    assert not list((tmp_path / "ann").iterdir())


async def test_an_owner_who_says_that_it_hashes_is_waited_for(
    ann: Client, bob: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann.peers._answer_seconds = 0.05
    assert bob.peers._supplier is not None
    real = bob.peers._supplier.folder.hash_of

    async def slowly(file: SharedFile, told: Any, every: float) -> str:
        heard = ann.peers._heard[("bob", "fish.jpg")]
        for _ in range(2):
            told()
            await eventually(heard.is_set)
            await eventually(lambda: not heard.is_set())  # the patience with this word is over
        ann.peers._answer_seconds = 20
        told()
        return await real(file, told, every)

    monkeypatch.setattr(bob.peers._supplier.folder, "hash_of", slowly)
    states: list[State] = []
    ann.transfers.changed = lambda job: states.append(job.look().state)
    await done(ann.transfers.request("bob", "fish.jpg", tmp_path))
    assert State.CUT not in states
