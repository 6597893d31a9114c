"""Files in the lab's own forms, at a real door, byte for byte."""

from __future__ import annotations

import ast
import asyncio
import base64
import json
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from salon.core.limits import DOCUMENT_BYTES, FILE_DOCUMENT_BYTES, FILE_DOCUMENTS, MIB, READ_SECONDS, STALLED_SECONDS
from salon.edges import pacing
from salon.errors import STORAGE_FAILED, SalonError, refuse
from salon.hall.receiving import Policy
from salon.stores.memory_blobs import MemoryBlobs
from salon.wire import files as wire_files
from salon.wire.files import FILE_IN_DOCUMENT_BYTES
from tests.edges.parcelled import EVERY_BYTE, Lab, Peer, lab
from tests.support.eventually import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_exceptions")]

FILES = [
    b"",
    b"\n",
    b"\n{}",
    b'{"type":"exit"}',
    "Grüße\n".encode() * 500,
    EVERY_BYTE * 40,
    b"\x89PNG\r\n\x1a\n" + EVERY_BYTE * 3000,
]


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    """No pause between documents, where it is not the pause that is tested."""
    monkeypatch.setattr(pacing, "READ_SECONDS", 0.0)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Lab]:
    async with lab(tmp_path) as house:
        yield house


def uploaded(name: str, by: str = "ann") -> str:
    return f"User {by} uploaded the {name} file"


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


# up and down


@pytest.mark.parametrize("data", FILES, ids=len)
async def test_a_file_in_base64_and_back(house: Lab, data: bytes) -> None:
    ann, bob, eve = [await house.peer(name, room) for name, room in (("ann", "r1"), ("bob", "r1"), ("eve", "r2"))]
    ann.send("upload", file_name="a: b.txt", content=encoded(data))
    for one in (ann, bob):
        assert await one.told() == uploaded("a: b.txt")
    bob.send("download", file_name="a: b.txt")
    assert await bob.document() == ("file", {"file_name": "a: b.txt", "content": encoded(data)})
    eve.send("download", file_name="a: b.txt")
    assert await eve.told() == "The a: b.txt doesn't exist"
    assert (ann.guest.heard, bob.guest.heard, eve.guest.heard) == (b"", b"", b"")


@pytest.mark.parametrize("blobs", [None, MemoryBlobs], ids=["sendfile", "pieces"])
@pytest.mark.parametrize("data", FILES, ids=len)
async def test_raw_bytes_and_back(tmp_path: Path, data: bytes, blobs: Callable[[], MemoryBlobs] | None) -> None:
    async with lab(tmp_path, blobs=blobs() if blobs else None) as house:
        ann, bob = await house.peer("ann"), await house.peer("bob")
        ann.send("upload", file_name="pic.png", file_size=len(data))
        ann.raw(data)
        ann.send("message", text="behind it")
        assert await ann.told() == await bob.told() == uploaded("pic.png")
        assert (await bob.document())[1]["text"] == "behind it"
        for one, request in ((ann, {}), (bob, {"name": "bob", "room": "r1"})):
            one.send("download", file_name="pic.png", **request)
            assert await one.until("download-ack") == {"file_name": "pic.png", "file_size": len(data)}
            one.send("message", text="still here")
            if data:
                assert await one.exactly(len(data)) == data
        assert (await ann.document())[1]["text"] == "still here"


@pytest.mark.parametrize("data", FILES, ids=len)
async def test_full_clients_too(house: Lab, data: bytes) -> None:
    ann, bob = await house.full("ann"), await house.full("bob")
    ann.send("upload", file_name="a.txt", content=encoded(data), id="u1")
    ann.send("upload", file_name="a.bin", file_size=len(data), id="u2")
    ann.raw(data)
    acks = [await ann.until("ack") for _ in range(2)]
    assert acks == [{"id": "u1", "room": "r1", "seq": 1}, {"id": "u2", "room": "r1", "seq": 2}]
    bob.send("download", file_name="a.bin", id="d1")
    assert await bob.until("file") == {"file_name": "a.bin", "id": "d1", "content": encoded(data)}
    for one, request in ((ann, {}), (bob, {"name": "bob", "room": "r1"})):
        one.send("download", file_name="a.txt", id="d2", **request)
        assert await one.until("download-ack") == {"file_name": "a.txt", "file_size": len(data), "id": "d2"}
        one.send("ping", id="p")
        if data:
            assert await one.exactly(len(data)) == data
        assert await one.document() == ("pong", {"id": "p"})


