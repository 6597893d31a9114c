"""Checksums of what is uploaded: bytes that differ are forgotten."""

from __future__ import annotations

import base64
import hashlib

import pytest

from salon.hall.uploads import Upload
from tests.edges.shelfside import BODY, LONG, Place, code_of, shelved, upload_of
from tests.support.eventually import eventually

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_exceptions")]


def checksum(algorithm: str, data: bytes) -> str:
    return f"{algorithm} {base64.b64encode(hashlib.new(algorithm, data).digest()).decode()}"


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "md5"])
async def test_a_checksum_is_compared_and_what_differs_is_forgotten(place: Place, algorithm: str) -> None:
    path = await place.began("a", len(LONG))
    first = LONG[:100_000]
    assert (await place.patch(path, 0, first, Upload_Checksum=checksum(algorithm, first))).status == 204
    wrong = await place.patch(path, 100_000, LONG[100_000:], Upload_Checksum=checksum(algorithm, b"other"))
    assert (wrong.status, wrong.offset) == (460, 100_000)
    assert code_of(wrong) == "checksum_differs"
    assert (await place.head(path)).offset == 100_000
    rest = LONG[100_000:]
    assert (await place.patch(path, 100_000, rest, Upload_Checksum=checksum(algorithm, rest))).status == 204
    assert await shelved(place, "a") == LONG


@pytest.mark.parametrize("header", ["crc32 AAAA", "sha1", "sha1 ***", ""])
async def test_a_checksum_that_is_not_understood_is_400(place: Place, header: str) -> None:
    path = await place.began("a", 3)
    answer = await place.patch(path, 0, b"abc", Upload_Checksum=header)
    assert answer.status in (400, 460)
    assert upload_of(place, path).offset == 0


async def test_a_writer_who_lost_his_turn_does_not_cut_what_the_next_one_wrote(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    """His checksum differs, but by the time it is compared the bytes behind his beginning are another's."""
    path = await place.began("a", 6)
    upload = upload_of(place, path)
    receiving, tasks = place.shelves.receiving, place.shelves.hall.tasks
    write = receiving.write

    async def and_queue(upload: Upload, data: bytes) -> None:
        await write(upload, data)
        monkeypatch.undo()
        queued = tasks.start(upload.lock.acquire())  # before the writer comes back to compare
        await eventually(lambda: upload.lock._waiters)
        assert not queued.done()

    monkeypatch.setattr(receiving, "write", and_queue)
    line = await place.line()
    line.send(
        f"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nTus-Resumable: 1.0.0\r\nContent-Type: {BODY}\r\n"
        f"Upload-Checksum: {checksum('sha1', b'')}\r\nUpload-Offset: 0\r\nContent-Length: 3\r\n\r\nabc".encode()
    )
    await eventually(lambda: upload.offset == 3 and upload.lock.locked() and len(upload.lock._waiters or ()) == 1)
    turn = upload.turn
    next_one = tasks.start(place.patch(path, 3, b"def"))
    await eventually(lambda: upload.turn > turn)
    upload.lock.release()
    assert (await next_one).status == 204
    assert await shelved(place, "a") == b"abcdef"
