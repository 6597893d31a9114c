"""Servers that lie about files, err, or are none: a few lines each, over real sockets."""

from __future__ import annotations

import asyncio
import hashlib
from pathlib import Path

import pytest
from aiohttp import web

from salon.errors import BYTES_DIFFER, NO_SERVER, SalonError
from tests.client.transfers.strange import DATA, answering
from tests.support.filing import ROOM, done, refused, transferring

pytestmark = pytest.mark.anyio

HASH = hashlib.sha256(DATA).hexdigest()


def file_answer(request: web.BaseRequest, body: bytes = DATA, **headers: str) -> web.Response:
    """A file, as Salon sends it."""
    told = {"ETag": f'"{HASH}"', **headers}
    if request.method == "HEAD":
        return web.Response(headers={**told, "Content-Length": str(len(DATA))})
    return web.Response(body=body, headers=told)


async def test_wrong_bytes_are_thrown_away_and_asked_for_once_more(tmp_path: Path) -> None:
    asked: list[str | None] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.method == "GET":
            asked.append(request.headers.get("Range"))
        return file_answer(request, DATA[::-1])

    async with answering(answer) as port, transferring(port, tmp_path / "kept") as transfers:
        assert await refused(transfers.get("a", ROOM, tmp_path)) == BYTES_DIFFER.code
    assert asked == [None, None]
    assert not list(tmp_path.iterdir())


async def test_a_body_that_something_in_between_cut_into_pieces_arrives(tmp_path: Path) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        told = file_answer(request)
        if request.method == "GET":
            told.enable_chunked_encoding()
        return told

    async with answering(answer) as port, transferring(port, tmp_path / "kept") as transfers:
        await done(transfers.get("a", ROOM, tmp_path))
    assert (tmp_path / "a").read_bytes() == DATA


async def test_bytes_that_are_right_the_second_time_are_kept(tmp_path: Path) -> None:
    bodies = [DATA, DATA[::-1]]

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return file_answer(request, bodies.pop() if request.method == "GET" else b"")

    async with answering(answer) as port, transferring(port, tmp_path / "kept") as transfers:
        await done(transfers.get("a", ROOM, tmp_path))
    assert (tmp_path / "a").read_bytes() == DATA


