"""A tus client that we did not write sends a file, pauses, outlives the server, goes on and comes to its end."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from aiohttp import ClientSession

from tests.support.servers import environment, program

pytestmark = [pytest.mark.anyio, pytest.mark.slow]

HERE = Path(__file__).parent
PATIENCE = 30.0
NAME = "f 1 ü.bin"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """tus-js-client as it is locked, in a folder that goes with the test."""
    npm = shutil.which("npm")
    if npm is None or shutil.which("node") is None:
        pytest.skip("needs node and npm")
    folder = tmp_path_factory.mktemp("tus")
    for name in ("package.json", "package-lock.json", ".npmrc", "upload.mjs"):
        shutil.copy(HERE / name, folder)
    done = subprocess.run(
        [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--prefer-offline"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    if done.returncode and ("ENOTFOUND" in done.stderr or "ECONNREFUSED" in done.stderr or "EAI_AGAIN" in done.stderr):
        pytest.skip("no registry can be reached to install tus-js-client from")
    assert done.returncode == 0, done.stderr
    yield folder
    shutil.rmtree(folder)


async def test_it_pauses_and_goes_on_with_another_server(installed: Path, tmp_path: Path) -> None:
    data = os.urandom(1_500_000)
    (tmp_path / "file").write_bytes(data)
    async with program(tmp_path / "data") as server:
        client = await asyncio.create_subprocess_exec(
            "node",
            str(installed / "upload.mjs"),
            f"http://{server.address}/uploads",
            str(tmp_path / "file"),
            NAME,
            "r 1",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=tmp_path,
            env=environment(tmp_path),
        )
        assert client.stdin is not None
        assert client.stdout is not None
        async with asyncio.timeout(PATIENCE):
            assert await client.stdout.readline() == b"paused 300000\n"
            await server.kill()
            await server.start()
            client.stdin.write(b"go on\n")
            said = await client.stdout.read()
            assert await client.wait() == 0, said
        assert said.startswith(b"done http://")
        async with ClientSession() as http:
            url = f"http://{server.address}/rooms/{quote('r 1')}/files/{quote(NAME)}"
            async with http.get(url) as answer:
                assert await answer.read() == data
