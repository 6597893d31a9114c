"""A room's files over a real port: ranges, conditions, digests, what browsers may not do with them."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.edges.shelfside import DATA, Place
from tests.support.shelves import sha256_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_exceptions")]


# the whole, a part, nothing


async def test_the_whole_file(place: Place) -> None:
    path = await place.shelve("f 6 ü.bin", DATA)
    for where in (path, f"/rooms/r1/blobs/{sha256_of(DATA)}", f"/rooms/R1/blobs/{sha256_of(DATA).upper()}"):
        answer = await place.get(where)
        assert (answer.status, answer.body) == (200, DATA)
        assert answer.headers["ETag"] == f'"{sha256_of(DATA)}"'
        digest = base64.b64encode(hashlib.sha256(DATA).digest()).decode()
        assert answer.headers["Repr-Digest"] == f"sha-256=:{digest}:"
        assert answer.headers["Accept-Ranges"] == "bytes"
        assert "Content-Range" not in answer.headers


async def test_head_is_get_without_the_bytes(place: Place) -> None:
    path = await place.shelve("a", DATA)
    whole, head = await place.get(path), await place.ask("HEAD", path)
    assert (head.status, head.body) == (200, b"")
    assert {k: v for k, v in head.headers.items() if k != "Date"} == {
        k: v for k, v in whole.headers.items() if k != "Date"
    }
    assert (await place.ask("HEAD", path, Range="bytes=1-2")).headers["Content-Length"] == str(len(DATA))


@pytest.mark.parametrize(
    ("asked", "begin", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-99", 0, 100),
        ("bytes=10-19", 10, 20),
        ("BYTES=10-19", 10, 20),
        ("bytes=10-", 10, len(DATA)),
        ("bytes=0-", 0, len(DATA)),
        ("bytes=-10", len(DATA) - 10, len(DATA)),
        ("bytes=-999999", 0, len(DATA)),
        (f"bytes=10-{10**17}", 10, len(DATA)),
        (f"bytes={len(DATA) - 1}-", len(DATA) - 1, len(DATA)),
    ],
)
async def test_a_part(place: Place, asked: str, begin: int, end: int) -> None:
    answer = await place.get(await place.shelve("a", DATA), Range=asked)
    assert (answer.status, answer.body) == (206, DATA[begin:end])
    assert answer.headers["Content-Range"] == f"bytes {begin}-{end - 1}/{len(DATA)}"
    assert answer.headers["ETag"] == f'"{sha256_of(DATA)}"'


@pytest.mark.parametrize("asked", [f"bytes={len(DATA)}-", f"bytes={10**17}-", "bytes=-0"])
async def test_a_part_that_is_not_there(place: Place, asked: str) -> None:
    answer = await place.get(await place.shelve("a", DATA), Range=asked)
    assert (answer.status, answer.body) == (416, b"")
    assert answer.headers["Content-Range"] == f"bytes */{len(DATA)}"


@pytest.mark.parametrize(
    "asked",
    ["bytes=0-1,5-6", "lines=1-2", "bytes", "bytes=", "bytes=-", "bytes=5-2", "bytes=a-b", f"bytes={'9' * 5000}-"],
)
async def test_what_is_no_range_or_several_is_the_whole(place: Place, asked: str) -> None:
    answer = await place.get(await place.shelve("a", DATA), Range=asked)
    assert (answer.status, answer.body) == (200, DATA)


async def test_only_the_very_same_bytes_are_gone_on_with(place: Place) -> None:
    """Else a download that is resumed after the file was replaced is two files in one."""
    path = await place.shelve("a", DATA)
    tag = f'"{sha256_of(DATA)}"'
    same = await place.get(path, Range="bytes=10-19", If_Range=tag)
    assert (same.status, same.body) == (206, DATA[10:20])
    for other in ('"other"', f"W/{tag}", tag.strip('"'), "Wed, 21 Oct 2015 07:28:00 GMT", ""):
        answer = await place.get(path, Range="bytes=10-19", If_Range=other)
        assert (answer.status, answer.body) == (200, DATA)


async def test_what_one_has_already_is_not_sent_again(place: Place) -> None:
    path = await place.shelve("a", DATA)
    tag = f'"{sha256_of(DATA)}"'
    for header in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        for method in ("GET", "HEAD"):
            answer = await place.ask(method, path, If_None_Match=header)
            assert (answer.status, answer.body) == (304, b"")
            assert answer.headers["ETag"] == tag
    assert (await place.get(path, If_None_Match='"other"')).body == DATA
    assert (await place.get(path, If_None_Match="nonsense")).body == DATA


async def test_an_empty_file(place: Place) -> None:
    path = await place.shelve("empty", b"")
    answer = await place.get(path)
    assert (answer.status, answer.body, answer.headers["Content-Length"]) == (200, b"", "0")
    assert answer.headers["ETag"] == f'"{sha256_of(b"")}"'
    assert (await place.get(path, Range="bytes=0-")).status == 416
    assert (await place.ask("HEAD", path)).status == 200


async def test_the_connection_is_used_again_after_a_download(place: Place) -> None:
    path = await place.shelve("a", DATA)
    line = await place.line()
    for n in range(3):
        line.send(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nRange: bytes={n}-9999\r\n\r\n".encode())
        async with asyncio.timeout(10):
            head = await line.reader.readuntil(b"\r\n\r\n")
            assert b" 206 " in head.splitlines()[0]
            assert await line.reader.readexactly(10_000 - n) == DATA[n:10_000]


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
async def test_curl_goes_on_where_it_was(place: Place, tmp_path: Path) -> None:
    data = os.urandom(500_000)
    path = await place.shelve("f 1.bin", data)
    part = tmp_path / "part"
    part.write_bytes(data[:123_456])
    process = await asyncio.create_subprocess_exec(
        "curl", "-s", "-C", "-", "-o", str(part), "-w", "%{http_code} %{size_download}", place.url + path,
        stdout=subprocess.PIPE,
    )  # fmt: skip
    said, _ = await process.communicate()
    assert said.decode() == f"206 {500_000 - 123_456}"
    assert part.read_bytes() == data


# what browsers may do with them


@pytest.mark.parametrize(
    ("name", "kind", "placed"),
    [
        ("page.html", "application/octet-stream", "attachment"),
        ("page.HTML", "application/octet-stream", "attachment"),
        ("picture.svg", "image/svg+xml", "attachment"),
        ("page.xhtml", "application/octet-stream", "attachment"),
        ("script.js", "application/octet-stream", "attachment"),
        ("paper.pdf", "application/octet-stream", "attachment"),
        ("png", "application/octet-stream", "attachment"),
        ("photo.PNG", "image/png", "inline"),
        ("notes.txt", "text/plain; charset=utf-8", "inline"),
        ("film.mp4", "video/mp4", "inline"),
    ],
)
async def test_nothing_that_was_sent_can_run_as_a_page_of_ours(place: Place, name: str, kind: str, placed: str) -> None:
    path = await place.shelve(name, b"<script>alert(1)</script>")
    for answer in (await place.get(path), await place.get(path, Range="bytes=0-3"), await place.ask("HEAD", path)):
        assert answer.headers["Content-Type"] == kind
        assert answer.headers["Content-Disposition"].startswith(f"{placed};")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
