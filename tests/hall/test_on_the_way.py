"""What a room is told of a file on its way."""

from __future__ import annotations

import asyncio
from typing import Any

import msgspec
import pytest

from salon.hall.following import Follower
from salon.hall.session import Session
from salon.wire.dialect import DOCUMENTS
from tests.support.shelves import Shelves, sha256_of

pytestmark = pytest.mark.anyio


class Line:
    """A connection that keeps what is written to it."""

    address = ""
    buffered = 0

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []

    def write(self, data: bytes) -> None:
        self.heard += [msgspec.json.decode(line) for line in data.splitlines()]

    def hold(self) -> None: ...
    def release(self) -> None: ...
    def abort(self) -> None: ...
    def close(self) -> None: ...

    def told(self, kind: str) -> list[dict[str, Any]]:
        return [d["payload"] for d in self.heard if d["payload"].get("kind") == kind]


async def listening(shelves: Shelves, room: str = "lobby") -> tuple[Line, Session]:
    line = Line()
    session = Session(line, DOCUMENTS)
    assert await shelves.hall.enter(session, f"guest {id(line)}", "") is None
    assert isinstance(await shelves.hall.join(session, room, None), Follower)
    return line, session


@pytest.mark.slow
async def test_a_room_is_told_how_far_a_file_is_at_most_twice_a_second() -> None:
    shelves = Shelves()
    line, session = await listening(shelves)
    busy_line, busy = await listening(shelves)
    elsewhere, _ = await listening(shelves, "tea")
    busy.park()
    shelves.clock.ahead += 1_000_000
    upload = await shelves.begin("a", 1000)
    for _ in range(400):
        await shelves.receiving.write(upload, b"x")
    shelves.clock.ahead += 500
    await shelves.receiving.write(upload, b"x")
    await shelves.receiving.discard(upload)
    await asyncio.sleep(0)
    told = line.told("upload")
    assert 2 <= len(told) <= 3  # the true clock goes on too
    assert told[0].get("offset", 0) == 0
    assert told[-1] | {"sender": "ann", "name": "a", "size": 1000, "offset": 401, "room": "lobby"} == told[-1]
    assert len(line.told("upload_gone")) == 1
    assert not busy_line.told("upload")
    assert not elsewhere.told("upload")
    session.park()
    busy.unpark()
    assert not busy_line.told("upload")
    await shelves.close()


@pytest.mark.slow
async def test_nothing_is_on_its_way_where_the_bytes_were_there() -> None:
    shelves = Shelves()
    await shelves.send("a", b"bytes")
    line, _ = await listening(shelves)
    assert (await shelves.begin("b", 5, offer=sha256_of(b"bytes"))).left == 0
    assert len(line.told("shelved")) == 1
    assert not line.told("upload")
    await shelves.close()
