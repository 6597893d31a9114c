"""Files that are for two alone, asked for by pages of others, or not there."""

from __future__ import annotations

import json

import pytest

from salon.core.commands import Say
from salon.core.room import RoomState
from salon.hall.waiting import submit
from tests.edges.shelfside import DATA, Place, file_path, listed, ticket
from tests.support.shelves import ANN, BOB, sha256_of

pytestmark = [pytest.mark.anyio, pytest.mark.usefixtures("no_exceptions")]


@pytest.mark.slow
async def test_a_private_rooms_files_are_for_the_two_and_their_tickets(place: Place) -> None:
    shelves = place.shelves
    room = await shelves.hall.open("@1:2", RoomState("@ann:bob", between=(ANN, BOB)))
    await submit(shelves.hall, ANN, room.key, "@ann:bob", Say("psst"))
    await shelves.send("secret", DATA, room="@ann:bob")
    bob, carl = await ticket(place, "bob"), await ticket(place, "carl")
    path = file_path("secret", "@ann:bob")
    blob = f"/rooms/%40ann%3abob/blobs/{sha256_of(DATA)}"
    assert (await place.get(path, Authorization=f"Bearer {bob}")).body == DATA
    assert (await place.get(blob, Authorization=f"bearer {bob}")).body == DATA
    assert len(await listed(place, "@ann:bob", Authorization=f"Bearer {bob}")) == 1
    for where in (path, blob, "/rooms/%40ann%3abob/files"):
        assert (await place.get(where)).status == 404
        assert (await place.get(where, Authorization=f"Bearer {carl}")).status == 404
        for wrong in ("Bearer nonsense", f"Basic {bob}", "Bearer"):
            answer = await place.get(where, Authorization=wrong)
            assert answer.status == 401
            assert json.loads(answer.body)["code"] == "bad_ticket"


async def test_a_page_of_another_origin_has_none(place: Place) -> None:
    path = await place.shelve("a", DATA)
    for where in (path, "/rooms/r1/files"):
        assert (await place.get(where, Origin="http://evil.example")).status == 403


async def test_what_is_not_there_is_told_in_the_words_of_people(place: Place) -> None:
    await place.shelve("a", DATA)
    answer = await place.get("/rooms/r1/files/b%20c")
    assert answer.status == 404
    expected = {"code": "no_such_file", "message": "The b c doesn't exist", "retry": False, "fields": {"name": "b c"}}
    assert json.loads(answer.body) == expected
    assert (await place.get("/rooms/nowhere/files/a")).status == 404
    assert (await place.get("/rooms/nowhere/files")).status == 404
    assert (await place.ask("POST", "/rooms/r1/files/a")).status == 405