async def test_a_byte_at_a_time_and_all_in_one_packet(house: Lab) -> None:
    ann = await house.peer("ann")
    stream = (
        json.dumps({"type": "upload", "payload": {"file_name": "a.txt", "content": encoded(b"hi")}})
        + json.dumps({"type": "upload", "payload": {"file_name": "b.bin", "file_size": 4}})
        + "\n{ü"
        + json.dumps({"type": "upload", "payload": {"file_name": "c.bin", "file_size": 0}})
        + json.dumps({"type": "download", "payload": {"file_name": "b.bin"}})
    ).encode()
    for size in (len(stream), 1):
        for at in range(0, len(stream), size):
            ann.raw(stream[at : at + size])
            await asyncio.sleep(0)
        told = [await ann.told() for _ in range(3)]
        assert told == [uploaded("a.txt"), uploaded("b.bin"), uploaded("c.bin")]
        assert await ann.document() == ("download-ack", {"file_name": "b.bin", "file_size": 4})
        assert await ann.exactly(4) == "\n{ü".encode()


async def test_what_others_say_meanwhile_comes_behind_the_file(house: Lab) -> None:
    data = EVERY_BYTE * 40_000
    ann, bob, full = await house.peer("ann"), await house.peer("bob"), await house.full("full")
    ann.send("upload", file_name="a.bin", file_size=len(data))
    ann.raw(data)
    assert await bob.told() == await full.told() == uploaded("a.bin")
    for one in (bob, full):
        one.guest.heard = b""
        one.guest.reader._transport.pause_reading()  # type: ignore[attr-defined]
        one.send("download", file_name="a.bin", name="x", room="r1")
    for n in range(50):
        ann.send("message", text=str(n))
    assert await ann.told() == uploaded("a.bin")
    for one in (bob, full):
        one.guest.reader._transport.resume_reading()  # type: ignore[attr-defined]
        await one.until("download-ack")
        assert await one.exactly(len(data)) == data
        while (await one.until("message"))["text"] != "49":
            pass


@pytest.mark.parametrize("full", [False, True])
@pytest.mark.parametrize("raw", [False, True])
async def test_a_slow_reader_gets_all_of_it(tmp_path: Path, raw: bool, full: bool) -> None:
    """In pieces: they wait for the reader, not in memory."""
    async with lab(tmp_path, blobs=MemoryBlobs()) as house:
        ann = await house.full("ann")
        data = EVERY_BYTE * 4 * 9_000
        ann.send("upload", file_name="a.bin", file_size=len(data))
        ann.raw(data)
        assert await ann.told() == uploaded("a.bin")
        bob = await (house.full("bob") if full else house.peer("bob"))
        (session,) = [one for one in house.hall.sessions if one.person.name == "bob"]
        outlet: Any = session.outlet
        bob.guest.reader._transport.pause_reading()  # type: ignore[attr-defined]
        bob.send("download", file_name="a.bin", **({"name": "bob", "room": "r1"} if raw else {}))
        await eventually(lambda: outlet._cargo is not None and outlet._cargo._ready is not None)
        assert session.parked
        ann.send("message", text="behind it")
        assert outlet._transport.get_write_buffer_size() < MIB
        bob.guest.reader._transport.resume_reading()  # type: ignore[attr-defined]
        if raw:
            await bob.until("download-ack")
            assert await bob.exactly(len(data)) == data
        else:
            assert base64.b64decode((await bob.until("file"))["content"]) == data
        assert (await bob.until("message"))["text"] == "behind it"


async def test_a_file_for_somebody_who_was_full_already(tmp_path: Path) -> None:
    async with lab(tmp_path, blobs=MemoryBlobs()) as house:
        ann, bob = await house.full("ann"), await house.full("bob")
        ann.send("upload", file_name="a.txt", content="aGk=")
        assert await bob.told() == uploaded("a.txt")
        (session,) = [one for one in house.hall.sessions if one.person.name == "bob"]
        outlet: Any = session.outlet
        bob.guest.reader._transport.pause_reading()  # type: ignore[attr-defined]
        while not outlet._full:
            ann.send("message", text="x" * 900_000)
            await asyncio.sleep(0)
        bob.send("download", file_name="a.txt")
        await eventually(lambda: outlet._cargo is not None)
        bob.guest.reader._transport.resume_reading()  # type: ignore[attr-defined]
        assert (await bob.until("file"))["content"] == "aGk="


