"""Downloads that should go over UDP and cannot: over TCP, with a reason; and servers that are none."""

from __future__ import annotations

from http.client import HTTPMessage
from pathlib import Path

import msgspec
import pytest

from salon.client.address import Address
from salon.client.transfers import ByName, udp
from salon.client.transfers.part import open_part
from salon.client.transfers.plain import Answer, Plain
from salon.client.transfers.trouble import Another, Cut, Detour
from salon.errors import (
    BAD_TICKET,
    NO_SUCH_FILE,
    NO_UDP,
    NO_UDP_HERE,
    TOO_MANY_OVER_UDP,
    UDP_FULL,
    UDP_SILENT,
    Problem,
    SalonError,
)
from salon.ground import quic
from salon.ground.quic import Endpoint, available
from salon.wire.fetching import Fetch, Found, Missing, encode
from tests.support.datagrams import network
from tests.support.eventually import eventually
from tests.support.filing import MILLION, ROOM, done, filing, some_bytes, transferring
from tests.support.proxies import proxy

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.slow,
    pytest.mark.skipif(not available(), reason="there is no build of iroh for this system"),
]
SIZE = 20 * MILLION


async def test_where_udp_is_blocked_tcp_takes_it_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: list[int]
) -> None:
    monkeypatch.setattr(Endpoint, "reachable", ())
    monkeypatch.setattr(udp, "ANSWER_SECONDS", 0.3)
    told: list[str] = []
    async with (
        filing(tmp_path / "server") as server,
        proxy(server.port, lambda: None) as line,
        network(server.port, line.port) as between,
        transferring(line.address, tmp_path / "k", changed=lambda job: told.append(job.look().path)) as transfers,
    ):
        between.deaf = True
        await server.put("down", some_bytes(MILLION))
        transfer = await done(transfers.get("down", ROOM, tmp_path, udp=True))
        assert transfer.path == "TCP"
        assert problem_of(transfer.detour) == UDP_SILENT.code
        assert "TCP" in told
        assert (tmp_path / "down").read_bytes() == some_bytes(MILLION)


async def test_where_udp_dies_on_the_way_tcp_takes_the_rest(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken: list[int]
) -> None:
    monkeypatch.setattr(Endpoint, "reachable", ())
    monkeypatch.setattr(udp, "SILENCE_SECONDS", 0.3)
    async with (
        filing(tmp_path / "server") as server,
        proxy(server.port, lambda: None) as line,
        network(server.port, line.port) as between,
        transferring(line.address, tmp_path / "k") as transfers,
    ):
        await server.put("down", some_bytes(SIZE))
        between.lasts = SIZE // 2
        job = transfers.get("down", ROOM, tmp_path, udp=True)
        await eventually(lambda: between.deaf)
        monkeypatch.setattr(udp, "ANSWER_SECONDS", 0.3)
        await server.opener.close()  # which iroh would find without the network between
        server.opener.openings.most = 0
        transfer = await done(job)
        assert transfer.path == "TCP"
        assert len(taken) > 2
        assert (tmp_path / "down").read_bytes() == some_bytes(SIZE)
        assert sum(taken) == SIZE


def problem_of(refusal: object) -> str:
    code = getattr(refusal, "code", "")
    assert isinstance(code, str)
    return code


@pytest.mark.parametrize(("server_wide", "per_person", "problem"), [(0, 8, UDP_FULL), (64, 0, TOO_MANY_OVER_UDP)])
async def test_too_many_take_tcp(tmp_path: Path, server_wide: int, per_person: int, problem: Problem) -> None:
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "k") as transfers:
        openings = server.opener.openings
        openings.most, openings.most_per_person = server_wide, per_person
        await server.put("down", b"x")
        transfer = await done(transfers.get("down", ROOM, tmp_path, udp=True))
        assert (transfer.path, problem_of(transfer.detour)) == ("TCP", problem.code)


async def test_without_a_build_here_tcp_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(udp, "available", lambda: False)
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "k") as transfers:
        await server.put("down", b"x")
        transfer = await done(transfers.get("down", ROOM, tmp_path, udp=True))
        assert (transfer.path, problem_of(transfer.detour)) == ("TCP", NO_UDP_HERE.code)


