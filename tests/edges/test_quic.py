"""Files over UDP at the server's edge: who may fetch what, with which ticket, and when the port is opened."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from salon.client import connect
from salon.client.transfers import ByName
from salon.client.transfers.plain import Plain
from salon.core.limits import FETCH_LINE_BYTES
from salon.core.people import Person
from salon.edges import fetches, quic
from salon.errors import BAD_DOCUMENT, BAD_TICKET, NO_SUCH_FILE, SalonError, refuse
from salon.ground.quic import Connection, Stream, available, bind, each_family
from salon.hall.shelving import Opened
from salon.wire.fetching import ALPN, Fetch, FirstLine, Found, Missing, decode_found, encode
from salon.wire.opening import UdpTicket
from tests.support.eventually import eventually
from tests.support.filing import ROOM, FileServer, filing, some_bytes

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not available(), reason="there is no build of iroh for this system"),
    pytest.mark.usefixtures("no_exceptions"),
]
DATA = some_bytes(700_001)
HASH = hashlib.sha256(DATA).hexdigest()


async def ticket(server: FileServer) -> UdpTicket:
    answer = await Plain(server.address, ByName("ann", ""), 5).ask("POST", "/udp")
    assert answer.status == 200
    return msgspec.json.decode(answer.body, type=UdpTicket)


@asynccontextmanager
async def line(server: FileServer, protocol: bytes = ALPN) -> AsyncIterator[tuple[Connection, str]]:
    """A connection, and a ticket for it."""
    endpoint = await bind(each_family())
    try:
        place = await ticket(server)
        assert place.addresses == []  # none that another machine could reach
        connection = await endpoint.connect(place.endpoint, [str(server.address)], protocol)
        yield connection, place.ticket
        connection.close()
    finally:
        await endpoint.close()


async def asked(connection: Connection, line: bytes) -> tuple[Found | Missing, bytes]:
    """The answer to a line on a stream of its own, and what follows it."""
    stream = await connection.open()
    await stream.write(line)
    return await answered(stream)


async def answered(stream: Stream) -> tuple[Found | Missing, bytes]:
    reader, first, rest = FirstLine(), None, b""
    while data := await stream.read():
        if first is None:
            first = reader.feed(data)
            data = reader.rest
        rest += data if first is not None else b""
    assert first is not None
    await stream.end()
    return decode_found(first), rest


async def drained(stream: Stream) -> None:
    while await stream.read():
        pass


async def fetched(connection: Connection, fetch: Fetch) -> tuple[Found | Missing, bytes]:
    return await asked(connection, encode(fetch))


@asynccontextmanager
async def shelf(tmp_path: Path) -> AsyncIterator[FileServer]:
    async with filing(tmp_path) as server:
        await server.put("a.bin", DATA)
        yield server


@pytest.mark.parametrize(("name", "sha256"), [("a.bin", ""), ("", HASH), ("a.bin", HASH)])
@pytest.mark.parametrize(("offset", "length"), [(0, None), (7, 100), (700_001, None), (900_000, 5), (0, 0)])
async def test_any_part_of_a_file_by_name_or_hash(
    tmp_path: Path, name: str, sha256: str, offset: int, length: int | None
) -> None:
    async with shelf(tmp_path) as server, line(server) as (connection, ticket):
        found, data = await fetched(connection, Fetch(ticket, ROOM, name, sha256, offset=offset, length=length))
        wanted = DATA[offset:] if length is None else DATA[offset : offset + length]
        assert found == Found(len(DATA), HASH, min(offset, len(DATA)), len(wanted))
        assert data == wanted


@pytest.mark.parametrize(
    "fetch",
    [
        Fetch(room=ROOM, name="b.bin"),
        Fetch(room=ROOM, name="a.bin", sha256="0" * 64),
        Fetch(room=ROOM, sha256="0" * 64),
    ],
)
async def test_what_is_not_there_is_refused(tmp_path: Path, fetch: Fetch) -> None:
    async with shelf(tmp_path) as server, line(server) as (connection, ticket):
        missing, data = await fetched(connection, msgspec.structs.replace(fetch, ticket=ticket))
        assert isinstance(missing, Missing)
        assert (missing.code, data) == (NO_SUCH_FILE.code, b"")


@pytest.mark.parametrize("name", ["../salon.db", "/etc/passwd", "a\0b", "CON", ""])
async def test_no_name_leads_out_of_the_shelf(tmp_path: Path, name: str) -> None:
    async with shelf(tmp_path) as server, line(server) as (connection, ticket):
        missing, data = await fetched(connection, Fetch(ticket, ROOM, name))
        assert isinstance(missing, Missing)
        assert data == b""


@pytest.mark.parametrize("words", [b"GET / HTTP/1.1\r\n", b"{}\n", b"\xff\n", b"x" * FETCH_LINE_BYTES + b"xx"])
async def test_who_asks_in_other_words_is_told(tmp_path: Path, words: bytes) -> None:
    async with shelf(tmp_path) as server, line(server) as (connection, _):
        missing, _ = await asked(connection, words)
        assert isinstance(missing, Missing)
        assert missing.code == BAD_DOCUMENT.code


async def test_a_ticket_is_good_for_one_connection_and_all_fetches_on_it(tmp_path: Path) -> None:
    async with shelf(tmp_path) as server, line(server) as (connection, ticket), line(server) as (other, another):
        wish = Fetch(ticket, ROOM, "a.bin", length=5)
        answers = await asyncio.gather(*(fetched(connection, wish) for _ in range(40)))
        assert {data for _, data in answers} == {DATA[:5]}
        missing, _ = await fetched(other, wish)
        assert isinstance(missing, Missing)
        assert missing.code == BAD_TICKET.code
        missing, _ = await fetched(connection, Fetch(another, ROOM, "a.bin"))
        assert isinstance(missing, Missing)
        found, _ = await fetched(other, Fetch(another, ROOM, "a.bin"))
        assert isinstance(found, Found)


async def test_a_room_that_is_not_open_is_nobodys_without_a_name(tmp_path: Path) -> None:
    async with (
        shelf(tmp_path) as server,
        connect(str(server.address), name="ann", secret="a" * 32) as ann,
        connect(str(server.address), name="bob", secret="b" * 32),
        line(server) as (connection, ticket),
    ):
        await ann.say("psst", to="bob")
        missing, _ = await fetched(connection, Fetch(ticket, "@ann:bob", "a.bin"))
        assert isinstance(missing, Missing)
        assert missing.code == "unknown_room"


async def test_what_is_fetched_is_counted_once_it_is_there(tmp_path: Path) -> None:
    async with shelf(tmp_path) as server, line(server) as (connection, ticket):
        store = server.shelves.hall.store
        stream = await connection.open()
        await stream.write(encode(Fetch(ticket, ROOM, "a.bin")))
        while await stream.read():
            assert not await store.downloads(ROOM)
        await stream.end()
        await asyncio.wait_for(_until_counted(server), 10)


async def _until_counted(server: FileServer) -> None:
    while not await server.shelves.hall.store.downloads(ROOM):  # noqa: ASYNC110 -- the store says nothing by itself
        await asyncio.sleep(0.001)


async def test_who_goes_in_the_middle_leaves_nothing_behind(tmp_path: Path) -> None:
    async with filing(tmp_path) as server:
        await server.put("big", bytes(30_000_000))
        async with line(server) as (connection, ticket):
            stream = await connection.open()
            await stream.write(encode(Fetch(ticket, ROOM, "big")))
            await stream.read()
            await eventually(lambda: len(server.shelves.hall.transfers) == 1)
            connection.close()
        await eventually(lambda: not len(server.shelves.hall.transfers))
        await eventually(lambda: not server.opener.openings._open)


async def test_a_file_that_got_shorter_ends_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with shelf(tmp_path) as server, line(server) as (connection, ticket):
        open_file = server.shelves.shelving.open

        async def shortened(person: Person, room: str, name: str) -> Opened:
            opened = await open_file(person, room, name)
            assert isinstance(opened, Opened)
            return msgspec.structs.replace(opened, size=opened.size + 1)

        monkeypatch.setattr(server.shelves.shelving, "open", shortened)
        stream = await connection.open()
        await stream.write(encode(Fetch(ticket, ROOM, "a.bin")))
        with pytest.raises(ConnectionError):
            await drained(stream)


async def test_trouble_of_the_store_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with shelf(tmp_path) as server, line(server) as (connection, ticket):

        async def failing(*_: object) -> object:
            raise SalonError(refuse(NO_SUCH_FILE, name="it"))

        monkeypatch.setattr(server.shelves.shelving, "open", failing)
        missing, _ = await fetched(connection, Fetch(ticket, ROOM, "a.bin"))
        assert isinstance(missing, Missing)


async def test_who_says_nothing_is_not_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quic, "FIRST_WORDS_SECONDS", 0.1)
    monkeypatch.setattr(fetches, "FIRST_WORDS_SECONDS", 0.1)
    async with shelf(tmp_path) as server:
        async with line(server) as (silent, _):
            with pytest.raises(ConnectionError):
                await silent.accept()
        async with line(server) as (slow, ticket):
            stream = await slow.open()
            await stream.write(b"{")
            with pytest.raises(ConnectionError):
                await drained(stream)
            ended = await slow.open()
            await ended.write(b"{")
            await ended.end()
            with pytest.raises(ConnectionError):
                await drained(ended)
            found, _ = await fetched(slow, Fetch(ticket, ROOM, "a.bin"))
            assert isinstance(found, Found)


async def test_too_many_strangers_are_sent_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quic, "_SHAKING_HANDS", 1)
    async with shelf(tmp_path) as server, line(server) as (first, ticket):
        endpoint = await bind(each_family())
        place = server.opener.openings.place
        assert place is not None
        with pytest.raises(ConnectionError):
            await endpoint.connect(place.endpoint, [str(server.address)], ALPN)
        found, _ = await fetched(first, Fetch(ticket, ROOM, "a.bin"))  # now one knows who it is
        assert isinstance(found, Found)
        (await endpoint.connect(place.endpoint, [str(server.address)], ALPN)).close()
        await endpoint.close()


async def test_another_protocol_is_not_spoken(tmp_path: Path) -> None:
    async with shelf(tmp_path) as server:
        with pytest.raises(ConnectionError):
            async with line(server, b"h3"):
                pass
        async with line(server):
            pass
