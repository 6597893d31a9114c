"""Documents one at a time: what a pacer writes and when, on a clock of the test's own."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from salon.core.limits import READ_SECONDS
from salon.edges.pacing import Pacer
from salon.hall.session import Session
from salon.wire.lines import LINES

pytestmark = pytest.mark.anyio


class Wire(asyncio.Transport):
    """A transport that remembers each write, and the connection above it."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.closed = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.written.append(bytes(data))

    def close(self) -> None:
        self.closed = True


class Outlet:
    """What the session writes to: the pacer, as a lab client's connection does it."""

    address = ""
    buffered = 0

    def __init__(self) -> None:
        self.wire = Wire()
        self.session = Session(self, LINES)
        self.pacer = Pacer(self.session, self.wire)

    def write(self, data: bytes) -> None:
        self.pacer.write(data)

    def hold(self) -> None: ...

    def release(self) -> None: ...
    def abort(self) -> None: ...

    def close(self) -> None: ...


class Timers:
    """The loop's timers: `tick` rings the one that is due."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Callable[[], object], asyncio.TimerHandle]] = []

    def call_later(self, delay: float, callback: Callable[[], object]) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(0, callback, (), asyncio.get_running_loop())
        self.waiting.append((delay, callback, handle))
        return handle

    def tick(self) -> None:
        delay, callback, handle = self.waiting.pop(0)
        assert delay == READ_SECONDS
        if not handle.cancelled():
            callback()


@pytest.fixture
async def timers(monkeypatch: pytest.MonkeyPatch) -> Timers:
    timers = Timers()
    monkeypatch.setattr(asyncio.get_running_loop(), "call_later", timers.call_later)
    return timers


async def test_one_document_at_a_time(timers: Timers) -> None:
    outlet = Outlet()
    outlet.session.write(b"a\nb\nc\n")
    assert outlet.wire.written == [b"a"]
    timers.tick()
    timers.tick()
    assert outlet.wire.written == [b"a", b"b", b"c"]
    parked = [outlet.session.parked]
    timers.tick()
    assert [*parked, outlet.session.parked] == [True, False]  # the last one has to be read too
    assert not timers.waiting
    outlet.session.write(b"d\n")
    assert outlet.wire.written[-1] == b"d"


async def test_replies_wait_their_turn(timers: Timers) -> None:
    outlet = Outlet()
    outlet.session.write(b"a\n")
    outlet.session.reply(b"b\nc\n")
    await asyncio.sleep(0)
    assert outlet.wire.written == [b"a"]
    timers.tick()
    assert outlet.wire.written == [b"a", b"b"]
    timers.tick()
    timers.tick()
    assert outlet.wire.written == [b"a", b"b", b"c"]
    assert not outlet.session.parked


async def test_nothing_is_written_to_a_full_transport(timers: Timers) -> None:
    outlet = Outlet()
    outlet.session.write(b"a\nb\n")
    outlet.pacer.pause()
    timers.tick()
    assert outlet.wire.written == [b"a"]
    outlet.pacer.resume()
    assert outlet.wire.written == [b"a", b"b"]
    outlet.pacer.pause()
    outlet.pacer.resume()  # before the time is over
    assert len(timers.waiting) == 1


async def test_the_end_comes_behind_the_last_document(timers: Timers) -> None:
    outlet = Outlet()
    outlet.session.write(b"a\n")
    outlet.session.reply(b"bye\n")
    outlet.pacer.end()
    timers.tick()
    assert (outlet.wire.written, outlet.wire.closed) == ([b"a", b"bye"], False)
    timers.tick()
    assert outlet.wire.closed


async def test_the_end_of_an_idle_one_is_at_once(timers: Timers) -> None:
    outlet = Outlet()
    outlet.pacer.end()
    assert outlet.wire.closed


async def test_in_a_hurry_everything_goes_out_and_it_is_over(timers: Timers) -> None:
    outlet = Outlet()
    outlet.session.write(b"a\nb\n")
    outlet.session.reply(b"c\n")
    outlet.pacer.hurry()
    assert b"".join(outlet.wire.written) == b"abc"
    assert outlet.wire.closed
    timers.tick()
    assert b"".join(outlet.wire.written) == b"abc"


async def test_a_lost_connection_stops_the_clock(timers: Timers) -> None:
    outlet = Outlet()
    outlet.session.write(b"a\nb\n")
    outlet.pacer.stop()
    outlet.pacer.stop()
    timers.tick()
    assert outlet.wire.written == [b"a"]
