"""Blobs that are gone with their process: for whoever tests on top of Salon, or keeps no files on disk."""

import asyncio
import hashlib
import io
from asyncio import Future
from collections.abc import Callable, Collection
from typing import BinaryIO, TypeVar

from salon.core.limits import GIB, ORPHAN_SECONDS
from salon.errors import DISK_FULL, STORAGE_FAILED, Problem, SalonError, refuse
from salon.ground.clock import now_ms
from salon.hall.ports import Unfinished

T = TypeVar("T")


class _Incoming:
    __slots__ = ("data", "note", "sha256", "touched")

    def __init__(self, note: bytes, now: int) -> None:
        self.note = note
        self.data = bytearray()
        self.sha256 = ""
        self.touched = now


class MemoryBlobs:
    """`hall.ports.Blobs` in dictionaries. All blobs and uploads together take at most `space` bytes."""

    def __init__(self, space: int = GIB, clock: Callable[[], int] = now_ms) -> None:
        self._space = space
        self._clock = clock
        self._blobs: dict[str, bytes] = {}
        self._born: dict[str, int] = {}
        self._uploads: dict[str, _Incoming] = {}

    def free(self) -> int:
        taken = sum(len(one.data) for one in self._uploads.values()) + sum(map(len, self._blobs.values()))
        return self._space - taken

    def unfinished(self) -> Future[list[Unfinished]]:
        now = self._clock()
        return _done(
            [
                Unfinished(
                    upload,
                    one.note,
                    len(self._blobs[one.sha256]) if one.sha256 else len(one.data),
                    max(0, now - one.touched) / 1000,
                    one.sha256,
                )
                for upload, one in sorted(self._uploads.items())
                if not one.sha256 or one.sha256 in self._blobs
            ]
        )

    def create(self, upload: str, note: bytes) -> Future[None]:
        if upload in self._uploads:
            return _failed(STORAGE_FAILED)
        self._uploads[upload] = _Incoming(note, self._clock())
        return _done(None)

    def write(self, upload: str, data: bytes) -> Future[int]:
        one = self._uploads.get(upload)
        if one is None or one.sha256:
            return _failed(STORAGE_FAILED)
        if len(data) > self.free():
            return _failed(DISK_FULL)
        one.data += data
        one.touched = self._clock()
        return _done(len(one.data))

    def cut(self, upload: str, size: int) -> Future[None]:
        one = self._uploads.get(upload)
        if one is None or one.sha256:
            return _failed(STORAGE_FAILED)
        del one.data[size:]
        return _done(None)

    def finish(self, upload: str) -> Future[str]:
        one = self._uploads.get(upload)
        if one is None:
            return _failed(STORAGE_FAILED)
        if not one.sha256:
            one.sha256 = hashlib.sha256(one.data).hexdigest()
            self._blobs.setdefault(one.sha256, bytes(one.data))
            self._born[one.sha256] = one.touched = self._clock()
            one.data.clear()
        return _done(one.sha256)

    def discard(self, upload: str) -> Future[None]:
        self._uploads.pop(upload, None)
        return _done(None)

    def open(self, sha256: str) -> Future[BinaryIO | None]:
        data = self._blobs.get(sha256)
        return _done(io.BytesIO(data) if data is not None else None)

    def remove(self, sha256: str) -> Future[None]:
        self._blobs.pop(sha256, None)
        self._born.pop(sha256, None)
        return _done(None)

    def sweep(self, named: Collection[str]) -> Future[int]:
        old = self._clock() - ORPHAN_SECONDS * 1000
        orphans = [sha256 for sha256, born in self._born.items() if sha256 not in named and born < old]
        for sha256 in orphans:
            self.remove(sha256)
        return _done(len(orphans))

    def close(self) -> Future[None]:
        return _done(None)


def _done(value: T) -> Future[T]:
    future: Future[T] = asyncio.get_running_loop().create_future()
    future.set_result(value)
    return future


def _failed(problem: Problem) -> "Future[T]":
    future: Future[T] = asyncio.get_running_loop().create_future()
    future.set_exception(SalonError(refuse(problem)))
    return future
