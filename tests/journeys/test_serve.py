"""`salon serve` as a program: how it starts, how it ends, what it refuses."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sqlite3
import subprocess
import time
from pathlib import Path

import pytest

from tests.support.eventually import eventually
from tests.support.serve import ended, served, started
from tests.support.servers import environment, free_port, salon
from tests.support.talker import talking

pytestmark = pytest.mark.anyio

READY_SECONDS = 3.0  # it takes 0.3 s; a busy machine may take the processor away
STOP_SECONDS = 5.0


def one_line(error: str) -> str:
    assert error.startswith("salon: ")
    assert error.endswith("\n")
    assert error.count("\n") == 1
    return error.removeprefix("salon: ").rstrip()


async def test_it_says_where_it_listens_and_is_ready_then(tmp_path: Path) -> None:
    began = time.monotonic()
    async with served(tmp_path) as server:
        assert time.monotonic() - began < READY_SECONDS
        assert server.lines[0] == f"Salon is listening on http://127.0.0.1:{server.port}"
        async with talking(server.port, "ann") as ann:
            assert (await ann.ask("message", text="hi"))[1]["seq"] == 1
        await server.until("^ann joined lobby$")
    assert (tmp_path / "salon" / "salon.db").exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_when_it_ends_everybody_is_told(tmp_path: Path, number: int) -> None:
    async with served(tmp_path) as server, talking(server.port, "ann") as ann:
        ann.send("message", text="last words")
        await ann.hear("message")
        began = time.monotonic()
        assert await server.stop(number) == 0
        assert time.monotonic() - began < STOP_SECONDS
        assert [note.get("message") for _, note in await ann.rest()] == ["The server is closing."]


async def test_it_ends_also_while_somebody_does_not_read_and_others_are_silent(tmp_path: Path) -> None:
    async with (
        served(tmp_path) as server,
        talking(server.port, "ann") as ann,
        talking(server.port, "bob") as bob,
        talking(server.port),
    ):
        bob.writer.transport.pause_reading()  # type: ignore[attr-defined]
        for _ in range(30):
            await ann.ask("message", text="x" * 300_000)
        assert await server.stop() == 0


async def test_what_was_said_is_there_after_a_restart_and_with_memory_alone_it_is_not(tmp_path: Path) -> None:
    for flags, heads in (((), [1, 2]), (("--memory",), [1, 1])):
        for head in heads:
            async with served(tmp_path, *flags) as server, talking(server.port, "ann") as ann:
                assert (await ann.ask("message", text="hi"))[1]["seq"] == head
    assert not list(tmp_path.glob("salon-*"))


async def test_it_forgets_what_is_older_than_it_was_told_to_keep(tmp_path: Path) -> None:
    async with served(tmp_path) as server, talking(server.port, "ann") as ann:
        for text in ("one", "two"):
            await ann.ask("message", text=text)
    connection = sqlite3.connect(tmp_path / "salon" / "salon.db")
    old = b'{"seq":1,"time":1000,"author":"ann","person":-1,"event":{"event":"said","text":"one"}}'
    connection.execute("UPDATE entries SET body = ? WHERE place & 255 = 1", (old,))
    connection.commit()
    connection.close()
    async with served(tmp_path, "--retain", "1d") as server, talking(server.port, "ann") as ann:
        while (await ann.ask("history"))[1]["first"] != 2:
            await ann.ask("leave", room="lobby")  # a room that nobody is in is read anew
            await ann.ask("join", room="lobby")
        async with talking(server.port) as bob:
            bob.send("connect", name="bob", rooms={"lobby": 0})
            assert (await bob.hear("gap"))["to"] == 1
            assert (await bob.hear("message"))["text"] == "two"


async def test_a_busy_port(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        status, error = await ended(tmp_path, port=port)
    assert status == 2
    assert one_line(error) == f"Port {port} on 127.0.0.1 is in use. End what uses it, or choose another with --port."


async def test_the_same_port_again_at_once(tmp_path: Path) -> None:
    port = str(free_port())
    for _ in range(2):
        async with served(tmp_path, port=port) as server, talking(server.port, "ann") as ann:
            await ann.ask("message", text="x")
            server.process.kill()
            await server.process.wait()


async def test_a_folder_that_is_in_use(tmp_path: Path) -> None:
    async with served(tmp_path) as server:
        status, error = await ended(tmp_path)
        assert status == 1
        assert f"in use by process {server.pid}" in one_line(error)


@pytest.mark.parametrize(
    ("flags", "status", "words"),
    [
        (["--host", "192.0.2.1"], 2, "Cannot listen on 192.0.2.1"),
        (["--host", "no such host"], 2, "Cannot listen on no such host"),
        (["--host", "a..b"], 2, "Cannot listen on a..b"),
        (["--host", "x" * 300], 2, "Cannot listen on x"),
        (["--host", ""], 2, "--host: an address is needed"),
        (["--port", "x"], 2, "--port: x is not a port (0 to 65535)"),
        (["--port", "65536"], 2, "--port: 65536 is not a port"),
        (["--port", "-1"], 2, "--port: -1 is not a port"),
        (["--retain", "soon"], 2, "--retain: soon is not a time such as 90d, 12h or 3600"),
        (["--config", "nowhere.toml"], 2, "--config: "),
        (["--data", "file"], 1, "The folder file cannot be used: "),
        (["--data", "file/deeper"], 1, "cannot be used: "),
        (["--data", "/proc/salon"], 1, "The folder /proc/salon cannot be used: "),
        (["--data", "newer"], 1, "was written by a newer Salon (format 99"),
    ],
)
async def test_what_it_cannot_do_is_one_line(tmp_path: Path, flags: list[str], status: int, words: str) -> None:
    (tmp_path / "file").write_text("x")
    (tmp_path / "newer").mkdir()
    connection = sqlite3.connect(tmp_path / "newer" / "salon.db")
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    found, error = await ended(tmp_path, *flags)
    assert words in one_line(error)
    assert found == status


async def test_a_flag_that_does_not_exist_is_answered_with_the_usage(tmp_path: Path) -> None:
    status, error = await ended(tmp_path, "--nonsense")
    assert status == 2
    assert error.startswith("usage: ")


async def test_settings_come_from_flags_else_the_environment_else_a_file(tmp_path: Path) -> None:
    ports = [str(free_port()) for _ in range(3)]
    config = tmp_path / "salon.toml"
    config.write_text(f'[serve]\nport = {ports[0]}\nmemory = true\ndata = "elsewhere"\n', encoding="utf-8")
    async with served(tmp_path, "--config", str(config), port="") as server:
        assert str(server.port) == ports[0]
    async with served(tmp_path, port="", SALON_CONFIG=str(config), SALON_PORT=ports[1]) as server:
        assert str(server.port) == ports[1]
    async with served(
        tmp_path, "--data", "third", port=ports[2], SALON_CONFIG=str(config), SALON_PORT=ports[1], SALON_MEMORY="no"
    ) as server:
        assert str(server.port) == ports[2]
    assert (tmp_path / "third" / "salon.db").exists()
    assert not (tmp_path / "elsewhere").exists()


async def test_over_ipv6(tmp_path: Path) -> None:
    async with served(tmp_path, "--host", "::1") as server:
        assert server.lines == [f"Salon is listening on http://[::1]:{server.port}"]
        reader, writer = await asyncio.open_connection("::1", server.port)
        writer.write(b'{"type":"ping"}')
        assert await reader.readline() == b'{"type":"pong","payload":{}}\n'
        writer.close()


@pytest.mark.parametrize(("host", "who"), [("0.0.0.0", "over any of its networks"), ("::", "over any of its networks")])
async def test_whoever_opens_it_to_others_is_told_who_can_come_in(tmp_path: Path, host: str, who: str) -> None:
    async with served(tmp_path, "--host", host) as server:
        await server.until(f"^Everybody .*{who} can come in")


async def test_localhost_by_name_needs_no_warning(tmp_path: Path) -> None:
    async with served(tmp_path, "--host", "localhost", "--memory") as server:
        await server.stop()
        await server.until("^Closing")
        assert not [line for line in server.lines if "Everybody" in line]


async def test_nobody_reads_what_it_prints(tmp_path: Path) -> None:
    """A terminal that stopped scrolling, or a pipe into something that hangs: the server goes on, and ends."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    try:
        while True:
            os.write(write, b"x" * 4096)
    except BlockingIOError:
        os.set_blocking(write, True)
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *salon("serve", "--port", str(port), "--memory"),
        stdout=write,
        stderr=subprocess.PIPE,
        env=environment(tmp_path),
    )
    os.close(write)

    def listening() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    try:
        await eventually(listening)
        for n in range(3):
            async with talking(port, f"guest {n}") as guest:
                assert (await guest.ask("message", text="x"))[0] == "ack"
        process.terminate()
        async with asyncio.timeout(STOP_SECONDS):
            _, error = await process.communicate()
        assert (process.returncode, error) == (0, b"")
    finally:
        os.close(read)
        if process.returncode is None:
            process.kill()
            await process.wait()


async def test_whoever_reads_what_it_prints_goes_away(tmp_path: Path) -> None:
    """As in `salon serve | head -1`."""
    server = await started(tmp_path, "--memory")
    await server.ready()
    server.process._transport.get_pipe_transport(1).close()  # type: ignore[attr-defined]
    async with talking(server.port, "ann") as ann:
        assert (await ann.ask("message", text="x"))[0] == "ack"
    assert await server.stop() == 0
    assert await server.errors() == ""


async def test_the_module_is_the_command(tmp_path: Path) -> None:
    for flag, words in (("--version", b"salon "), ("--help", b"usage: salon")):
        ran = await asyncio.create_subprocess_exec(*salon(flag), stdout=subprocess.PIPE, env=environment(tmp_path))
        out, _ = await ran.communicate()
        assert ran.returncode == 0
        assert out.startswith(words)