async def test_where_no_socket_can_be_had_tcp_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "k") as transfers:
        monkeypatch.setattr(udp, "anywhere", lambda: (f"127.0.0.1:{server.port}", "[::1]:0"))
        await server.opener.place()  # has that port
        await server.put("down", b"x")
        assert (await done(transfers.get("down", ROOM, tmp_path, udp=True))).path == "TCP"


async def test_a_server_without_a_build_says_that_it_sends_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with filing(tmp_path / "server") as server, transferring(server.address, tmp_path / "k") as transfers:
        monkeypatch.setattr(quic, "binding", lambda: None)
        monkeypatch.setattr(udp, "available", lambda: True)
        monkeypatch.setattr(udp.Udp, "_local", nothing)
        await server.put("down", b"x")
        transfer = await done(transfers.get("down", ROOM, tmp_path, udp=True))
        assert (transfer.path, problem_of(transfer.detour)) == ("TCP", NO_UDP.code)


async def nothing(_: object) -> None:
    """No endpoint is needed to ask."""


async def test_a_refusal_at_the_question_for_a_way_is_told(tmp_path: Path) -> None:
    """A void ticket passes by itself: the chat connection brings a new one."""

    class Void:
        name = "ann"

        def headers(self) -> dict[str, str]:
            return {"Authorization": "Bearer void"}

        def metadata(self) -> dict[str, str]:
            return {}

    async with filing(tmp_path / "server") as server:
        answer = await Plain(server.address, Void(), 5).ask("POST", "/udp")
        assert answer.status == 401


class Impostor:
    """A server at the other end of a stream that says what the test wants."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    async def read(self) -> bytes:
        return self._pieces.pop(0) if self._pieces else b""

    async def write(self, _: bytes) -> None:
        """Takes everything."""

    end = taken = drop = nothing


class Place:
    """A connection to it."""

    round_trip = 0.0

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = pieces

    async def open(self) -> Impostor:
        return Impostor(*self._pieces)


FOUND = Found(3, "ab" * 32, 0, 3)
WANTED = Fetch(room=ROOM, name="a", sha256="ab" * 32)


@pytest.mark.parametrize(
    ("pieces", "outcome"),
    [
        ([b"x" * 20_000], SalonError),
        ([b"{}\n"], SalonError),
        ([encode(msgspec.structs.replace(FOUND, size=4))], SalonError),
        ([encode(msgspec.structs.replace(FOUND, sha256="cd" * 32))], SalonError),
        ([encode(FOUND) + b"abcd"], SalonError),
        ([encode(FOUND), b"ab"], Cut),
        ([], Detour),
        ([encode(FOUND)[:9]], Detour),
        ([encode(Missing(NO_SUCH_FILE.code, "gone"))], Another),
        ([encode(Missing(UDP_FULL.code, "full", retry=True))], Detour),
        ([encode(Missing(BAD_TICKET.code, "void"))], Cut),
        ([encode(Missing("storage_failed", "later", retry=True))], Cut),
        ([encode(Missing("unknown_room", "no"))], SalonError),
    ],
)
async def test_what_a_server_says_that_it_should_not(
    tmp_path: Path, pieces: list[bytes], outcome: type[Exception]
) -> None:
    server = Plain(Address("127.0.0.1", 9), ByName("", ""), 1)
    line = udp.Line(server, Place(*pieces), "ticket")  # type: ignore[arg-type]
    part = open_part(tmp_path / "a", "ab" * 32, 3)
    with pytest.raises(outcome):
        await line.pour(WANTED, part, 3, 3)
    await part.close()


@pytest.mark.parametrize(("status", "outcome"), [(404, Detour), (405, Detour), (503, Cut), (200, SalonError)])
async def test_what_a_server_may_answer_to_the_question_for_a_way(
    monkeypatch: pytest.MonkeyPatch, status: int, outcome: type[Exception]
) -> None:
    server = Plain(Address("127.0.0.1", 9), ByName("", ""), 1)

    async def ask(*_: object) -> Answer:
        return Answer(status, HTTPMessage(), b"{}")

    monkeypatch.setattr(server, "ask", ask)
    with pytest.raises(outcome):
        await udp.Udp(server)._ask()
