"""Whoever answers at an owner's address need not be the owner; what answers at the relay need not be a relay."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest

from salon.client.address import Address
from salon.client.transfers import paths, peers
from salon.client.transfers.stream import Stream
from salon.core.limits import KIB
from salon.errors import SalonError
from salon.wire.passing import Relay, relay_line
from tests.support.filing import done, some_bytes
from tests.support.party import rest
from tests.support.people import RELAYED, person
from tests.support.servers import serving

pytestmark = pytest.mark.anyio

FISH = some_bytes(400_000)
HASH = "ab" * 32


@asynccontextmanager
async def somebody(answer: bytes, *, closes: bool = True) -> AsyncIterator[Address]:
    """A server that says this to every line, and then nothing more."""
    writers: list[asyncio.StreamWriter] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        with suppress(ConnectionError):
            await reader.readline()
            writer.write(answer)
            if not closes:
                await reader.read()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        yield Address("127.0.0.1", server.sockets[0].getsockname()[1])
    finally:
        server.close()
        for writer in writers:
            writer.transport.abort()
        await rest()


@pytest.mark.parametrize(
    ("answer", "closes"),
    [
        (b"", True),
        (b"", False),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n", True),
        (b"{}\n", False),
        (b'{"size":400000,"sha256":"' + HASH.encode() + b'","offset":0,"length":0}\n', False),
        (b'{"code":"no_such_request","message":"?"}\n', False),
        (b"x" * 64 * KIB, False),
        (b"half a line", True),
    ],
)
async def test_a_stranger_at_the_owners_address_is_left_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: bytes, closes: bool
) -> None:
    monkeypatch.setattr(paths, "_PROOF_SECONDS", 0.2)
    async with serving() as at, somebody(answer, closes=closes) as stranger:

        async def dial(_: Address) -> Stream:
            return await paths.dial_direct(stranger)

        monkeypatch.setattr(peers, "dial_direct", dial)
        (tmp_path / "bob").mkdir()
        (tmp_path / "bob/fish.jpg").write_bytes(FISH)
        async with person(at.address, "bob", tmp_path / "bob"), person(at.address, "ann") as ann:
            transfer = await done(ann.transfers.request("bob", "fish.jpg", tmp_path))
    assert transfer.path == RELAYED
    assert (tmp_path / "fish.jpg").read_bytes() == FISH


@pytest.mark.parametrize("answer", [b"", b"no json\n", b"{}\n", b'{"type":"joined"', b'{"type":"x","payload":[]}\n'])
async def test_what_is_no_relay_is_told_apart(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    monkeypatch.setattr(paths, "_MEETING_SECONDS", 0.2)
    async with somebody(answer) as there:
        with pytest.raises(ConnectionError):
            await paths.dial_relay(there, relay_line(Relay("q", "t")))


async def test_what_the_server_says_against_it_is_its_refusal() -> None:
    async with somebody(b'{"type":"error","payload":{"code":"relays_full","message":"No."}}\n') as there:
        with pytest.raises(SalonError, match=r"No\."):
            await paths.dial_relay(there, relay_line(Relay("q", "t")))


async def test_a_relay_that_never_answers_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paths, "_MEETING_SECONDS", 0.05)
    async with somebody(b"", closes=False) as there:
        with pytest.raises(ConnectionError):
            await paths.dial_relay(there, relay_line(Relay("q", "t")))


async def test_a_stream_that_falls_silent_is_left_for_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half way the direct way stands still, without being cut."""
    from salon.client.transfers import requesting

    monkeypatch.setattr(requesting, "_SILENCE_SECONDS", 0.2)
    real = Stream.piece
    given = 0

    async def stuck(stream: Stream, most: int) -> bytes:
        nonlocal given
        data = await real(stream, most)
        if most > KIB * 20 and stream.transport.get_extra_info("peername")[1] in direct:
            given += len(data)
            if given > 100_000:
                await asyncio.Event().wait()
        return data

    monkeypatch.setattr(Stream, "piece", stuck)
    direct: set[int] = set()
    async with serving() as at:
        (tmp_path / "bob").mkdir()
        (tmp_path / "bob/fish.jpg").write_bytes(FISH * 10)
        async with person(at.address, "bob", tmp_path / "bob") as bob, person(at.address, "ann") as ann:
            direct.add(bob.peers.port)
            transfer = await done(ann.transfers.request("bob", "fish.jpg", tmp_path))
    assert (tmp_path / "fish.jpg").read_bytes() == FISH * 10
    assert transfer.path == RELAYED
