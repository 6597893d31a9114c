"""Passes: one file of a private room, by its address alone; and what is only looked at."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator

import pytest

from salon.core.commands import Say
from salon.core.people import Person
from salon.core.room import RoomState
from salon.edges.passes import LASTS_MS, Passes
from salon.hall.waiting import submit
from tests.edges.shelfside import DATA, Place, listed, opened, ticket
from tests.support.shelves import ANN, BOB, sha256_of

pytestmark = pytest.mark.anyio

HASH = sha256_of(DATA)
BLOB = f"/rooms/%40ann%3abob/blobs/{HASH}"
PERSON = Person("bob", 2)


@pytest.fixture
async def place(anyio_backend: str) -> AsyncIterator[Place]:
    async with opened(None) as place:
        yield place


@pytest.fixture
async def private(place: Place) -> Place:
    """With a file that Ann gave to Bob alone."""
    room = await place.shelves.hall.open("@1:2", RoomState("@ann:bob", between=(ANN, BOB)))
    await submit(place.shelves.hall, ANN, room.key, "@ann:bob", Say("psst"))
    await place.shelves.send("secret.png", DATA, room="@ann:bob")
    return place


@pytest.mark.slow
async def test_a_pass_opens_one_file_without_a_ticket(private: Place) -> None:
    bob = await ticket(private, "bob")
    answer = await private.ask("POST", f"{BLOB}/pass", Authorization=f"Bearer {bob}")
    assert (answer.status, answer.headers["Cache-Control"]) == (200, "no-store")
    given = json.loads(answer.body)["pass"]
    assert (await private.get(f"{BLOB}?pass={given}")).body == DATA
    part = await private.get(f"{BLOB}?look&pass={given}", Range="bytes=1-2")
    assert (part.status, part.body) == (206, DATA[1:3])
    for path in (BLOB, f"{BLOB}?pass=", f"{BLOB}?pass={given}x", f"{BLOB}?pass=x.y", f"{BLOB}?pass=%00.%00"):
        assert (await private.get(path)).status in (401, 404)


@pytest.mark.slow
async def test_a_pass_is_given_to_those_who_may_read(private: Place) -> None:
    carl = await ticket(private, "carl")
    assert (await private.ask("POST", f"{BLOB}/pass")).status == 401
    assert (await private.ask("POST", f"{BLOB}/pass", Authorization="Bearer nonsense")).status == 401
    assert (await private.ask("POST", f"{BLOB}/pass", Authorization=f"Bearer {carl}")).status == 404
    bob = await ticket(private, "bob")
    missing = f"/rooms/%40ann%3abob/blobs/{'0' * 64}/pass"
    assert (await private.ask("POST", missing, Authorization=f"Bearer {bob}")).status == 404


def test_a_pass_is_for_its_file_its_room_and_its_time() -> None:
    passes = Passes()
    given = passes.give(PERSON, "@ann:bob", HASH, 1_000)
    assert passes.holder(given, "@ann:bob", HASH, 1_000) == PERSON
    assert passes.holder(given, "@ann:bob", HASH, 1_000 + LASTS_MS - 1) == PERSON
    assert passes.holder(given, "@ann:bob", HASH, 1_000 + LASTS_MS) is None
    assert passes.holder(given, "@ann:carl", HASH, 1_000) is None
    assert passes.holder(given, "@ann:bob", "0" * 64, 1_000) is None
    assert Passes().holder(given, "@ann:bob", HASH, 1_000) is None


@pytest.mark.parametrize("shown", ["", ".", "a", "a.b", "é.é", "%%%.%%%", "e30.e30", "e30"])
def test_what_is_no_pass_opens_nothing(shown: str) -> None:
    assert Passes().holder(shown, "@ann:bob", HASH, 0) is None


async def test_what_is_looked_at_is_no_download(place: Place) -> None:
    path = await place.shelve("photo.png", DATA)
    assert (await place.get(f"{path}?look")).body == DATA
    assert (await listed(place))[0]["downloads"] == 0
    assert (await place.get(path)).body == DATA
    assert (await listed(place))[0]["downloads"] == 1


async def test_a_drawing_may_be_coloured_but_run_nothing(place: Place) -> None:
    path = await place.shelve("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
    policy = (await place.get(path)).headers["Content-Security-Policy"]
    assert "style-src 'unsafe-inline'" in policy
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
