"""Files that the agent moves by itself: into its folder, over every path, from the server and from people."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from salon.errors import NOT_CONNECTED
from salon.ground.quic import Endpoint
from tests.support.datagrams import network
from tests.support.filing import MILLION, filing, some_bytes
from tests.support.proxies import proxy
from tests.support.windows import agent, loaded_again, paging

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

ROOM = "lobby"


async def test_a_download_goes_into_the_folder_with_its_hash_looked_at(tmp_path: Path) -> None:
    data = some_bytes(3 * MILLION)
    async with filing(tmp_path / "server") as server, agent(tmp_path) as one, paging(one) as page:
        await server.put("a.bin", data, ROOM)
        await page.sign_in(server.address)
        number = (await page.done("get", name="a.bin", room=ROOM, saved_as="other.BIN"))["number"]
        moved = await page.moved(number, "done")
        assert (moved["path"], moved["offset"], moved["size"]) == ("UDP", len(data), len(data))
        assert moved["sha256"] == hashlib.sha256(data).hexdigest()
        assert moved["saved"] == str(tmp_path / "other.BIN")
        assert (tmp_path / "other.BIN").read_bytes() == data
        async with loaded_again(page) as again:  # a page that is loaded again learns what there is
            assert (await again.moved(number, "done"))["saved"] == moved["saved"]


@pytest.mark.parametrize(
    ("saved_as", "code"), [("a", "no_type"), ("a.png", "other_type"), ("../a.bin", "bad_file_name")]
)
async def test_a_name_that_will_not_do_is_explained(tmp_path: Path, saved_as: str, code: str) -> None:
    async with filing(tmp_path / "server") as server, agent(tmp_path / "d") as one, paging(one) as page:
        await server.put("a.bin", b"x", ROOM)
        await page.sign_in(server.address)
        assert await page.refused("get", name="a.bin", room=ROOM, saved_as=saved_as) == code
        assert not (tmp_path / "d").exists()


async def test_it_halts_half_way_where_that_is_wanted(tmp_path: Path) -> None:
    data = some_bytes(MILLION + 1)
    async with filing(tmp_path / "server") as server, agent(tmp_path, halt_at=0.5) as one, paging(one) as page:
        await server.put("a.bin", data, ROOM)
        await page.sign_in(server.address)
        number = (await page.done("get", name="a.bin", room=ROOM, saved_as="a.bin"))["number"]
        half = await page.moved(number, "paused")
        assert (half["offset"], half["last_byte"]) == (MILLION // 2 + 1, data[MILLION // 2])
        assert not (tmp_path / "a.bin").exists()
        await page.done("proceed", number=number)
        assert (await page.moved(number, "done"))["offset"] == len(data)
        assert (tmp_path / "a.bin").read_bytes() == data


async def test_a_network_that_loses_doubles_and_reorders_damages_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Endpoint, "reachable", ())  # else there would be a way around it
    data = some_bytes(2 * MILLION)
    async with (
        filing(tmp_path / "server") as server,
        proxy(server.port, lambda: None) as line,
        network(server.port, line.port, lost=0.2, doubled=0.05, late=0.05) as between,
        agent(tmp_path, halt_at=0.5) as one,
        paging(one) as page,
    ):
        await server.put("a.bin", data, ROOM)
        await page.sign_in(line.address)
        number = (await page.done("get", name="a.bin", room=ROOM))["number"]
        assert (await page.moved(number, "paused"))["last_byte"] == data[MILLION - 1]
        await page.done("proceed", number=number)
        assert (await page.moved(number, "done"))["path"] == "UDP"
        assert between.passed
        assert (tmp_path / "a.bin").read_bytes() == data


async def test_pause_proceed_and_cancel(tmp_path: Path) -> None:
    data = some_bytes(30 * MILLION)
    async with filing(tmp_path / "server") as server, agent(tmp_path, halt_at=0.01) as one, paging(one) as page:
        await server.put("a.bin", data, ROOM)
        await page.sign_in(server.address)
        number = (await page.done("get", name="a.bin", room=ROOM))["number"]
        await page.moved(number, "paused")
        await page.done("pause", number=number)  # it stands still already
        await page.done("cancel", number=number)
        await page.moved(number, "cancelled")
        assert [path.name for path in tmp_path.iterdir()] == ["server"]


async def test_folders_are_shared_and_people_asked(tmp_path: Path) -> None:
    data = some_bytes(MILLION)
    hers, his = tmp_path / "hers", tmp_path / "his"
    for folder in (hers, his):
        folder.mkdir()
    (hers / "scan.png").write_bytes(data)
    async with (
        filing(tmp_path / "server") as server,
        agent(hers) as one,
        agent(his) as other,
        paging(one) as leah,
        paging(other) as shlomo,
    ):
        await leah.sign_in(server.address, "Leah", "1" * 32)
        await shlomo.sign_in(server.address, "Shlomo", "2" * 32)
        assert (await leah.done("share", folder=str(hers)))["folder"] == str(hers)
        number = (await shlomo.done("request", owner="Leah", name="scan.png"))["number"]
        moved = await shlomo.moved(number, "done")
        assert (moved["person"], moved["sha256"]) == ("Leah", hashlib.sha256(data).hexdigest())
        assert (his / "scan.png").read_bytes() == data
        assert await leah.refused("share", folder=str(hers / "scan.png")) == "unreadable"
        assert await leah.refused("share", folder="~nobody-of-that-name/x") == "unreadable"
        assert (await leah.done("share", folder="")).get("folder", "") == ""
        number = (await shlomo.done("request", owner="Leah", name="scan.png", saved_as="b.png"))["number"]
        assert (await shlomo.moved(number, "failed"))["code"] == "not_sharing"


async def test_somebody_else_begins_with_nothing(tmp_path: Path) -> None:
    async with filing(tmp_path / "server") as server, agent(tmp_path, halt_at=0.5) as one, paging(one) as page:
        await server.put("a.bin", some_bytes(MILLION), ROOM)
        await page.sign_in(server.address)
        number = (await page.done("get", name="a.bin", room=ROOM))["number"]
        await page.moved(number, "paused")
        await page.done("session", name="", secret="")
        assert await page.refused("proceed", number=number) == "no_such_transfer"
        assert await page.refused("get", name="a.bin", room=ROOM) == NOT_CONNECTED.code
        await page.sign_in(server.address)  # what came is gone on with
        number = (await page.done("get", name="a.bin", room=ROOM))["number"]
        await page.moved(number, "done")