async def test_a_part_that_was_spoilt_is_got_again_from_zero(tmp_path: Path) -> None:
    """A machine that lost power may leave zeroes where bytes were."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if "Range" not in request.headers:
            return file_answer(request)
        begin = int(request.headers["Range"][6:-1])
        told = {"ETag": f'"{HASH}"', "Content-Range": f"bytes {begin}-{len(DATA) - 1}/{len(DATA)}"}
        return web.Response(status=206, body=DATA[begin:], headers=told)

    (tmp_path / f"a.{HASH[:16]}.part").write_bytes(bytes(100_000))
    async with answering(answer) as port, transferring(port, tmp_path / "kept") as transfers:
        await done(transfers.get("a", ROOM, tmp_path))
    assert {path.name for path in tmp_path.iterdir()} == {"a"}
    assert (tmp_path / "a").read_bytes() == DATA


@pytest.mark.parametrize("length", [len(DATA), len(DATA) + 1])
async def test_a_part_that_is_whole_or_too_long_needs_no_more_than_a_look(tmp_path: Path, length: int) -> None:
    """The program died between the last byte and the name."""
    asked: list[str] = []

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        asked.append(request.method)
        return file_answer(request)

    (tmp_path / f"a.{HASH[:16]}.part").write_bytes((DATA + b"!")[:length])
    async with answering(answer) as port, transferring(port, tmp_path / "kept") as transfers:
        await done(transfers.get("a", ROOM, tmp_path))
    assert asked == (["HEAD"] if length == len(DATA) else ["HEAD", "GET"])
    assert (tmp_path / "a").read_bytes() == DATA


async def test_a_server_that_sends_all_where_a_part_was_asked_for(tmp_path: Path) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return file_answer(request)

    (tmp_path / f"a.{HASH[:16]}.part").write_bytes(DATA[:1000])
    async with answering(answer) as port, transferring(port, tmp_path / "kept") as transfers:
        await done(transfers.get("a", ROOM, tmp_path))
    assert (tmp_path / "a").read_bytes() == DATA


async def test_a_part_of_another_place_is_refused(tmp_path: Path) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if "Range" in request.headers:
            told = {"ETag": f'"{HASH}"', "Content-Range": f"bytes 5-{len(DATA) - 1}/{len(DATA)}"}
            return web.Response(status=206, body=DATA[5:], headers=told)
        return file_answer(request)

    (tmp_path / f"a.{HASH[:16]}.part").write_bytes(DATA[:1000])
    async with answering(answer) as port, transferring(port, tmp_path / "kept") as transfers:
        assert await refused(transfers.get("a", ROOM, tmp_path)) == NO_SERVER.code


async def test_more_bytes_than_were_announced_are_refused(tmp_path: Path) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return file_answer(request, DATA + b"and more")

    async with answering(answer) as port, transferring(port, tmp_path / "kept") as transfers:
        assert await refused(transfers.get("a", ROOM, tmp_path)) == NO_SERVER.code
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("headers", [{"ETag": ""}, {"ETag": 'W/"x"'}, {"ETag": '"short"'}])
async def test_a_file_without_a_hash_is_not_taken(tmp_path: Path, headers: dict[str, str]) -> None:
    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        return file_answer(request, DATA, **headers)

    async with answering(answer) as port, transferring(port, tmp_path / "kept") as transfers:
        assert await refused(transfers.get("a", ROOM, tmp_path)) == NO_SERVER.code


async def test_a_file_that_is_another_at_every_look_is_not_asked_for_without_end(tmp_path: Path) -> None:
    looks = 0

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal looks
        looks += 1
        return file_answer(request, DATA, ETag=f'"{looks:064x}"')

    async with answering(answer) as port, transferring(port, tmp_path / "kept", patience=0.2) as transfers:
        assert await refused(transfers.get("a", ROOM, tmp_path)) == "lost_server"
    assert 10 < looks < 100
    assert not list(tmp_path.iterdir())


async def test_what_is_no_salon_is_told_of(tmp_path: Path) -> None:
    async def answer(_request: web.BaseRequest) -> web.StreamResponse:
        return web.Response(text="<h1>It works!</h1>")

    (tmp_path / "a").write_bytes(b"x")
    async with answering(answer) as port, transferring(port, tmp_path / "kept") as transfers:
        for job in (transfers.send(tmp_path / "a", ROOM), transfers.get("b", ROOM, tmp_path)):
            assert await refused(job) == NO_SERVER.code
            assert "something else than Salon" in job.look().refusal.message  # type: ignore[union-attr]
        with pytest.raises(SalonError, match="something else than Salon"):
            await transfers.files(ROOM)


async def test_what_is_no_http_is_told_of(tmp_path: Path) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n")
        writer.write(b"220 mail.example ESMTP\r\n")
        writer.close()

    async with (
        await asyncio.start_server(answer, "127.0.0.1", 0) as server,
        transferring(server.sockets[0].getsockname()[1], tmp_path / "kept") as transfers,
    ):
        job = transfers.get("a", ROOM, tmp_path)
        assert await refused(job) == NO_SERVER.code
        assert "something else than Salon" in job.look().refusal.message  # type: ignore[union-attr]


async def test_a_proxy_whose_server_is_away_is_waited_for(tmp_path: Path) -> None:
    answers = 3

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        nonlocal answers
        answers -= 1
        return web.Response(status=502) if answers > 0 else file_answer(request)

    async with answering(answer) as port, transferring(port, tmp_path / "kept") as transfers:
        await done(transfers.get("a", ROOM, tmp_path))
