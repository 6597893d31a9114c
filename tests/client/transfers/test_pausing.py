"""Transfers that stand still, are given up, or whose files change under them."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

import pytest

from salon.client.transfers import State
from salon.errors import (
    FILE_CHANGED,
    LOST_SERVER,
)
from tests.support.eventually import eventually
from tests.support.filing import (
    LONG,
    MILLION,
    ROOM,
    Spy,
    done,
    filing,
    has_begun,
    refused,
    some_bytes,
    sparse,
    transferring,
)
from tests.support.proxies import proxy

pytestmark = pytest.mark.anyio


async def test_a_pause_costs_the_server_nothing_and_ends_where_it_began(tmp_path: Path) -> None:
    sparse(tmp_path / "up")
    spy = Spy()
    async with (
        filing(tmp_path / "server") as server,
        proxy(server.port, lambda: None, spy.heard, spy.said) as line,
        transferring(line.address, tmp_path / "kept") as transfers,
    ):
        await server.put("down", bytes(LONG))
        jobs = [transfers.send(tmp_path / "up", ROOM), transfers.get("down", ROOM, tmp_path)]
        for job in jobs:
            await eventually(partial(has_begun, job))
            job.pause()
            assert job.look().state is State.PAUSED
        await eventually(lambda: not line._lines)
        before = [job.look().offset for job in jobs]
        assert all(0 < offset < LONG for offset in before)
        assert [(job.look().rate, job.look().eta) for job in jobs] == [(0.0, None)] * 2
        for job in jobs:
            job.proceed()
            await done(job)
        assert await server.read("up") == bytes(LONG)
        assert (tmp_path / "down").read_bytes() == bytes(LONG)
    assert spy.nothing_twice()
    assert len(spy.patches) == 2
    assert spy.patches[1][0] > 0


async def test_one_that_waits_for_its_turn_can_be_paused_and_given_up(tmp_path: Path) -> None:
    (tmp_path / "up").write_bytes(b"x")
    async with (
        filing(tmp_path / "server") as server,
        transferring(server.address, tmp_path / "k", at_once=1) as transfers,
    ):
        first, second, third = (transfers.send(tmp_path / "up", ROOM) for _ in range(3))
        second.pause()
        third.cancel()
        third.cancel()
        await done(first)
        assert second.look().state is State.PAUSED
        assert (await third.wait()).state is State.CANCELLED
        third.pause()
        third.proceed()
        assert third.look().state is State.CANCELLED
        second.proceed()
        await done(second)


async def test_what_is_given_up_leaves_nothing_anywhere(tmp_path: Path) -> None:
    sparse(tmp_path / "up")
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "kept") as transfers:
        await server.put("down", bytes(LONG))
        up, down = transfers.send(tmp_path / "up", ROOM), transfers.get("down", ROOM, tmp_path)
        await eventually(lambda: up.look().offset)
        up.pause()
        up.cancel()
        await eventually(lambda: down.look().offset)
        down.cancel()
        for job in (up, down):
            assert (await job.wait()).state is State.CANCELLED
            assert 0 < job.look().offset < LONG
        assert not server.shelves.receiving.uploads
        assert await server.names() == ["down"]
    assert {path.name for path in tmp_path.iterdir()} == {"up", "server", "kept"}
    assert not list((tmp_path / "kept").iterdir())


@pytest.mark.parametrize("what", ["grows", "shrinks", "changes"])
async def test_a_file_that_changes_while_it_is_sent_is_not_half_kept(tmp_path: Path, what: str) -> None:
    path = tmp_path / "log"
    sparse(path)
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "kept") as transfers:
        job = transfers.send(path, ROOM)
        await eventually(lambda: job.look().offset > 0)
        with path.open("r+b") as file:
            if what == "grows":
                file.seek(0, os.SEEK_END)
                file.write(b"more")
            elif what == "shrinks":
                file.truncate(5)
            else:
                file.write(b"other")
        assert await refused(job) == FILE_CHANGED.code
        assert not server.shelves.receiving.uploads
        assert await server.names() == []
    assert not list((tmp_path / "kept").iterdir())


async def test_a_file_that_is_removed_while_it_is_sent_is_still_what_it_was(tmp_path: Path) -> None:
    sparse(tmp_path / "up")
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "kept") as transfers:
        job = transfers.send(tmp_path / "up", ROOM)
        await eventually(lambda: job.look().offset > 0)
        (tmp_path / "up").unlink()
        await done(job)
        assert await server.read("up") == bytes(LONG)


async def test_another_file_under_the_old_name_is_sent_from_its_beginning(tmp_path: Path) -> None:
    (tmp_path / "up").write_bytes(some_bytes(2 * MILLION, 1))
    lives = [700_000]
    async with filing(tmp_path / "server") as server:
        async with (
            proxy(server.port, lambda: lives.pop() if lives else 0) as line,
            transferring(line.address, tmp_path / "kept", patience=0.2) as transfers,
        ):
            assert await refused(transfers.send(tmp_path / "up", ROOM)) == LOST_SERVER.code
        other = some_bytes(2 * MILLION, 2)
        (tmp_path / "up").write_bytes(other)
        spy = Spy()
        async with (
            proxy(server.port, lambda: None, spy.heard, spy.said) as line,
            transferring(line.address, tmp_path / "kept") as transfers,
        ):
            await done(transfers.send(tmp_path / "up", ROOM))
        assert spy.patches == [(0, 0)]
        assert await server.read("up") == other


async def test_a_file_that_becomes_another_on_the_shelf_is_got_whole(tmp_path: Path) -> None:
    old, new = some_bytes(2 * MILLION, 1), some_bytes(2 * MILLION, 2)
    async with (
        filing(tmp_path / "server") as server,
        proxy(server.port, lambda: 500_000) as line,
        transferring(line.address, tmp_path / "kept") as transfers,
    ):
        await server.put("down", old)
        job = transfers.get("down", ROOM, tmp_path)
        await eventually(lambda: job.look().offset > 0)
        await server.put("down", new)
        await done(job)
        assert (tmp_path / "down").read_bytes() == new
        assert not list(tmp_path.glob("*.part"))