# forms


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


# what is refused


@pytest.mark.parametrize(
    "name", ["../x", "/etc/x", "..\\x", "C:", "a\0b", "CON", "", "x" * 300, "nul.txt", ".", "\u202egnp.exe"]
)
async def test_hostile_names(house: Lab, tmp_path: Path, name: str) -> None:
    ann, full = await house.peer("ann"), await house.full("full")
    for one in (ann, full):
        one.send("upload", file_name=name, content="aGk=")
        one.send("upload", file_name=name, file_size=3)
        one.raw(b"{]\n")
        one.send("download", file_name=name)
        said = [payload["message"] for _ in range(3) if (payload := await one.until("error"))] if one is full else []
        while one is ann and len(said) < 3:
            if "cannot be a file's name" in (sentence := await one.told()):
                said.append(sentence)
        assert all("This cannot be a file's name" in sentence for sentence in said)
    assert await house.listed() == []
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


async def test_too_large_is_refused_and_its_bytes_are_thrown_away(tmp_path: Path) -> None:
    async with lab(tmp_path, policy=Policy(max_file=1000)) as house:
        ann = await house.peer("ann")
        for kind, keys in (("upload", ("file_name", "file_size")), ("upload_image", ("image_name", "image_size"))):
            ann.send(kind, **{keys[0]: "big.bin", keys[1]: 1_000_001})
            ann.raw(b'{"type":"exit"}' + b"\n" * 999_986)
            assert await ann.told() == "File big.bin is too large (limit 1000 bytes)"
        ann.send("upload", file_name="big.txt", content=encoded(b"x" * 1001))
        assert await ann.told() == "File big.txt is too large (limit 1000 bytes)"
        ann.send("upload", file_name="ok.txt", content=encoded(b"x" * 1000))
        assert await ann.told() == uploaded("ok.txt")
        assert await house.listed() == ["ok.txt"]


async def test_what_cannot_be_an_upload(house: Lab) -> None:
    stranger = Peer(await house.guest())
    stranger.send("upload", file_name="a.bin", file_size=2)
    stranger.raw(b"{{")
    assert "Say who you are first" in await stranger.told()
    stranger.send("download", file_name="a.bin")
    assert "Say who you are first" in await stranger.told()
    for one in (await house.peer("ann"), await house.full("full", "r2")):
        one.send("upload", file_name="/etc/passwd")
        one.send("upload", file_name="a.txt", content="not base64!")
        one.send("upload", file_name="a.txt", content="ü" * 300_000)
        one.send("upload", file_name="a.txt", content="aG k\r\n=")
        said: list[str] = []
        while not said or "uploaded" not in said[-1]:
            said.append(await one.told())
        assert said[0].startswith("Only the name of /etc/passwd came. Send the file itself")
        assert said[1] == said[2] == "This is not an upload that Salon understands: its content is not base64."


async def test_no_shelves_no_files(tmp_path: Path) -> None:
    async with lab(tmp_path) as house:
        house.hall.shelving = None
        for one in (await house.peer("ann"), await house.full("full")):
            one.send("upload", file_name="a.bin", file_size=2)
            one.raw(b"{{")
            one.send("download", file_name="a.bin")
            assert (await one.until("error"))["code"] == "no_files"
            assert "Files cannot be passed" in await one.told()


async def test_no_room_on_the_disk(tmp_path: Path) -> None:
    async with lab(tmp_path, blobs=MemoryBlobs(space=1000)) as house:
        ann = await house.peer("ann")
        ann.send("upload", file_name="a.bin", file_size=600)
        ann.raw(b"x" * 100)
        await eventually(lambda: [one.offset for one in house.shelving.receiving.uploads.values()] == [100])
        bob = await house.peer("bob")
        bob.send("upload", file_name="b.bin", file_size=500)
        bob.raw(b"y" * 500)
        assert await bob.told() == "There is no room for b.bin on the server's disk (500 bytes)."
        ann.guest.kill()
        await eventually(lambda: not house.shelving.receiving.uploads)
        bob.send("upload", file_name="b.bin", file_size=900)
        bob.raw(b"y" * 900)
        assert await bob.told() == uploaded("b.bin", "bob")


