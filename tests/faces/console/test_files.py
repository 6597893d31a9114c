"""Files in a conversation: two people at consoles, a real server between them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path

import pytest

from salon.faces.console.chat import Chat
from salon.hall.receiving import Policy
from tests.support.consoles import chatting
from tests.support.eventually import eventually
from tests.support.filing import FileServer, filing
from tests.support.proxies import proxy

pytestmark = pytest.mark.anyio

LONG = 64_000_000


def has_begun(chat: Chat, name: str) -> bool:
    return any(transfer.offset for transfer in chat.files.moving() if transfer.name == name)


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[FileServer]:
    async with filing(tmp_path / "server", Policy(keep=2)) as server:
        yield server


async def test_a_file_goes_from_one_to_the_other(
    server: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a b.txt").write_bytes(b"some")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    async with (
        chatting(str(server.address), "ann", tmp_path) as (ann, anns),
        chatting(str(server.address), "bob", tmp_path) as (bob, bobs),
    ):
        await ann.obey(f'upload: "{tmp_path}/a b.txt"')
        await bobs.until("* User ann uploaded the a b.txt file")
        await anns.until("* User ann uploaded the a b.txt file")
        await bob.obey("/files")
        assert "ann" in await bobs.until("* a b.txt")
        await bob.obey("download: a b.txt")
        assert await bobs.until("* Saved") == "* Saved a b.txt (4 bytes)"
        assert (tmp_path / "here" / "a b.txt").read_bytes() == b"some"
        await bob.obey("/download a b.txt as c.txt")
        await bobs.until("Saved c.txt")
        for wrong, sentence in (("c", "c has no type."), ("c.exe", "would be a .exe file."), ("../c.txt", "a place")):
            await bob.obey(f"/download a b.txt as {wrong}")
            assert sentence in bobs.lines[-1]
        await bob.obey("download: nothing")
        await bobs.until("The nothing doesn't exist")
        await bob.obey("/unshelve a b.txt")
        await bobs.until("Only who sent a b.txt can take it off the shelf.")
        await ann.obey("/unshelve a b.txt")
        await bobs.until("ann took a b.txt off the shelf.")
        await ann.obey("/files")
        await anns.until("There are no files in r1. upload: PATH puts one there.")
        await ann.obey("upload: nowhere")
        assert await anns.until("nowhere") == "* File nowhere doesn't exist"
        await ann.files.all_over()
        await bob.files.all_over()
    assert {path.name for path in (tmp_path / "here").iterdir()} == {"a b.txt", "c.txt"}


async def test_what_leaves_the_shelf_is_told_to_whoever_sends(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "new").write_bytes(b"x")
    await server.put("old", b"1")
    await server.put("older", b"2")
    async with chatting(str(server.address), "ann", tmp_path) as (ann, anns):
        await ann.obey(f"upload: {tmp_path}/new")
        await anns.until("* old leaves the shelf when new is there.")
        await anns.until("* old left the shelf (the 2 newest are kept)")


async def test_transfers_are_paused_and_go_on_while_people_talk(server: FileServer, tmp_path: Path) -> None:
    for name in ("one", "two"):
        with (tmp_path / name).open("wb") as file:
            file.truncate(LONG)
    async with (
        chatting(str(server.address), "ann", tmp_path) as (ann, anns),
        chatting(str(server.address), "bob", tmp_path) as (_, bobs),
    ):
        for number, name in ((1, "one"), (2, "two")):
            await ann.obey(f"upload: {tmp_path}/{name}")
            await eventually(partial(has_begun, ann, name))
            await ann.obey(f"/pause {number}")
            assert anns.lines[-1] == f"* {name} stands still. /proceed {number} lets it go on."
        await ann.obey("hello")
        await bobs.until("ann: hello")
        await ann.files.all_over()  # nothing that moves
        await ann.obey("/transfers")
        assert [line.split()[:4] for line in anns.lines[-2:]] == [["*", "1", "up", "one"], ["*", "2", "up", "two"]]
        assert all("paused" in line for line in anns.lines[-2:])
        await ann.obey("/cancel")
        assert "Several are on their way." in anns.lines[-1]
        await ann.obey("/cancel 2")
        await anns.until("* two was given up.")
        await ann.obey("/proceed 2")
        assert "There is no such transfer" in anns.lines[-1]
        ann.files.farewell()
        assert "The same command goes on from there." in anns.lines[-1]
        await ann.obey("/proceed")
        await ann.files.all_over()
        await bobs.until("User ann uploaded the one file")
        assert bobs.lines.count("* ann is sending one.") == 1
        await bobs.until("* ann gave up two.")
        assert not any("is sending" in line for line in anns.lines)
        await ann.obey("/transfers")
        assert anns.lines[-1] == "* Nothing is on its way."
    assert await server.names() == ["one"]


async def test_a_turn_comes_when_something_happens(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x")
    async with chatting(str(server.address), "ann", tmp_path) as (ann, _):
        await ann.obey(f"upload: {tmp_path}/a")
        while ann.files.moving():
            await ann.files.turn()
    assert await server.names() == ["a"]


async def test_a_line_that_is_cut_is_told_of_once_and_the_file_arrives(server: FileServer, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(bytes(2_000_000))
    async with proxy(server.port) as line, chatting(line.address, "ann", tmp_path) as (ann, anns):
        await ann.obey(f"upload: {tmp_path}/a")
        await eventually(partial(has_begun, ann, "a"))
        line.cut()
        await anns.until("User ann uploaded the a file")
        await ann.files.all_over()
        assert sum("Trying again" in line for line in anns.lines) <= 1
