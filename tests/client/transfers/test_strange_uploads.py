"""Servers that lose, cut or misplace what is sent to them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from aiohttp import web

from salon.client.transfers import State
from salon.errors import FILE_CHANGED, NO_SERVER, UNKNOWN_UPLOAD
from tests.client.transfers.strange import DATA, answering
from tests.support.filing import ROOM, refused, transferring

pytestmark = pytest.mark.anyio

TUS = {"Tus-Resumable": "1.0.0"}


class Tus:
    """Enough of an upload's server to misbehave with."""

    def __init__(self) -> None:
        self.posts = 0
        self.deleted = 0
        self.location = "/uploads/x"
        self.place: dict[str, str] | None = {"Upload-Offset": "0", "Upload-Length": str(len(DATA))}
        self.patched = 204
        self.offset = len(DATA)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "POST":
            self.posts += 1
            told = {"Location": self.location, "Upload-Offset": "0"}
            return web.Response(status=201, text="not JSON", headers={**TUS, **told})
        if request.method == "HEAD":
            return web.Response(status=200 if self.place else 404, headers={**TUS, **(self.place or {})})
        if request.method == "DELETE":
            self.deleted += 1
            return web.Response(status=204)
        await request.read()
        return web.Response(status=self.patched, headers={**TUS, "Upload-Offset": str(self.offset)})


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a"
    path.write_bytes(DATA)
    return path


async def test_a_server_that_loses_each_upload_is_not_begun_with_for_ever(tmp_path: Path, file: Path) -> None:
    tus = Tus()
    tus.patched, tus.place = 404, None
    async with answering(tus) as port, transferring(port, tmp_path / "kept") as transfers:
        assert await refused(transfers.send(file, ROOM)) == UNKNOWN_UPLOAD.code
    assert tus.posts == 3
    assert not list((tmp_path / "kept").iterdir())


async def test_a_server_that_took_less_than_it_got_is_asked_again(tmp_path: Path, file: Path) -> None:
    tus = Tus()
    tus.offset = 5
    async with answering(tus) as port, transferring(port, tmp_path / "kept", patience=0.3) as transfers:
        assert await refused(transfers.send(file, ROOM)) == "lost_server"
        assert transfers.jobs[1].look().state is State.FAILED


async def test_an_upload_that_is_of_another_size_there_is_another(tmp_path: Path, file: Path) -> None:
    tus = Tus()
    tus.patched, tus.place = 409, {"Upload-Offset": "0", "Upload-Length": "7"}
    async with answering(tus) as port, transferring(port, tmp_path / "kept") as transfers:
        assert await refused(transfers.send(file, ROOM)) == UNKNOWN_UPLOAD.code


@pytest.mark.parametrize("location", ["", "http://elsewhere.example/uploads/x"])
async def test_an_upload_is_not_sent_elsewhere(tmp_path: Path, file: Path, location: str) -> None:
    tus = Tus()
    tus.location = location
    async with answering(tus) as port, transferring(port, tmp_path / "kept") as transfers:
        assert await refused(transfers.send(file, ROOM)) == NO_SERVER.code


async def test_a_server_that_is_gone_when_an_upload_is_given_up_is_not_waited_for(tmp_path: Path, file: Path) -> None:
    tus = Tus()
    tus.patched = 502
    began = asyncio.Event()
    async with transferring(1, tmp_path / "kept", patience=20, silence=0.2) as transfers:
        async with answering(tus) as port:
            transfers._address = transfers._address._replace(port=port)
            job = transfers.send(file, ROOM)
            transfers.changed = lambda job: began.set() if job.look().state is State.CUT else None
            await began.wait()
        job.cancel()
        assert (await job.wait()).state is State.CANCELLED


async def test_a_file_that_changes_is_told_of_however_the_server_ends_it(tmp_path: Path, file: Path) -> None:
    tus = Tus()

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "POST":
            file.write_bytes(DATA[::-1])
        return await tus(request)

    async with answering(answer) as port, transferring(port, tmp_path / "kept") as transfers:
        assert await refused(transfers.send(file, ROOM)) == FILE_CHANGED.code
    assert tus.deleted == 1
