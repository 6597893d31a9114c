"""QUIC between two people: looked for where TCP leads nowhere and the file is large, and for nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from salon.client import Client
from salon.client.transfers import paths, quick, supplying
from salon.client.transfers.reaching import Reaches
from salon.core.limits import UDP_FROM_BYTES
from salon.ground.quic import available
from salon.hall.requests import Limits
from salon.wire.passing import Reach, Supplied
from tests.support.eventually import eventually
from tests.support.filing import LONG, done, has_begun, some_bytes
from tests.support.people import DIRECT, DIRECT_UDP, RELAYED, Ways, owner
from tests.support.servers import Server

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

FILM = some_bytes(UDP_FROM_BYTES)
needs_iroh = pytest.mark.skipif(not available(), reason="there is no iroh for this system")


@pytest.fixture
async def bob(at: Server, tmp_path: Path) -> AsyncIterator[Client]:
    async with owner(at.address, tmp_path / "bob", "film.mkv", FILM) as client:
        yield client


@pytest.fixture
def relay_may_go_on(monkeypatch: pytest.MonkeyPatch) -> asyncio.Event:
    """Until this is set, the relay brings one piece of a file and then stands."""
    go_on = asyncio.Event()
    take = paths.Path.piece
    brought: set[paths.Path] = set()

    async def piece(path: paths.Path) -> bytes:
        if path.way.name == RELAYED and path in brought:
            await go_on.wait()
        brought.add(path)
        return await take(path)

    monkeypatch.setattr(paths.Path, "piece", piece)
    return go_on


def has_endpoint(client: Client) -> bool:
    return client.peers._quick is not None or client.peers._dialler is not None


@needs_iroh
async def test_the_relay_carries_at_once_and_quic_takes_over(
    ann: Client, bob: Client, tmp_path: Path, ways: Ways, relay_may_go_on: asyncio.Event
) -> None:
    ways.cut()
    transfer = await done(ann.transfers.request("bob", "film.mkv", tmp_path))
    assert transfer.path == DIRECT_UDP
    (first, start), (second, offset) = ways.asked
    assert (first, start, second) == (RELAYED, 0, DIRECT_UDP)
    assert 0 < offset < len(FILM)
    assert (tmp_path / "film.mkv").read_bytes() == FILM


@needs_iroh
async def test_tcp_that_dies_on_the_way_is_followed_by_the_relay_and_then_quic(
    ann: Client, bob: Client, tmp_path: Path, ways: Ways, relay_may_go_on: asyncio.Event
) -> None:
    job = ann.transfers.request("bob", "long.bin", tmp_path)
    await eventually(lambda: job.look().path == DIRECT and has_begun(job))
    assert not has_endpoint(ann)
    assert not has_endpoint(bob)
    ways.cut()
    await done(job)
    assert [name for name, _ in ways.asked] == [DIRECT, RELAYED, DIRECT_UDP]
    assert (tmp_path / "long.bin").stat().st_size == 4 * LONG


@needs_iroh
async def test_quic_comes_also_where_the_server_passes_nothing_on(
    at: Server, ann: Client, bob: Client, tmp_path: Path, ways: Ways
) -> None:
    at.hall.requests.limits = Limits(relays=0)
    ways.cut()
    await done(ann.transfers.request("bob", "film.mkv", tmp_path))
    assert {name for name, _ in ways.asked} == {DIRECT_UDP}
    assert (tmp_path / "film.mkv").read_bytes() == FILM


@pytest.mark.parametrize("cause", ["no build", "no socket"])
async def test_without_quic_the_relay_brings_it_all(
    ann: Client,
    bob: Client,
    tmp_path: Path,
    ways: Ways,
    relay_may_go_on: asyncio.Event,
    monkeypatch: pytest.MonkeyPatch,
    cause: str,
) -> None:
    async def refused(*_: object, **__: object) -> None:
        raise OSError("in use")

    if cause == "no build":
        monkeypatch.setattr(quick, "available", lambda: False)
    else:
        monkeypatch.setattr(quick, "bind", refused)
    monkeypatch.setattr(supplying, "_TCP_FIRST_SECONDS", 0.01)
    ways.cut()
    job = ann.transfers.request("bob", "film.mkv", tmp_path)
    told = ann.peers._reaches._told
    await eventually(lambda: any(reach.done() for reach in told.values()))
    relay_may_go_on.set()
    assert (await done(job)).path == RELAYED
    assert not has_endpoint(ann)
    assert not has_endpoint(bob)
    assert not told
    assert (tmp_path / "film.mkv").read_bytes() == FILM


async def test_a_small_file_makes_no_endpoint_though_tcp_leads_nowhere(
    at: Server, ann: Client, bob: Client, tmp_path: Path, ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supplying, "_TCP_FIRST_SECONDS", 0)
    (tmp_path / "bob/small").write_bytes(FILM[1:])
    ways.cut()
    await done(ann.transfers.request("bob", "small", tmp_path))
    await eventually(lambda: not at.hall.requests._wishes)
    assert {name for name, _ in ways.asked} == {RELAYED}
    assert not has_endpoint(ann)
    assert not has_endpoint(bob)


async def test_who_wants_tcp_only_waits_for_nothing_else(
    ann: Client, bob: Client, tmp_path: Path, ways: Ways, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SALON_DIRECT", "tcp")
    ways.cut()
    await done(ann.transfers.request("bob", "film.mkv", tmp_path))
    assert {name for name, _ in ways.asked} == {RELAYED}
    assert not ann.peers._reaches._told
    assert not has_endpoint(ann)


def supplied(request: str) -> Supplied:
    return Supplied(request, "film.mkv", "bob", 9, "ab" * 32, "t", "s", more=True)


async def test_what_is_told_before_anybody_waits_is_known() -> None:
    reaches = Reaches()
    reaches.tell(Reach("q", 7, ["::1"], "e"))
    reaches.tell(Reach("q", 8, ["127.0.0.1"], "another"))  # an owner tells it once
    assert await reaches.wait(supplied("q")) == ("e", ["[::1]:7"])


async def test_who_will_hear_nothing_more_waits_no_longer() -> None:
    reaches = Reaches()
    waiting = asyncio.gather(*(reaches.wait(supplied(one)) for one in "ab"), return_exceptions=True)
    await eventually(lambda: len(reaches._told) == 2)
    reaches.tell(Reach("a"))
    reaches.give_up()
    assert [type(one) for one in await waiting] == [ConnectionRefusedError] * 2


async def test_what_is_told_of_others_requests_is_bounded() -> None:
    reaches = Reaches()
    for number in range(1000):
        reaches.tell(Reach(str(number)))
    assert len(reaches._told) == 256
