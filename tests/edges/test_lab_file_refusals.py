"""Files that cannot be: names, sizes, full disks, cut lines."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from salon.core.limits import MIB
from salon.errors import STORAGE_FAILED, SalonError, refuse
from salon.hall.receiving import Policy
from salon.stores.memory_blobs import MemoryBlobs
from tests.edges.parcelled import Lab, Peer, encoded, lab, uploaded
from tests.support.eventually import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_exceptions", "fast")]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[Lab]:
    async with lab(tmp_path) as house:
        yield house


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
