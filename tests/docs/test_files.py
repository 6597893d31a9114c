"""The example in docs/files.md does what it says, and the orders it tells are those of the console."""

from __future__ import annotations

import asyncio
import hashlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from salon.faces.console.file_orders import FILE_ORDERS
from tests.docs.reading import blocks, read, sections, tables
from tests.support.filing import filing
from tests.support.servers import environment

PAGE = read("docs/files.md")


def test_the_page_tells_every_order() -> None:
    rows = tables(sections(PAGE, 2)["Sending and getting"])[0][1:]
    told = {word for row in rows for word in re.findall(r"/[a-z]+|[a-z]+:", row[0])}
    assert told == {*FILE_ORDERS, "upload:", "download:"}


@pytest.mark.anyio
async def test_the_example_sends_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"some")
    (code,) = blocks(PAGE, "python")
    async with filing(tmp_path / "server") as server:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", code, str(server.address), str(tmp_path / "a.txt")),
            env=environment(tmp_path / "home"),
            stdout=subprocess.PIPE,
        )
        out, _ = await process.communicate()
        assert await server.names("lobby") == ["a.txt"]
    assert process.returncode == 0
    assert out.decode().splitlines()[-1] == f"On the shelf, with SHA-256 {hashlib.sha256(b'some').hexdigest()}"
