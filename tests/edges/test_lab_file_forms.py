"""Files for clients that others wrote: each is answered in its form and its spelling."""

from __future__ import annotations

import ast
import base64
import json
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from salon.core.limits import READ_SECONDS
from salon.edges import pacing
from tests.edges.parcelled import EVERY_BYTE, Lab, encoded, lab, uploaded

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_exceptions", "fast")]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Lab]:
    async with lab(tmp_path) as house:
        yield house


def _counted(data: bytes) -> bytes:
    return b"%-10d" % len(data) + data


def _msglen(data: bytes) -> bytes:
    return b'{"type": "msglen", "payload": {"size": "%-21d"}}' % len(data) + data


def _length(data: bytes) -> bytes:
    return b'{"length":%d}' % len(data) + data


@pytest.mark.parametrize(
    ("frame", "upload", "download", "answer"),
    [
        (bytes, ("upload", "filename", "file_content"), ("download", "filename"), ("file", "filename", "file_content")),
        (bytes, ("upload", "name", "contents"), ("download", "name"), ("file", "name", "contents")),
        (_counted, ("upload", "file_name", "content"), ("download", "file_name"), ("file", "file_name", "content")),
        (_msglen, ("media", "filename", "content"), ("filereq", "filename"), ("media", "fname", "content")),
        (_msglen, ("media", "fname", "content"), ("filereq", "fname"), ("media", "fname", "content")),
        (
            _length,
            ("upload", "file_name", "file_data"),
            ("download", "file_name"),
            ("downloaded_file", "file_name", "file_data"),
        ),
    ],
)
async def test_each_form_is_answered_in_its_spelling(
    house: Lab,
    frame: Callable[[bytes], bytes],
    upload: tuple[str, str, str],
    download: tuple[str, str],
    answer: tuple[str, str, str],
) -> None:
    def form(kind: str, payload: dict[str, Any]) -> bytes:
        return frame(json.dumps({"type": kind, "payload": payload}).encode())

    guest = await house.guest(form("connect", {"name": "ann", "room": "r1"}))
    await guest.until("connect_ack")
    guest.send(form(upload[0], {upload[1]: "a.txt", upload[2]: encoded(EVERY_BYTE), "format": "txt"}))
    await guest.until(uploaded("a.txt"))
    await guest.until("}}")
    guest.send(form(download[0], {"room": "r1", download[1]: "a.txt"}))
    heard = await guest.until(f'{encoded(EVERY_BYTE)}"}}}}')
    begin = heard.rindex('{"type"')
    document = json.loads(heard[begin:])
    assert document["type"] == answer[0]
    assert document["payload"].items() >= {answer[1]: "a.txt", answer[2]: encoded(EVERY_BYTE)}.items()
    assert document["payload"].get("format", "txt") == "txt"
    if frame is not bytes:
        assert re.findall(r"\d+", heard[:begin])[-1] == str(len(heard) - begin)
    guest.send(form(download[0], {download[1]: "gone.txt"}))
    await guest.until("The gone.txt doesn't exist")


async def test_python_and_another_word_for_the_type(house: Lab) -> None:
    guest = await house.guest(repr({"message_type": "connect", "payload": {"name": "ann", "room": "r1"}}).encode())
    await guest.until("}}")
    content = base64.b64encode(b"it's")  # bytes, as such clients leave them
    guest.send(repr({"message_type": "upload", "payload": {"file_name": "a.txt", "file_content": content}}).encode())
    await guest.until(uploaded("a.txt"))
    await guest.until("}}")
    guest.send(repr({"message_type": "download", "payload": {"file_name": "a.txt"}}).encode())
    answer = ast.literal_eval(await guest.until("}}"))
    assert answer == {
        "message_type": "file",
        "payload": {"file_name": "a.txt", "file_content": encoded(b"it's")},
    }


async def test_images(house: Lab) -> None:
    ann, bob = await house.peer("ann"), await house.peer("bob")
    ann.send("upload_image", image_name="a.png", image_size=256)
    ann.raw(EVERY_BYTE)
    for one in (ann, bob):
        assert await one.told() == uploaded("a.png")
        one.send("download_image", image_name="a.png")
        sizes = {"image_size": 256, "file_size": 256}
        assert await one.document() == ("download_image_ack", {"image_name": "a.png", "file_name": "a.png", **sizes})
        assert await one.exactly(256) == EVERY_BYTE
    bob.send("download_image", image_name="gone.png")
    assert await bob.document() == (
        "notification",
        dict.fromkeys(("message", "text", "msg"), "The gone.png doesn't exist"),
    )


async def test_raw_bytes_come_after_a_pause_and_so_does_what_follows(
    house: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pacing, "READ_SECONDS", READ_SECONDS)
    ann = await house.peer("ann")
    ann.send("upload", file_name="a.bin", file_size=3)
    ann.raw(b"abc")
    assert await ann.told() == uploaded("a.bin")
    ann.send("download", file_name="a.bin")
    ann.send("download", file_name="gone.bin")
    reads = [await ann.guest.reader.read(1024) for _ in range(3)]  # as such a client reads: one is one document
    assert json.loads(reads[0])["type"] == "download-ack"
    assert reads[1] == b"abc"
    assert json.loads(reads[2])["type"] == "notification"