@pytest.mark.parametrize("full", [False, True])
async def test_a_cut_in_the_middle_leaves_nothing(house: Lab, full: bool) -> None:
    ann = await (house.full("ann") if full else house.peer("ann"))
    ann.send("upload", file_name="a.bin", file_size=1_000_000)
    ann.raw(b"x" * 300_000)
    await eventually(lambda: [one.offset for one in house.shelving.receiving.uploads.values()] == [300_000])
    (upload,) = house.shelving.receiving.uploads.values()
    assert upload.note.once
    if full:
        ann.guest.kill()
    else:
        ann.guest.writer.write_eof()
    await eventually(lambda: not house.shelving.receiving.uploads)
    assert await house.shelving.blobs.unfinished() == []


async def test_the_disk_fails_in_the_middle(house: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    async def failing(*_: object) -> int:
        raise SalonError(refuse(STORAGE_FAILED))

    ann = await house.peer("ann")
    monkeypatch.setattr(house.shelving.blobs, "write", failing)
    ann.send("upload", file_name="a.bin", file_size=500_000)
    ann.raw(b"{" * 500_000)
    assert "could not write this down" in await ann.told()
    ann.send("upload", file_name="a.txt", content="aGk=")
    assert "could not write this down" in await ann.told()
    monkeypatch.undo()
    ann.send("upload", file_name="a.txt", content="aGk=")
    assert await ann.told() == uploaded("a.txt")


async def test_an_upload_that_was_given_up_meanwhile(house: Lab) -> None:
    ann = await house.peer("ann")
    ann.send("upload", file_name="a.bin", file_size=10)
    ann.raw(b"x")
    await eventually(lambda: [one.offset for one in house.shelving.receiving.uploads.values()] == [1])
    house.ms += 25 * 3600 * 1000
    await house.shelving.receiving.keep_house()
    ann.raw(b"x" * 9)
    assert "There is no such upload." in await ann.told()


# going wrong on the way down


@pytest.mark.parametrize("blobs", [None, MemoryBlobs], ids=["sendfile", "pieces"])
@pytest.mark.parametrize("raw", [False, True])
async def test_a_reader_who_goes_in_the_middle(
    tmp_path: Path, raw: bool, blobs: Callable[[], MemoryBlobs] | None
) -> None:
    async with lab(tmp_path, blobs=blobs() if blobs else None) as house:
        ann = await house.full("ann")
        data = b"x" * (8 * MIB)
        ann.send("upload", file_name="a.bin", file_size=len(data))
        ann.raw(data)
        assert await ann.told() == uploaded("a.bin")
        bob = await house.full("bob")
        bob.guest.reader._transport.pause_reading()  # type: ignore[attr-defined]
        bob.send("download", file_name="a.bin", **({"name": "bob", "room": "r1"} if raw else {}))
        (session,) = [one for one in house.hall.sessions if one.person.name == "bob"]
        await eventually(lambda: session.outlet._cargo is not None)  # type: ignore[attr-defined]
        bob.guest.kill()
        await eventually(lambda: session.closed)
        ann.send("download", file_name="a.bin")
        await ann.until("download-ack")
        assert await ann.exactly(len(data)) == data


@pytest.mark.parametrize("raw", [False, True])
async def test_a_server_that_closes_does_not_wait_for_who_does_not_read(tmp_path: Path, raw: bool) -> None:
    async with lab(tmp_path) as house:
        ann, bob = await house.full("ann"), await house.peer("bob")
        data = b"x" * (8 * MIB)
        ann.send("upload", file_name="a.bin", file_size=len(data))
        ann.raw(data)
        assert await ann.told() == uploaded("a.bin")
        for one in (ann, bob):
            one.guest.reader._transport.pause_reading()  # type: ignore[attr-defined]
            one.send("download", file_name="a.bin", **({"name": "x", "room": "r1"} if raw else {}))
        sessions = list(house.hall.sessions)
        await eventually(lambda: all(one.outlet._cargo is not None for one in sessions))  # type: ignore[attr-defined]
        await house.hall.close("The server is closing.")
        await eventually(lambda: all(one.closed for one in sessions))


async def test_a_file_that_became_shorter_ends_the_connection(house: Lab, tmp_path: Path) -> None:
    ann = await house.peer("ann")
    ann.send("upload", file_name="a.bin", file_size=100)
    ann.raw(b"x" * 100)
    await ann.told()
    (blob,) = (tmp_path / ".salon" / "blobs").glob("*/*")
    blob.chmod(0o600)
    blob.write_bytes(b"x" * 50)
    for request in ({}, {"name": "a", "room": "r1"}):
        bob = await house.peer("bob")
        bob.send("download", file_name="a.bin", **request)
        await bob.guest.end()
        assert "a.bin" not in bob.guest.heard.decode() or bob.guest.heard.endswith(b"x")


async def test_downloads_are_counted(house: Lab) -> None:
    ann = await house.peer("ann")
    ann.send("upload", file_name="a.txt", content="aGk=")
    await ann.told()
    for _ in range(2):
        ann.send("download", file_name="a.txt")
        await ann.until("file")
    listed = await house.hall.asking.files(next(iter(house.hall.sessions)).person, "r1")
    assert isinstance(listed, list)
    await eventually(lambda: True)
    assert [line.downloads for line in listed] == [2]


# large documents


async def test_a_file_too_large_for_a_document(house: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("salon.edges.lab", "salon.edges.errands"):
        monkeypatch.setattr(f"{module}.FILE_IN_DOCUMENT_BYTES", 10)
    assert wire_files.FILE_IN_DOCUMENT_BYTES > 11 * MIB
    ann = await house.peer("ann")
    ann.send("upload", file_name="a.txt", content=encoded(b"x" * 11))
    assert await ann.told() == uploaded("a.txt")
    ann.send("download", file_name="a.txt")
    assert await ann.told() == "File a.txt is too large (limit 10 bytes)"
    full = await house.full("full")
    full.send("download", file_name="a.txt")
    assert await full.until("download-ack") == {"file_name": "a.txt", "file_size": 11}
    assert await full.exactly(11) == b"x" * 11


def _large(name: str, size: int) -> bytes:
    return json.dumps({"type": "upload", "payload": {"file_name": name, "content": encoded(bytes(size))}}).encode()


@pytest.mark.parametrize("full", [False, True])
async def test_a_document_with_a_file_may_be_larger(house: Lab, full: bool) -> None:
    ann = await (house.full("ann") if full else house.peer("ann"))
    document = _large("a.bin", FILE_IN_DOCUMENT_BYTES)
    assert DOCUMENT_BYTES < len(document) <= FILE_DOCUMENT_BYTES
    for _ in range(2):
        ann.raw(document)
        assert await ann.told() == uploaded("a.bin")
    ann.raw(json.dumps({"type": "message", "payload": {"text": "x" * DOCUMENT_BYTES}}).encode())
    assert "A document has at most 8388608 bytes." in await ann.guest.end()


async def test_python_documents_with_a_file_may_be_larger_too(house: Lab) -> None:
    guest = await house.guest(repr({"type": "connect", "payload": {"name": "ann"}}).encode())
    await guest.until("}}")
    payload = {"file_name": "a.bin", "content": encoded(bytes(9 * MIB))}
    guest.send(repr({"type": "upload", "payload": payload}).encode())
    await guest.until(uploaded("a.bin"))


async def test_only_so_many_at_once_and_who_stands_still_gives_way(house: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    document = _large("a.bin", 10 * MIB)
    half = document[: 9 * MIB]
    stuck = [await house.full(f"stuck{n}") for n in range(FILE_DOCUMENTS)]
    outlets = [one.outlet for one in house.hall.sessions]
    for one in stuck:
        one.raw(half)
    await eventually(lambda: all(one._reader.held == len(half) for one in outlets))  # type: ignore[attr-defined]
    ann = await house.peer("ann")
    ann.raw(document)
    end = await ann.guest.end()
    assert "at most 2 documents of this size at once" in end
    loop = asyncio.get_running_loop()
    now = loop.time
    monkeypatch.setattr(loop, "time", lambda: now() + STALLED_SECONDS + 1)
    bob = await house.peer("bob")
    bob.raw(document)
    assert await bob.told() == uploaded("a.bin", "bob")
    monkeypatch.undo()
    for one in stuck:
        assert "Nothing whole arrived within 10 s." in await one.guest.end()
