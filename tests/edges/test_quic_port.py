"""The server's UDP port: opened when somebody asks, known by its key, and what is said where it cannot be."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from salon.client.transfers import ByName
from salon.client.transfers.plain import Plain
from salon.edges.answering import OPENER
from salon.edges.quic import Opener
from salon.ground.quic import available, bind, each_family
from tests.edges.test_quic import ticket
from tests.support.filing import FileServer, filing

pytestmark = [
    pytest.mark.anyio,
    pytest.mark.skipif(not available(), reason="there is no build of iroh for this system"),
    pytest.mark.usefixtures("no_exceptions"),
]


def known(server: FileServer) -> str:
    """The endpoint that clients are told of as they connect."""
    place = server.opener.openings.place
    return place.endpoint if place is not None else ""


class TestThePort:
    async def test_it_is_opened_when_somebody_asks_and_everybody_is_told_the_id(self, tmp_path: Path) -> None:
        async with filing(tmp_path) as server:
            assert server.opener._endpoint is None
            assert known(server) == ""
            place = await ticket(server)
            assert known(server) == place.endpoint
            await server.stop()
            await server.start()
            assert known(server) == place.endpoint
            assert (await ticket(server)).endpoint == place.endpoint

    async def test_a_client_is_told_the_id_as_it_connects(self, tmp_path: Path) -> None:
        async with filing(tmp_path) as server:
            place = await ticket(server)
            reader, writer = await asyncio.open_connection(*server.address)
            writer.write(b'{"type":"connect","payload":{"name":"ann","room":"lobby","version":1}}')
            payload = msgspec.json.decode(await reader.readline())["payload"]
            assert payload["udp"] == {"endpoint": place.endpoint}
            assert "udp" in payload["features"]
            writer.close()

    async def test_a_port_in_use_is_said_and_asked_for_again(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with filing(tmp_path) as server:
            other = await bind(each_family(server.address))
            answer = await Plain(server.address, ByName("", ""), 5).ask("POST", "/udp")
            assert answer.status == 404
            assert b"no_udp" in answer.body
            assert f"UDP port {server.port} cannot be opened" in caplog.text
            await other.close()
            await ticket(server)
        caplog.clear()

    async def test_a_key_that_cannot_be_kept_is_no_hindrance(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        async with filing(tmp_path) as server:
            server.opener._key = tmp_path / "missing" / "key"
            await ticket(server)
            assert "was not kept" in caplog.text
        caplog.clear()

    async def test_a_server_that_keeps_nothing_has_a_new_key_each_time(self, tmp_path: Path) -> None:
        async with filing(tmp_path) as server:
            hall, shelving = server.shelves.hall, server.shelves.shelving
            openers = [Opener(hall, shelving, [("127.0.0.1", 0)], None) for _ in range(2)]
            ids = {(await opener.place()).endpoint for opener in openers}
            assert len(ids) == 2
            for opener in openers:
                await opener.close()

    async def test_a_server_without_one_says_so(self, tmp_path: Path) -> None:
        async with filing(tmp_path) as server:
            server._http._runner.app._state[OPENER] = None
            answer = await Plain(server.address, ByName("", ""), 5).ask("POST", "/udp")
            assert (answer.status, b"no_udp" in answer.body) == (404, True)
