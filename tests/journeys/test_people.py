"""Files from person to person by the command line, with a server and a chat as programs of their own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from tests.support.chats import chatting
from tests.support.commands import Person
from tests.support.filing import some_bytes
from tests.support.servers import free_port, program

pytestmark = pytest.mark.anyio
FISH = some_bytes(2_000_003)


async def test_a_file_of_somebody_who_shares_a_folder(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    (pictures / "fish.jpg").write_bytes(FISH)
    port = free_port()
    flags = ("--share", str(pictures), "--listen", str(port))
    async with program(tmp_path / "server", "--log-format", "text") as server:
        ann = Person(tmp_path / "ann", server.port)
        async with chatting("bob", server.address, tmp_path / "bob", *flags) as bob:
            await bob.say("I am here")
            await bob.until_heard(1)
            got = await ann.run("get", "fish.jpg", "--from", "bob", "--name", "ann")
            assert (got.status, got.out) == (0, "Saved fish.jpg (1.9 MiB)\n")
            assert got.err in (f"fish.jpg came from bob ({way}).\n" for way in ("direct", "through the server"))
            assert (ann.folder / "fish.jpg").read_bytes() == FISH
            got = await ann.run("get", "fish.jpg", "no.jpg", "--from", "bob", "--replace", "-o", "other.jpg")
            assert got.status == 1
            assert "The no.jpg doesn't exist" in got.err
            assert await bob.end() == 0
        gone = await ann.run("get", "fish.jpg", "--from", "bob")
        assert (gone.status, gone.out) == (1, "")
        assert gone.err == "salon: bob is not here. Ask again when they are back.\n"
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection("127.0.0.1", port)


async def test_a_folder_that_is_none_is_told_before_anything_else(tmp_path: Path) -> None:
    flags = ("--share", str(tmp_path / "nowhere"))
    async with (
        program(tmp_path / "server") as server,
        chatting("bob", server.address, tmp_path / "bob", *flags) as bob,
    ):
        assert await bob.end() == 1
        assert "nowhere cannot be read" in bob.notices[-1]
