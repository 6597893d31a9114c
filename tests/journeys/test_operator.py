"""What an operator is given: the link to the console, and the log on standard error."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.support.serve import Serving, served
from tests.support.talker import talking

pytestmark = pytest.mark.anyio

LINK = r"^Operator: http://127\.0\.0\.1:\d+/console\?key=(?P<key>\S+)$"
FILE = Path("salon") / "operator.key"


async def key_of(server: Serving) -> str:
    return (await server.until(LINK))["key"]


async def test_the_link_opens_the_console_and_stays_the_same(tmp_path: Path) -> None:
    keys = []
    for _ in range(2):
        async with served(tmp_path) as server, ClientSession() as http:
            keys.append(await key_of(server))
            url = f"http://127.0.0.1:{server.port}/console"
            async with http.get(url) as answer:
                assert answer.status == 404
            async with http.get(f"{url}?key={keys[0]}") as answer:
                assert answer.status == 200
                cookie = answer.headers["Set-Cookie"].partition(";")[0]
            async with http.ws_connect(f"{url}/feed", headers={"Cookie": cookie}) as ws:
                assert json.loads((await ws.receive()).data)["type"] == "hello"
                state = json.loads((await ws.receive()).data)["payload"]
            assert state["machine"]["memory"] > 10_000_000
            assert 0 < state["machine"]["disk_free"] <= state["machine"]["disk_size"]
    assert keys[0] == keys[1] == (tmp_path / FILE).read_text().strip()
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600


async def test_without_a_disk_each_run_has_its_own_key(tmp_path: Path) -> None:
    keys = set()
    for _ in range(2):
        async with served(tmp_path, "--memory") as server:
            keys.add(await key_of(server))
    assert len(keys) == 2
    assert not (tmp_path / FILE).exists()


async def test_who_wants_no_console_has_none(tmp_path: Path) -> None:
    async with served(tmp_path, "--no-console") as server, ClientSession() as http:
        async with talking(server.port, "ann"):
            await server.until("^ann joined lobby$")
        assert not any(line.startswith("Operator") for line in server.lines)
        async with http.get(f"http://127.0.0.1:{server.port}/console?key=") as answer:
            assert answer.status == 404
    assert not (tmp_path / FILE).exists()


async def say_things(port: int) -> None:
    async with talking(port, "Leah") as leah, talking(port, "Shlomo"):
        await leah.ask("message", text="hi\nthere")
        await leah.ask("message", text="psst", to="Shlomo")
        await leah.ask("exit")


async def test_the_log_in_words(tmp_path: Path) -> None:
    async with served(tmp_path, "--log-format", "text", quiet=False) as server:
        await say_things(server.port)
        await server.stop()
        lines = (await server.errors()).splitlines()
        out = (await server.process.stdout.read()).decode() if server.process.stdout else ""
    assert lines[:4] == [
        "Leah connected to the server",
        "Leah joined lobby",
        "Shlomo connected to the server",
        "Shlomo joined lobby",
    ]
    assert "send to all - Leah: hi\\nthere" in lines
    assert "send to Shlomo - Leah" in lines
    assert "Leah has left the chat" in lines
    assert "joined" not in out  # said once, there


async def test_the_log_as_json(tmp_path: Path) -> None:
    async with served(tmp_path, "--log-format", "json", "--log-private", quiet=False) as server:
        await say_things(server.port)
        await server.stop()
        happened = [json.loads(line) for line in (await server.errors()).splitlines()]
    said = [one for one in happened if one["kind"] == "said"]
    assert [(one["who"], one.get("to"), one["text"]) for one in said] == [
        ("Leah", None, "hi\nthere"),
        ("Leah", "Shlomo", "psst"),
    ]
    assert said[1]["line"] == "send to Shlomo - Leah: psst"
    assert all(isinstance(one["time"], int) for one in happened)


@pytest.mark.parametrize(
    "first",
    [
        b'{"type":"connect","payload":{"name":"ann","version":1}}',
        b'{"type":"connect","payload":{"name":"ann","room":"lobby"}}',
        b"ann\n",
    ],
    ids=["full", "lab", "lines"],
)
async def test_people_are_told_that_private_words_are_shown(tmp_path: Path, first: bytes) -> None:
    for flags, told in ((("--log-private",), True), ((), False)):
        async with served(tmp_path, *flags) as server, talking(server.port) as ann:
            ann.writer.write(first)
            await server.until("^ann joined lobby$")
            heard = b""
            if told:
                heard = await ann.reader.readuntil(b"in private.")
            ann.half_close()
            heard += await ann.reader.read()
            assert bool(re.search(b"shown what people say in private", heard)) is told
