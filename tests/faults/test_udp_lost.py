"""`salon get --udp` where datagrams are lost, where none comes through, and where either side is killed."""

from __future__ import annotations

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from salon.ground.quic import available
from tests.support.commands import MEGABYTES, SECONDS, Person
from tests.support.eventually import eventually
from tests.support.namespaces import Namespace, namespace
from tests.support.servers import Program, program

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(not available(), reason="there is no build of iroh for this system"),
]


def some_bytes(size: int) -> bytes:
    return random.Random(size).randbytes(size)


@pytest.mark.root
@pytest.mark.skipif(sys.platform != "linux", reason="needs network namespaces")
class TestInANetworkThatLoses:
    """As root on Linux: a network of its own for server and client."""

    @pytest.fixture
    def network(self) -> Iterator[Namespace]:
        with namespace() as network:
            yield network

    @pytest.fixture
    async def server(self, tmp_path: Path, network: Namespace) -> AsyncIterator[Program]:
        async with program(tmp_path / "server", inside=network.inside) as server:
            yield server

    @pytest.fixture
    def ann(self, tmp_path: Path, server: Program, network: Namespace) -> Person:
        return Person(tmp_path / "ann", server.port, network.inside)

    async def test_a_fifth_of_all_datagrams_may_be_lost(self, ann: Person, network: Namespace) -> None:
        data = some_bytes(8 * MEGABYTES)
        (ann.folder / "big").write_bytes(data)
        assert (await ann.send("big")).status == 0
        network.lose(20)
        got = await ann.run("get", "big", "--udp", "--replace")
        assert (got.status, got.err) == (0, "big comes over UDP.\n")
        assert (ann.folder / "big").read_bytes() == data

    async def test_where_all_are_lost_it_comes_over_tcp(self, ann: Person, network: Namespace) -> None:
        (ann.folder / "a").write_bytes(b"once")
        assert (await ann.send("a")).status == 0
        network.lose(100)
        got = await ann.run("get", "a", "--udp", "-o", "b")
        place = f"127.0.0.1:{ann.port}"
        assert (got.status, got.err) == (0, f"Nobody answers over UDP at {place}. a comes over TCP.\n")
        assert (ann.folder / "b").read_bytes() == b"once"

    async def test_where_they_are_lost_on_the_way_tcp_takes_the_rest(self, ann: Person, network: Namespace) -> None:
        data = some_bytes(40 * MEGABYTES)
        (ann.folder / "big").write_bytes(data)
        assert (await ann.send("big")).status == 0
        (ann.folder / "big").unlink()
        network.lose(10)  # slow enough to be stopped on the way
        process = await ann.start("get", "big", "--udp")
        await eventually(lambda: part_size(ann.folder) > MEGABYTES, SECONDS)
        network.lose(100)
        _, err = await process.communicate()
        assert process.returncode == 0, err
        assert err.decode().startswith("big comes over UDP.\n")
        assert err.decode().endswith("big comes over TCP.\n")
        assert (ann.folder / "big").read_bytes() == data


class TestKilled:
    @pytest.fixture
    async def server(self, tmp_path: Path) -> AsyncIterator[Program]:
        async with program(tmp_path / "server") as server:
            yield server

    @pytest.fixture
    async def ann(self, tmp_path: Path, server: Program) -> Person:
        ann = Person(tmp_path / "ann", server.port)
        with (ann.folder / "big").open("wb") as file:
            file.truncate(600 * MEGABYTES)  # of zeroes: long enough on its way for something to happen
        assert (await ann.send("big")).status == 0
        return ann

    async def test_a_client_that_is_killed_goes_on_and_shows_no_half_file(self, ann: Person) -> None:
        process = await ann.start("get", "big", "--udp", "-o", "down")
        await eventually(lambda: part_size(ann.folder) > MEGABYTES, SECONDS)
        process.kill()
        await process.communicate()
        size = part_size(ann.folder)
        assert 0 < size < 600 * MEGABYTES
        assert not (ann.folder / "down").exists()
        got = await ann.run("get", "big", "--udp", "-o", "down")
        assert (got.status, got.err) == (0, "big comes over UDP.\n")
        assert same(ann.folder / "big", ann.folder / "down")
        assert not part_size(ann.folder)

    async def test_a_server_that_is_killed_is_gone_on_with(self, ann: Person, server: Program) -> None:
        process = await ann.start("get", "big", "--udp", "-o", "down")
        await eventually(lambda: part_size(ann.folder) > MEGABYTES, SECONDS)
        await server.kill()
        await server.start()
        async with asyncio.timeout(SECONDS):
            _, err = await process.communicate()
        assert process.returncode == 0, err
        assert b"Trying again" in err
        assert same(ann.folder / "big", ann.folder / "down")


def part_size(folder: Path) -> int:
    """Bytes of a download that stand in the folder, not whole."""
    return sum(one.stat().st_size for one in folder.iterdir() if one.name.endswith(".part"))


def same(one: Path, other: Path) -> bool:
    """Whether two files have the same bytes; those of both are zeroes here, and few of them on the disk."""
    with one.open("rb") as first, other.open("rb") as second:
        while (piece := first.read(MEGABYTES)) == second.read(MEGABYTES):
            if not piece:
                return os.fstat(first.fileno()).st_size == os.fstat(second.fileno()).st_size
    return False
