"""QUIC: who reaches whom, what comes through, what is left open; and the mend of the binding."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import os
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

import pytest

from salon.ground import iroh_binding, quic
from salon.ground.iroh_binding import MENDED, binding
from salon.ground.quic import Connection, Endpoint, available, bind, each_family
from salon.ground.tasks import Tasks
from tests.support.eventually import eventually

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not available(), reason="there is no build of iroh for this system"),
]

PROTOCOL = b"salon/test"
HERE = each_family()
# What the mend replaces and relies on, as it reads in the version where it was tried.
WRITE = "80a30c45daf7f127f8d5137f736f90066d36ec166a28ea47d9d4f0fc1d941f84"
RESERVE = "694e770bc86848946f8123b7036c3b3553ff9fc34a727a66735f0f01fb1efa51"


@asynccontextmanager
async def joined() -> AsyncIterator[tuple[Connection, Connection]]:
    """Two ends of one connection."""
    here, there = (
        await bind(each_family(("127.0.0.1", 0)), protocols=[PROTOCOL]),
        await bind(HERE),
    )
    tasks = Tasks()
    try:
        accepted = tasks.start(first(here))
        dialled = await there.connect(here.id, [here.addresses[0]], PROTOCOL)
        yield dialled, await accepted
    finally:
        await there.close()
        await here.close()
        await tasks.close()


async def first(endpoint: Endpoint) -> Connection:
    async for arrival in endpoint.arrivals():
        return await arrival.let_in()
    raise AssertionError("nobody came")


def sockets() -> set[str]:
    """The UDP sockets of this process, as the kernel has them: hex address and port."""
    mine = set()
    for number in Path("/proc/self/fd").iterdir():
        try:
            mine.add(number.readlink().name)
        except FileNotFoundError:
            continue
    lines = [
        line.split() for name in ("udp", "udp6") for line in Path(f"/proc/self/net/{name}").read_text().splitlines()[1:]
    ]
    return {words[1] for words in lines if f"socket:[{words[9]}]" in mine}


async def test_what_is_written_on_either_side_comes_out_at_the_other() -> None:
    data = random.Random(1).randbytes(5_000_001)
    async with joined() as (dialled, accepted):
        asking = await dialled.open()
        await asking.write(b"?")
        answering = await accepted.accept()
        assert await answering.read() == b"?"
        tasks = Tasks()
        sending = tasks.start(answering.write(data))
        received = bytearray()
        while len(received) < len(data):
            received += await asking.read()
        await sending
        await answering.end()
        assert await asking.read() == b""
        await answering.taken()
        assert bytes(received) == data


async def test_each_side_knows_the_other_and_the_way() -> None:
    async with joined() as (dialled, accepted):
        assert len(dialled.peer) == 64
        assert dialled.peer != accepted.peer
        assert not dialled.relayed
        assert 0 <= dialled.round_trip < 1


async def test_an_endpoint_is_the_same_again_by_its_secret() -> None:
    one = await bind(HERE)
    await one.close()
    again = await bind(HERE, secret=one.secret)
    assert (again.id, again.secret) == (one.id, one.secret)
    await again.close()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's table")
async def test_an_endpoint_opens_the_two_sockets_that_it_is_told_and_no_other() -> None:
    before = sockets()
    endpoint = await bind(HERE, protocols=[PROTOCOL])
    wanted = {f"{int(address.rpartition(':')[2]):04X}" for address in endpoint.addresses}
    # iroh asks the router once for a port, over a third socket that it closes again.
    await eventually(lambda: len(sockets() - before) == 2)
    opened = {entry.partition(":") for entry in sockets() - before}
    assert {port for _, _, port in opened} == wanted
    assert {address for address, _, _ in opened} == {"0100007F", "00000000000000000000000001000000"}
    await endpoint.close()
    await eventually(lambda: not sockets() - before)


async def test_an_address_in_use_is_said() -> None:
    one = await bind(HERE)
    with pytest.raises(OSError, match="bind"):
        await bind((one.addresses[0], "[::1]:0"))
    await one.close()


async def test_another_id_at_the_address_is_nobody() -> None:
    here, stranger = (
        await bind(HERE, protocols=[PROTOCOL]),
        await bind(HERE),
    )
    tasks = Tasks()
    tasks.start(_let_everybody_in(here))
    with pytest.raises(ConnectionError):
        async with asyncio.timeout(20):
            await stranger.connect(stranger.id, [here.addresses[0]], PROTOCOL)
    await stranger.close()
    await here.close()
    await tasks.close()


async def _let_everybody_in(endpoint: Endpoint) -> None:
    async for arrival in endpoint.arrivals():
        try:
            await arrival.let_in()
        except ConnectionError:
            pass


async def test_who_is_refused_hears_it() -> None:
    here, there = await bind(HERE, protocols=[PROTOCOL]), await bind(HERE)

    async def refuse() -> None:
        async for arrival in here.arrivals():
            await arrival.refuse()

    tasks = Tasks()
    tasks.start(refuse())
    with pytest.raises(ConnectionError):
        await there.connect(here.id, [here.addresses[0]], PROTOCOL)
    await there.close()
    await here.close()
    await tasks.close()


async def test_a_stream_that_is_dropped_stops_who_writes_to_it() -> None:
    async with joined() as (dialled, accepted):
        asking = await dialled.open()
        await asking.write(b"?")
        answering = await accepted.accept()
        await asking.drop()
        await asking.drop()
        with pytest.raises(ConnectionError):
            await answering.write(bytes(64 << 20))
        with pytest.raises(ConnectionError):
            await answering.taken()


async def test_a_read_that_is_cancelled_leaves_the_connection_as_it_was() -> None:
    async with joined() as (dialled, accepted):
        asking = await dialled.open()
        await asking.write(b"?")
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await asking.read()
        await asking.drop()
        await (await accepted.accept()).drop()
        again = await dialled.open()
        await again.write(b"!")
        assert await (await accepted.accept()).read() == b"!"


async def test_a_closed_connection_ends_what_waits_on_it() -> None:
    async with joined() as (dialled, accepted):
        tasks = Tasks()
        waiting = tasks.start(accepted.accept())
        await asyncio.sleep(0)
        dialled.close("enough")
        with pytest.raises(ConnectionError):
            await waiting
        with pytest.raises(ConnectionError):
            await dialled.open()


async def test_without_a_build_there_is_no_endpoint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quic, "binding", lambda: None)
    assert not available()
    with pytest.raises(OSError, match="no build"):
        await bind(HERE)


@pytest.mark.parametrize(
    ("places", "addresses"),
    [
        ([], ("127.0.0.1:0", "[::1]:0")),
        ([("127.0.0.1", 9)], ("127.0.0.1:9", "[::1]:0")),
        ([("0.0.0.0", 9)], ("0.0.0.0:9", "[::1]:0")),
        ([("::", 9)], ("127.0.0.1:0", "[::]:9")),
        ([("127.0.0.1", 9), ("::1", 8), ("127.0.0.2", 7)], ("127.0.0.1:9", "[::1]:8")),
    ],
)
def test_an_endpoint_has_an_address_of_each_family(places: list[tuple[str, int]], addresses: tuple[str, str]) -> None:
    assert each_family(*places) == addresses


# the mend


def test_what_is_mended_reads_as_it_did_when_it_was_tried() -> None:
    """Fails with another iroh: look whether it still needs the mend, try it there, and write down what it reads now."""
    builder = binding()._UniffiRustBufferBuilder
    assert version("iroh") == MENDED
    source = Path(inspect.getfile(builder)).read_text(encoding="utf-8")
    write = source[source.index("    def write(self, value):\n        with self._reserve") :]
    assert hashlib.sha256(write[: write.index("\n\n") + 1].encode()).hexdigest() == WRITE
    assert hashlib.sha256(inspect.getsource(inspect.unwrap(builder._reserve)).encode()).hexdigest() == RESERVE


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 100_000])
def test_the_mend_writes_what_upstream_wrote(size: int) -> None:
    library, data = binding(), os.urandom(size)
    builder = library._UniffiRustBufferBuilder()
    builder.write_i32(7)
    builder.write(data)
    builder.write(memoryview(data))
    builder.write_u8(9)
    buffer = builder.finalize()
    assert buffer.data[: buffer.len] == b"\0\0\0\7" + data + data + b"\x09"
    buffer.free()


def test_another_version_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    library = binding()
    monkeypatch.setattr(iroh_binding, "version", lambda _: "9.9.9")
    monkeypatch.setattr(library._UniffiRustBufferBuilder, "write", None)
    assert iroh_binding.binding.__wrapped__() is library
    assert library._UniffiRustBufferBuilder.write is None
