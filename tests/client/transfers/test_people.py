"""Files from person to person, over real sockets: which way they take, and what becomes of them where it breaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from salon.client import Client, connect
from salon.client.transfers import Job, State
from salon.ground.quic import available
from salon.hall.requests import Limits
from tests.support.eventually import eventually
from tests.support.filing import LONG, done, has_begun, some_bytes, sparse
from tests.support.people import DIRECT, DIRECT_UDP, RELAYED, Ways, direct_ways, failed, owner, person
from tests.support.servers import Server

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

FISH = some_bytes(3_000_001)


@pytest.fixture
async def bob(at: Server, tmp_path: Path) -> AsyncIterator[Client]:
    """Somebody who shares a fish, and a long file."""
    async with owner(at.address, tmp_path / "bob", "fish.jpg", FISH) as client:
        yield client


@pytest.fixture
def here(tmp_path: Path) -> Path:
    """Where what Ann gets is to stand."""
    (tmp_path / "ann").mkdir()
    return tmp_path / "ann"


async def begun(job: Job) -> None:
    """Wait until some of it has come."""
    await eventually(lambda: has_begun(job) or job.look().state.over)
    assert not job.look().state.over, job.look()


async def test_it_comes_directly_where_that_goes(ann: Client, bob: Client, here: Path) -> None:
    transfer = await done(ann.transfers.request("BOB", "fish.jpg", here))
    assert (here / "fish.jpg").read_bytes() == FISH
    assert (transfer.person, transfer.saved) == ("BOB", str(here / "fish.jpg"))
    assert sorted(path.name for path in here.iterdir()) == ["fish.jpg"]


async def test_a_busy_port_is_told_and_it_comes_through_the_server(
    at: Server, ann: Client, tmp_path: Path, here: Path
) -> None:
    (tmp_path / "cy").mkdir()
    (tmp_path / "cy/fish.jpg").write_bytes(FISH)
    async with connect(at.address, name="cy", secret="1" * 32, share=tmp_path / "cy", listen=at.port) as cy:
        assert cy.trouble == f"Port {at.port} is in use: others get your files through the server only."
        transfer = await done(ann.transfers.request("cy", "fish.jpg", here))
    assert transfer.path == RELAYED
    assert (here / "fish.jpg").read_bytes() == FISH


async def test_a_folder_that_is_none_is_told_at_once(at: Server, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="cannot be read"):
        async with connect(at.address, name="cy", secret="1" * 32, share=tmp_path / "nowhere"):
            pass
    await eventually(lambda: not at.hall.sessions)


@pytest.mark.parametrize("data", [b"", b"x", bytes(range(256)) * 400])
@pytest.mark.parametrize("direct", [True, False])
async def test_every_byte_of_it(
    ann: Client, bob: Client, here: Path, tmp_path: Path, data: bytes, direct: bool, ways: Ways
) -> None:
    name = "ä b" + "c" * 250
    (tmp_path / "bob" / name).write_bytes(data)
    if not direct:
        ways.open.clear()
    transfer = await done(ann.transfers.request("bob", name, here))
    assert (here / name).read_bytes() == data
    assert transfer.path in (DIRECT, RELAYED) if data else not transfer.path
    assert direct or transfer.path != DIRECT


async def test_what_stands_there_is_replaced_whole_or_left_alone(ann: Client, bob: Client, here: Path) -> None:
    (here / "fish.jpg").write_bytes(b"an older fish")
    kept = await done(ann.transfers.request("bob", "fish.jpg", here))
    assert Path(kept.saved).name == "fish (1).jpg"
    await done(ann.transfers.request("bob", "fish.jpg", here, replace=True))
    assert (here / "fish.jpg").read_bytes() == FISH


async def test_why_not(ann: Client, bob: Client, here: Path, tmp_path: Path) -> None:
    (tmp_path / "bob/dir").mkdir()
    (tmp_path / "bob/link").symlink_to("fish.jpg")

    async def why(owner: str, name: str) -> str:
        return await failed(ann.transfers.request(owner, name, here))

    assert await why("bob", "no.jpg") == "no_such_file"
    assert await why("bob", "dir") == "no_such_file"
    assert await why("bob", "link") == "no_such_file"
    assert await why("bob", "../bob/fish.jpg") == "bad_file_name"
    assert await why("nobody", "fish.jpg") == "not_here"
    assert await why("ann", "fish.jpg") == "yourself"
    await bob.peers.unshare()
    assert bob.peers.shared is None
    assert await why("bob", "fish.jpg") == "not_sharing"
    assert not list(here.iterdir())


async def test_the_direct_way_takes_over_from_the_relay(ann: Client, bob: Client, here: Path, ways: Ways) -> None:
    ways.open.clear()
    job = ann.transfers.request("bob", "long.bin", here)
    await begun(job)
    assert job.look().path == RELAYED
    ways.open.set()
    transfer = await done(job)
    assert transfer.path == DIRECT
    (first, _), (second, offset) = ways.asked
    assert (first, second) == (RELAYED, DIRECT)
    assert 0 < offset < 4 * LONG
    assert (here / "long.bin").stat().st_size == 4 * LONG


async def test_the_relay_takes_the_rest_where_the_direct_way_is_cut(
    ann: Client, bob: Client, here: Path, ways: Ways
) -> None:
    job = ann.transfers.request("bob", "long.bin", here)
    await eventually(lambda: job.look().path == DIRECT and has_begun(job))
    ways.cut()
    transfer = await done(job)
    assert transfer.path == RELAYED
    assert ways.asked[-1][0] == RELAYED
    assert 0 < ways.asked[-1][1] < 4 * LONG
    assert (here / "long.bin").stat().st_size == 4 * LONG


async def test_an_owner_who_comes_back_goes_on_where_they_stopped(
    at: Server, ann: Client, tmp_path: Path, here: Path, ways: Ways
) -> None:
    told: list[str] = []
    ann.transfers.changed = lambda job: told.append(job.look().state.name)
    (tmp_path / "bob").mkdir()
    sparse(tmp_path / "bob/long.bin", 4 * LONG)
    async with person(at.address, "bob", tmp_path / "bob"):
        job = ann.transfers.request("bob", "long.bin", here)
        await begun(job)
    await eventually(lambda: job.look().state is State.CUT)
    assert not (here / "long.bin").exists()
    assert ann.transfers.request("bob", "long.bin", here) is job  # asked once more, it is the same
    async with person(at.address, "bob", tmp_path / "bob"):
        await done(job)
    assert ways.asked[-1][1] > 0
    assert told.count("CUT") == 1
    assert (here / "long.bin").stat().st_size == 4 * LONG


async def test_another_program_goes_on_with_what_stands_here(at: Server, bob: Client, here: Path, ways: Ways) -> None:
    async with person(at.address, "ann") as first:
        job = first.transfers.request("bob", "long.bin", here)
        await begun(job)
    (part,) = here.iterdir()
    stood = part.stat().st_size
    assert part.name.endswith(".part")
    async with person(at.address, "ann") as second:
        await done(second.transfers.request("bob", "long.bin", here))
    assert ways.asked[-1][1] == stood > 0


async def test_a_pause_ends_every_stream_and_goes_on_where_it_stood(
    at: Server, ann: Client, bob: Client, here: Path, ways: Ways
) -> None:
    job = ann.transfers.request("bob", "long.bin", here)
    await begun(job)
    job.pause()
    await eventually(lambda: not at.hall.requests._wishes)
    assert job.look().state is State.PAUSED
    stood = job.look().offset
    job.proceed()
    await done(job)
    assert ways.asked[-1][1] == stood


async def test_what_is_given_up_leaves_nothing(at: Server, ann: Client, bob: Client, here: Path) -> None:
    job = ann.transfers.request("bob", "long.bin", here)
    await begun(job)
    job.cancel()
    assert (await job.wait()).state is State.CANCELLED
    assert not list(here.iterdir())
    await eventually(lambda: not at.hall.requests._wishes and not bob.peers._supplier.offers)  # type: ignore[union-attr]


async def test_a_file_that_became_another_comes_as_it_is_now(
    at: Server, ann: Client, bob: Client, here: Path, tmp_path: Path
) -> None:
    job = ann.transfers.request("bob", "long.bin", here)
    await begun(job)
    job.pause()
    await eventually(lambda: job.look().state is State.PAUSED)
    (tmp_path / "bob/long.bin").write_bytes(FISH)
    job.proceed()
    await done(job)
    assert (here / "long.bin").read_bytes() == FISH
    assert sorted(path.name for path in here.iterdir()) == ["long.bin"]


async def test_a_cut_of_the_chat_lets_what_is_on_its_way_arrive(
    at: Server, ann: Client, bob: Client, here: Path
) -> None:
    job = ann.transfers.request("bob", "long.bin", here)
    await eventually(lambda: job.look().path == DIRECT and has_begun(job))
    at.cut_everybody()
    await done(job)
    await eventually(lambda: bob.connected and ann.connected and len(at.hall.requests._sharing) == 1)
    await done(ann.transfers.request("bob", "fish.jpg", here))  # who shares is asked again


async def test_a_small_file_arrives_before_a_large_one(ann: Client, bob: Client, here: Path) -> None:
    large = ann.transfers.request("bob", "long.bin", here)
    await begun(large)
    await done(ann.transfers.request("bob", "fish.jpg", here))
    assert not large.look().state.over
    await done(large)


async def test_many_at_once_in_both_directions(
    at: Server, ann: Client, bob: Client, here: Path, tmp_path: Path
) -> None:
    for number in range(20):
        (here / f"a{number}").write_bytes(some_bytes(100_000 + number, number))
        (tmp_path / f"bob/b{number}").write_bytes(some_bytes(200_000 + number, number))
    await ann.peers.share(here)
    jobs = [ann.transfers.request("bob", f"b{number}", here) for number in range(20)]
    jobs += [bob.transfers.request("ann", f"a{number}", tmp_path / "bob") for number in range(20)]
    await asyncio.gather(*map(done, jobs))
    for number in range(20):
        assert (here / f"b{number}").read_bytes() == some_bytes(200_000 + number, number)
        assert (tmp_path / f"bob/a{number}").read_bytes() == some_bytes(100_000 + number, number)
    await eventually(lambda: not at.hall.requests._wishes)


async def test_too_many_wait_for_each_other(at: Server, ann: Client, bob: Client, here: Path, tmp_path: Path) -> None:
    at.hall.requests.limits = Limits(per_person=1, relays=1)
    for number in range(3):
        (tmp_path / f"bob/b{number}").write_bytes(FISH)
    jobs = [ann.transfers.request("bob", f"b{number}", here) for number in range(3)]
    await asyncio.gather(*map(done, jobs))


async def test_a_server_that_passes_nothing_on(at: Server, ann: Client, bob: Client, here: Path, ways: Ways) -> None:
    at.hall.requests.limits = Limits(relays=0)
    await done(ann.transfers.request("bob", "fish.jpg", here))
    assert [name for name, _ in ways.asked] == [DIRECT]


async def test_a_visitor_gets_a_file_and_takes_nobodys_name(at: Server, bob: Client, here: Path) -> None:
    async with connect(at.address, name="bob", secret="1" * 32, visit=True, rename=True) as visitor:
        await done(visitor.transfers.request("bob", "fish.jpg", here))
        assert len(at.hall.register) == 1
        assert len(at.hall.rooms["lobby"].names) == 1
        with pytest.raises(Exception, match="visitor"):
            await visitor.say("hello")


async def test_an_owner_who_falls_silent_is_told_of(at: Server, ann: Client, here: Path, tmp_path: Path) -> None:
    async with person(at.address, "bob", tmp_path / "bob") as bob:
        bob._desk.peers = None  # it hears what is asked, and says nothing
        ann.peers._answer_seconds = 0.1
        job = ann.transfers.request("bob", "fish.jpg", here)
        await eventually(lambda: job.look().state is State.CUT)
        refusal = job.look().refusal
        assert refusal is not None
        assert refusal.message == "bob does not answer."
        job.cancel()
        await job.wait()


@pytest.mark.parametrize("direct", ["quic", "both", "none", "tcp"])
async def test_a_client_says_how_it_may_be_reached(
    at: Server, ann: Client, here: Path, tmp_path: Path, direct: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if direct in ("quic", "both") and not available():
        pytest.skip("there is no iroh for this system")
    monkeypatch.setenv("SALON_DIRECT", direct)
    (tmp_path / "bob").mkdir()
    sparse(tmp_path / "bob/long.bin", LONG)
    at.hall.requests.limits = Limits(relays=1 if direct == "none" else 0)
    async with direct_ways(monkeypatch) as ways, person(at.address, "bob", tmp_path / "bob"):
        if direct == "both":
            ways.cut()
        transfer = await done(ann.transfers.request("bob", "long.bin", here))
    assert (here / "long.bin").stat().st_size == LONG
    expected = {"quic": DIRECT_UDP, "both": DIRECT_UDP, "none": RELAYED, "tcp": DIRECT}[direct]
    assert {name for name, _ in ways.asked} == {expected}
    assert transfer.path == expected
