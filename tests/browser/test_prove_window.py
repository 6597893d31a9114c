"""Proofs over minutes: what a large download and a halted one cost."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import shutil
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.browser.windows import Desktop, Window, a_port, desktop

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.prove,
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
    pytest.mark.skipif(
        not (shutil.which("chromium") and shutil.which("Xvfb")), reason="needs Debian's chromium and xvfb"
    ),
]
GIB = 1 << 30
AGENT_BYTES = 150_000_000
HALTED_SECONDS = 60
PROCESSOR_SHARE = 0.002  # of one processor, beside what a server without anybody takes


@pytest.fixture
async def desk(anyio_backend: str, tmp_path: Path) -> AsyncIterator[Desktop]:
    async with async_playwright() as playwright, desktop(playwright, tmp_path) as desk:
        yield desk


def resident(window: Window) -> int:
    """Bytes of the agent, now."""
    status = Path(f"/proc/{window.process.pid}/status").read_text("utf-8")
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    assert found is not None
    return int(found[1]) * 1024


def processor_seconds(window: Window) -> float:
    """What the program has taken of processors so far."""
    fields = Path(f"/proc/{window.process.pid}/stat").read_text("utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def a_file(path: Path, size: int) -> str:
    """A file of other bytes at each place; its SHA-256."""
    digest = hashlib.sha256()
    with path.open("wb") as file:
        for number in range(size // (1 << 20)):
            piece = hashlib.shake_128(str(number).encode()).digest(1 << 10) * (1 << 10)
            digest.update(piece)
            file.write(piece)
    return digest.hexdigest()


def hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


async def begin(window: Window, name: str) -> None:
    await window.choose("server files", name)
    await window.fill("save file as", name)
    await window.press("Download")
    await window.sees_button("Proceed")


async def finish(window: Window) -> None:
    await window.press("Proceed")
    await window.sees("downloaded 100% out of file.", seconds=300)


async def test_a_gibibyte_takes_little_memory_and_does_not_pass_through_the_page(desk: Desktop, tmp_path: Path) -> None:
    folder = tmp_path / "server"
    folder.mkdir()
    digest = await asyncio.to_thread(a_file, folder / "big.bin", GIB)
    port = a_port()
    await desk.server("server", port)
    leah = await desk.client("Leah")
    await leah.login("Leah", f"127.0.0.1:{port}")
    most = 0
    fetched: list[str] = []
    leah.page.on("request", lambda request: fetched.append(request.url))

    async def watch() -> None:
        nonlocal most
        while True:
            most = max(most, resident(leah))
            await asyncio.sleep(0.05)

    watching = asyncio.ensure_future(watch())
    await begin(leah, "big.bin")
    await finish(leah)
    watching.cancel()
    print(f"the agent had at most {most / 1e6:.0f} MB")
    assert most < AGENT_BYTES
    assert fetched == []
    assert await asyncio.to_thread(hash_of, leah.folder / "big.bin") == digest


async def test_who_halts_for_a_minute_costs_the_server_nothing(desk: Desktop, tmp_path: Path) -> None:
    folder = tmp_path / "server"
    folder.mkdir()
    digest = await asyncio.to_thread(a_file, folder / "film.bin", 64 << 20)
    port = a_port()
    server = await desk.server("server", port)
    people = [await desk.client(name) for name in ("Leah", "Shlomo", "Dina")]
    for window, name in zip(people, ("Leah", "Shlomo", "Dina"), strict=True):
        await window.login(name, f"127.0.0.1:{port}")
    begun = processor_seconds(server)
    await asyncio.sleep(HALTED_SECONDS)
    idle = processor_seconds(server) - begun
    await asyncio.gather(*(begin(window, "film.bin") for window in people))
    for window in people[1:]:
        await finish(window)
    await asyncio.sleep(2)  # whatever the end of a download costs is not what a halted one does
    begun = processor_seconds(server)
    await asyncio.sleep(HALTED_SECONDS)
    halted = processor_seconds(server) - begun
    print(f"processor seconds in {HALTED_SECONDS} s: {idle:.2f} idle, {halted:.2f} with one halted")
    assert halted - idle < PROCESSOR_SHARE * HALTED_SECONDS + 0.1
    await finish(people[0])
    for window in people:
        assert await asyncio.to_thread(hash_of, window.folder / "film.bin") == digest
