"""What two people's programs open and load for each other's files, as the system sees it."""

from __future__ import annotations

import socket
from contextlib import suppress
from pathlib import Path

import pytest

from salon.core.limits import GIB, UDP_FROM_BYTES
from salon.ground.quic import available
from tests.classic.programs import running
from tests.support.chats import chatting
from tests.support.commands import Person
from tests.support.eventually import eventually
from tests.support.filing import some_bytes, sparse
from tests.support.servers import free_port
from tests.support.servers import program as serving

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not Path("/proc/net/udp").exists(), reason="the system tells of no process's sockets"),
]

MENU = "Enter an option ('m', 'f', 'x'):\n  (M)essage (send)\n  (F)ile (request)\n e(X)it\n"
ASKED = f"Who owns the file?\nWhich file do you want?\n{MENU}"


def opens_udp(process: int) -> bool:
    """Whether the process has a UDP socket open."""
    lines = [line for table in ("udp", "udp6") for line in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
    sockets = {f"socket:[{line.split()[9]}]" for line in lines}
    opened: set[str] = set()
    for one in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            opened.add(str(one.readlink()))
    return bool(sockets & opened)


def loads_iroh(process: int) -> bool:
    return "iroh" in Path(f"/proc/{process}/maps").read_text()


async def test_where_tcp_leads_to_each_other_nobody_opens_anything(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    files = {"small": some_bytes(100_000), "large": some_bytes(UDP_FROM_BYTES + 1)}
    for made in (one, two):
        made.mkdir()
    for name, data in files.items():
        (one / name).write_bytes(data)
    async with (
        serving(tmp_path / "server") as server,
        running("menu/ChatClient.py", "-l", free_port(), "-p", server.port, cwd=one) as owner,
        running("menu/ChatClient.py", "-l", free_port(), "-p", server.port, cwd=two) as asker,
    ):
        for name, program in (("client1", owner), ("client2", asker)):
            program.type(name)
            await program.expect(MENU)
        for name, data in files.items():
            asker.type("f", "client1", name)
            await asker.expect(ASKED)
            await eventually((two / name).exists)
            assert (two / name).read_bytes() == data
            for program in (owner, asker):
                assert not loads_iroh(program.process.pid)
                assert not opens_udp(program.process.pid)


@pytest.mark.slow
@pytest.mark.skipif(not available(), reason="there is no iroh for this system")
async def test_where_tcp_is_blocked_a_large_file_ends_over_udp(tmp_path: Path) -> None:
    sparse(tmp_path / "film.mkv", 2 * GIB + 7)
    with socket.create_server(("127.0.0.1", 0)) as busy:
        flags = ("--share", str(tmp_path), "--listen", str(busy.getsockname()[1]))
        async with (
            serving(tmp_path / "server") as server,
            chatting("bob", server.address, tmp_path / "bob", *flags) as bob,
        ):
            ann = Person(tmp_path / "ann", server.port)
            await bob.say("I am here")
            await bob.until_heard(1)
            got = await ann.run("get", "film.mkv", "--from", "bob")
            assert (got.status, got.err) == (0, "film.mkv came from bob (direct, over UDP).\n")
            assert loads_iroh(bob.process.pid)
            assert opens_udp(bob.process.pid)
            assert (ann.folder / "film.mkv").stat().st_size == 2 * GIB + 7
            assert await bob.end() == 0
