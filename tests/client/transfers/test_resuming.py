"""Lines that are cut, servers that start again, programs that die: nothing begins from zero again."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest

from salon.client.transfers import State
from salon.errors import (
    LOST_SERVER,
)
from salon.hall.receiving import Policy
from tests.support.eventually import eventually
from tests.support.filing import (
    MILLION,
    ROOM,
    Spy,
    done,
    filing,
    refused,
    some_bytes,
    transferring,
)
from tests.support.proxies import proxy

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


async def test_an_upload_over_a_line_that_is_cut_again_and_again(tmp_path: Path) -> None:
    data = some_bytes(4 * MILLION)
    (tmp_path / "up").write_bytes(data)
    chance = random.Random(7)
    spy = Spy()
    async with (
        filing(tmp_path / "server") as server,
        proxy(server.port, lambda: chance.randrange(150_000, 450_000), spy.heard, spy.said) as line,
        transferring(line.address, tmp_path / "kept") as transfers,
    ):
        await done(transfers.send(tmp_path / "up", ROOM))
        assert await server.read("up") == data
        assert line.cuts >= 8
    assert spy.nothing_twice(), spy.patches
    assert len(spy.patches) >= 8
    # What the server had not acknowledged when the line broke is all that may have been sent again.
    assert spy.received < len(data) + line.cuts * 450_000


async def test_a_download_over_a_line_that_is_cut_again_and_again(tmp_path: Path) -> None:
    data = some_bytes(4 * MILLION)
    chance = random.Random(8)
    async with (
        filing(tmp_path / "server") as server,
        proxy(server.port, lambda: chance.randrange(150_000, 450_000)) as line,
        transferring(line.address, tmp_path / "kept") as transfers,
    ):
        await server.put("down", data)
        saved = (await done(transfers.get("down", ROOM, tmp_path))).saved
        assert Path(saved).read_bytes() == data
        assert line.cuts >= 8
    assert not list(tmp_path.glob("*.part"))


async def test_transfers_outlive_the_server(tmp_path: Path) -> None:
    data = some_bytes(3 * MILLION)
    (tmp_path / "up").write_bytes(data)
    async with (
        filing(tmp_path / "server") as server,
        proxy(server.port, lambda: 600_000) as line,
        transferring(line.address, tmp_path / "kept") as transfers,
    ):
        await server.put("down", data)
        up, down = transfers.send(tmp_path / "up", ROOM), transfers.get("down", ROOM, tmp_path)
        await eventually(lambda: line.cuts >= 2)
        await server.stop()
        await eventually(lambda: up.look().state is State.CUT and down.look().state is State.CUT)
        assert up.look().refusal.code in (LOST_SERVER.code, "closing")  # type: ignore[union-attr]
        await server.start()
        await done(up)
        await done(down)
        assert await server.read("up") == data
        assert (tmp_path / "down").read_bytes() == data


async def test_whoever_gets_no_further_gives_up_and_goes_on_another_time(tmp_path: Path) -> None:
    data = some_bytes(2 * MILLION)
    (tmp_path / "up").write_bytes(data)
    spy = Spy()
    lives: list[int | None] = []
    async with (
        filing(tmp_path / "server") as server,
        proxy(server.port, lambda: lives.pop() if lives else 0, spy.heard, spy.said) as line,
    ):
        await server.put("down", data)
        async with transferring(line.address, tmp_path / "kept", patience=0.3) as transfers:
            lives[:] = [700_000]
            assert await refused(transfers.send(tmp_path / "up", ROOM)) == LOST_SERVER.code
            lives[:] = [700_000, None]  # the first connection asks what there is
            assert await refused(transfers.get("down", ROOM, tmp_path)) == LOST_SERVER.code
        part = next(tmp_path.glob("down.*.part"))
        assert 100_000 < part.stat().st_size < 2 * MILLION
        lives[:] = [None] * 10
        async with transferring(line.address, tmp_path / "kept") as transfers:
            await done(transfers.send(tmp_path / "up", ROOM))
            await done(transfers.get("down", ROOM, tmp_path))
        assert await server.read("up") == data
        assert (tmp_path / "down").read_bytes() == data
        assert not part.exists()
    assert spy.nothing_twice()
    assert spy.patches[-1][0] > 100_000


async def test_a_line_that_swallows_everything_is_left(tmp_path: Path) -> None:
    data = some_bytes(3 * MILLION)
    (tmp_path / "up").write_bytes(data)
    async with filing(tmp_path / "server") as server, proxy(server.port) as line:
        await server.put("down", data)
        async with transferring(line.address, tmp_path / "kept", silence=0.4) as transfers:
            await transfers.files(ROOM)
            line.deaf = True
            up, down = transfers.send(tmp_path / "up", ROOM), transfers.get("down", ROOM, tmp_path)
            await eventually(lambda: up.look().state is State.CUT and down.look().state is State.CUT)
            line.deaf = False
            await done(up)
            await done(down)
        assert await server.read("up") == data


async def test_bytes_that_the_server_has_from_a_lost_upload_need_not_be_sent_again(tmp_path: Path) -> None:
    """All bytes went out, the answer was lost, and the server, started again, has forgotten the upload as such."""
    data = some_bytes(400_000)
    (tmp_path / "up").write_bytes(data)
    spy = Spy()
    async with (
        filing(tmp_path / "server") as server,
        proxy(server.port, lambda: None, spy.heard, spy.said) as line,
        transferring(line.address, tmp_path / "kept") as transfers,
    ):
        receiving = server.shelves.receiving
        complete = receiving.complete

        async def complete_and_forget(upload):  # type: ignore[no-untyped-def]
            outcome = await complete(upload)
            receiving.finished.clear()
            line.cut()
            receiving.complete = complete  # type: ignore[method-assign]
            return outcome

        receiving.complete = complete_and_forget  # type: ignore[method-assign]
        await done(transfers.send(tmp_path / "up", ROOM))
        assert spy.received == len(data)
        assert await server.names() == ["up"]


@pytest.mark.parametrize("evicted", [False, True])
async def test_an_upload_that_was_done_when_we_died_is_not_sent_again(tmp_path: Path, evicted: bool) -> None:
    data = some_bytes(400_000)
    (tmp_path / "up").write_bytes(data)
    over = asyncio.Event()
    spy = Spy()
    async with (
        filing(tmp_path / "server", Policy(keep=1)) as server,
        proxy(server.port, heard=spy.heard, said=spy.said) as line,
    ):
        receiving = server.shelves.receiving
        complete = receiving.complete

        async def complete_unheard(upload):  # type: ignore[no-untyped-def]
            outcome = await complete(upload)
            over.set()
            await asyncio.Event().wait()
            return outcome

        receiving.complete = complete_unheard  # type: ignore[method-assign]
        async with transferring(line.address, tmp_path / "kept") as transfers:
            transfers.send(tmp_path / "up", ROOM)
            await over.wait()
        receiving.complete = complete  # type: ignore[method-assign]
        line.cut()
        if evicted:
            await server.put("another", b"x")
        async with transferring(line.address, tmp_path / "kept") as transfers:
            await done(transfers.send(tmp_path / "up", ROOM))
        assert await server.names() == ["up"]
        assert spy.received == len(data) * (2 if evicted else 1)  # the bytes went with their last entry
