"""A very large file from person to person, with menu chats and a server as programs of their own."""

from __future__ import annotations

import asyncio
import hashlib
import mmap
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from salon.core.limits import GIB, MIB
from tests.classic.programs import Program, running
from tests.support.servers import free_port
from tests.support.servers import program as serving

pytestmark = pytest.mark.anyio

MENU = "Enter an option ('m', 'f', 'x'):\n  (M)essage (send)\n  (F)ile (request)\n e(X)it\n"
MOST_MEMORY = 200_000_000
WORD_SECONDS = 1.0


def written(path: Path, size: int) -> None:
    """A file in which no two megabytes are the same."""
    with path.open("wb") as file:
        for number in range(0, size, MIB):
            block = hashlib.sha256(number.to_bytes(8, "big")).digest() * (MIB // 32)
            file.write(block[: min(MIB, size - number)])


def same(one: Path, other: Path) -> bool:
    with (
        one.open("rb") as first,
        other.open("rb") as second,
        mmap.mmap(first.fileno(), 0, access=mmap.ACCESS_READ) as left,
        mmap.mmap(second.fileno(), 0, access=mmap.ACCESS_READ) as right,
    ):
        return hashlib.sha256(left).digest() == hashlib.sha256(right).digest()


def resident(number: int) -> int:
    """Bytes that a process had in memory at most, of its own: files that it maps do not count."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{number}/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) * 1024


async def carried(folder: Path, size: int) -> None:
    """One large file, a small one that overtakes it, and words meanwhile."""
    one, two = folder / "one", folder / "two"
    for made in (one, two):
        made.mkdir()
    await asyncio.to_thread(written, one / "large", size)
    (one / "small").write_bytes(b"small")
    loop = asyncio.get_running_loop()
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(serving(folder / "server"))
        clients: list[Program] = []
        for name, cwd in (("client1", one), ("client2", two)):
            flags = ("-l", free_port(), "-p", server.port)
            clients.append(await stack.enter_async_context(running("menu/ChatClient.py", *flags, cwd=cwd)))
            clients[-1].type(name)
            await clients[-1].expect(MENU)
        first, second = clients
        second.type("f", "client1", "large", "f", "client1", "small")
        await second.expect(f"Who owns the file?\nWhich file do you want?\n{MENU}" * 2)
        slowest, words = 0.0, 0
        overtaken = False
        while not (two / "large").exists():
            begin = loop.time()
            first.type("m", f"word {words}")
            await second.expect(f"client1: word {words}\n")
            slowest, words = max(slowest, loop.time() - begin), words + 1
            await first.expect(f"Enter your message:\n{MENU}")
            overtaken = overtaken or ((two / "small").exists() and not (two / "large").exists())
        assert overtaken
        assert words > 1
        assert slowest < WORD_SECONDS
        assert server._process is not None
        for process in (server._process, first.process, second.process):
            assert resident(process.pid) < MOST_MEMORY
        second.type("x")
        assert (await second.end()).status == 0
    assert await asyncio.to_thread(same, one / "large", two / "large")
    assert not list(two.glob("*.part"))


@pytest.mark.slow
@pytest.mark.parametrize("direct", ["tcp", "none"])
async def test_a_large_file_crosses_while_people_talk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, direct: str
) -> None:
    monkeypatch.setenv("SALON_DIRECT", direct)
    await carried(tmp_path, 300 * MIB + 7)


@pytest.mark.prove
@pytest.mark.parametrize("direct", ["tcp", "none"])
async def test_three_gibibytes_and_seven_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, direct: str) -> None:
    monkeypatch.setenv("SALON_DIRECT", direct)
    await carried(tmp_path, 3 * GIB + 7)
