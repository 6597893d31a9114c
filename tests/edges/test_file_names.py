"""Names of files and rooms in paths: awkward ones come back as they are, hostile ones lead nowhere."""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salon.core.filenames import safe_name
from salon.errors import Refusal
from tests.edges.shelfside import DATA, Place, file_path, listed, opened

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_exceptions")]

AWKWARD = [
    "a b.txt",
    "100%.txt",
    "%2e%2e",
    "a%00b",
    "ü ñ 日本 🎉",
    "a+b&c=d;e#f?g",
    'say "hello"',
    "no extension",
    ".hidden",
    "a:b.txt",
    "{braces}",
    "x" * 255,
    "é" * 127,
    "-rf",
    "*",
]


@pytest.mark.parametrize("name", AWKWARD)
async def test_an_awkward_name_comes_back_as_it_is(place: Place, name: str) -> None:
    answer = await place.get(await place.shelve(name, DATA))
    assert answer.body == DATA
    disposition = answer.headers["Content-Disposition"]
    assert disposition.partition(";")[0] in ("inline", "attachment")
    assert unquote(disposition.rpartition("filename*=UTF-8''")[2]) == name
    assert disposition.isascii()
    assert disposition.count('"') == 2
    assert (await listed(place))[0]["name"] == name


@pytest.mark.parametrize(
    "name",
    [
        "..%2f..%2fetc%2fpasswd",
        "%2e%2e%2fx",
        "%2e%2e",
        "a%00b",
        "a%2fb",
        "a%5cb",
        "%5c%5chost%5cshare",
        "C%3a%5cx",
        "%252e%252e%252fx",
        "..%c0%afx",
        "%ff",
        "CON",
        "x" * 300,
        "%e2%80%ae",
    ],
)
async def test_a_hostile_name_is_refused(place: Place, name: str) -> None:
    await place.shelve("a", DATA)
    for where in (
        f"/rooms/r1/files/{name}",
        f"/rooms/{name}/files/a",
        f"/rooms/{name}/files",
        f"/rooms/r1/blobs/{name}",
    ):
        for method in ("GET", "HEAD"):
            answer = await place.ask(method, where)
            assert 400 <= answer.status < 500, where
    assert set(place.shelves.hall.rooms) <= {"lobby"}


@pytest.mark.parametrize("path", ["/rooms/../../etc/passwd", "/rooms/r1/files/../../../etc/passwd", "/rooms/r1/files/"])
async def test_a_hostile_path_leads_nowhere(place: Place, path: str) -> None:
    line = await place.line()
    line.send(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n".encode())
    head = (await line.end()).splitlines()[0]
    assert b" 404 " in head or b" 400 " in head


@settings(max_examples=30)
@given(st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=20), st.binary(max_size=20))
def test_every_name_that_may_be_comes_back_and_no_other(names: list[str], data: bytes) -> None:
    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with opened(Path(folder) / "data") as place:
                for name in names:
                    safe = safe_name(name)
                    path = file_path(name)
                    if isinstance(safe, Refusal):
                        if "\ud800" <= max(name) <= "\udfff":
                            continue  # cannot be written in a path at all
                        assert 400 <= (await place.get(path)).status < 500
                    else:
                        await place.shelve(name, data)
                        assert (await place.get(path)).body == data
                assert [one.name for one in Path(folder).iterdir()] == ["data"]

    asyncio.run(run())
