"""Documents that are larger than others, because they hold a file."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from salon.core.limits import DOCUMENT_BYTES, FILE_DOCUMENT_BYTES, FILE_DOCUMENTS, MIB, STALLED_SECONDS
from salon.wire import files as wire_files
from salon.wire.files import FILE_IN_DOCUMENT_BYTES
from tests.edges.parcelled import Lab, encoded, lab, uploaded
from tests.support.eventually import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_exceptions", "fast")]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Lab]:
    async with lab(tmp_path) as house:
        yield house


async def test_a_file_too_large_for_a_document(house: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("salon.edges.lab", "salon.edges.errands"):
        monkeypatch.setattr(f"{module}.FILE_IN_DOCUMENT_BYTES", 10)
    assert wire_files.FILE_IN_DOCUMENT_BYTES > 11 * MIB
    ann = await house.peer("ann")
    ann.send("upload", file_name="a.txt", content=encoded(b"x" * 11))
    assert await ann.told() == uploaded("a.txt")
    ann.send("download", file_name="a.txt")
    assert await ann.told() == "File a.txt is too large (limit 10 bytes)"
    full = await house.full("full")
    full.send("download", file_name="a.txt")
    assert await full.until("download-ack") == {"file_name": "a.txt", "file_size": 11}
    assert await full.exactly(11) == b"x" * 11


def _large(name: str, size: int) -> bytes:
    return json.dumps({"type": "upload", "payload": {"file_name": name, "content": encoded(bytes(size))}}).encode()


@pytest.mark.parametrize("full", [False, True])
async def test_a_document_with_a_file_may_be_larger(house: Lab, full: bool) -> None:
    ann = await (house.full("ann") if full else house.peer("ann"))
    document = _large("a.bin", FILE_IN_DOCUMENT_BYTES)
    assert DOCUMENT_BYTES < len(document) <= FILE_DOCUMENT_BYTES
    for _ in range(2):
        ann.raw(document)
        assert await ann.told() == uploaded("a.bin")
    ann.raw(json.dumps({"type": "message", "payload": {"text": "x" * DOCUMENT_BYTES}}).encode())
    assert "A document has at most 8388608 bytes." in await ann.guest.end()


async def test_python_documents_with_a_file_may_be_larger_too(house: Lab) -> None:
    guest = await house.guest(repr({"type": "connect", "payload": {"name": "ann"}}).encode())
    await guest.until("}}")
    payload = {"file_name": "a.bin", "content": encoded(bytes(9 * MIB))}
    guest.send(repr({"type": "upload", "payload": payload}).encode())
    await guest.until(uploaded("a.bin"))


async def test_only_so_many_at_once_and_who_stands_still_gives_way(house: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    document = _large("a.bin", 10 * MIB)
    half = document[: 9 * MIB]
    stuck = [await house.full(f"stuck{n}") for n in range(FILE_DOCUMENTS)]
    outlets = [one.outlet for one in house.hall.sessions]
    for one in stuck:
        one.raw(half)
    await eventually(lambda: all(one._reader.held == len(half) for one in outlets))  # type: ignore[attr-defined]
    ann = await house.peer("ann")
    ann.raw(document)
    end = await ann.guest.end()
    assert "at most 2 documents of this size at once" in end
    loop = asyncio.get_running_loop()
    now = loop.time
    monkeypatch.setattr(loop, "time", lambda: now() + STALLED_SECONDS + 1)
    bob = await house.peer("bob")
    bob.raw(document)
    assert await bob.told() == uploaded("a.bin", "bob")
    monkeypatch.undo()
    for one in stuck:
        assert "Nothing whole arrived within 10 s." in await one.guest.end()
