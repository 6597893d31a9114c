"""Rooms as a client knows them."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.client.mirror import KEPT_ENTRIES, Hole, Mirror, RoomMirror
from salon.wire.answers import Ack, Bounds, ConnectAck, Gap, Message, Notification


def said(seq: int, text: str = "", room: str = "lobby", edited: int = 0) -> Message:
    return Message("ann", room, text or f"text {seq}", seq, seq * 1000, edited=edited)


def noted(seq: int, kind: str, room: str = "lobby", **fields: object) -> Notification:
    return msgspec.convert(
        {"message": "A sentence.", "kind": kind, "room": room, "seq": seq, "sender": "ann", **fields}, Notification
    )


def mirror_at(cursor: int, room: str = "lobby") -> tuple[Mirror, RoomMirror]:
    mirror = Mirror()
    mirror.enter(acked({room: Bounds(1, cursor)}), {room: None}, back=False)
    return mirror, mirror.rooms[room]


def acked(rooms: dict[str, Bounds]) -> ConnectAck:
    return ConnectAck("ann", rooms, 1)


class TestCursor:
    def test_the_next_entry_is_taken_and_a_known_one_is_not(self) -> None:
        mirror, room = mirror_at(4)
        assert mirror.take(said(5)) == said(5)
        assert mirror.take(said(5)) is None
        assert mirror.take(said(3)) is None
        assert room.cursor == 5
        assert list(room.entries.values()) == [said(5)]

    def test_a_silent_hole_is_an_error(self) -> None:
        mirror, room = mirror_at(4)
        with pytest.raises(Hole, match="entries 5 to 6 of lobby are missing"):
            mirror.take(said(7))
        assert room.cursor == 4

    def test_an_announced_hole_is_not(self) -> None:
        mirror, room = mirror_at(4)
        gap = Gap("lobby", 5, 6, "Gone.")
        assert mirror.take(gap) == gap
        assert mirror.take(said(7)) == said(7)
        assert list(room.entries) == [5, 7]

    def test_a_gap_that_is_behind_us_is_known_already(self) -> None:
        mirror, room = mirror_at(4)
        assert mirror.take(Gap("lobby", 1, 2, "Gone.")) is None
        assert room.cursor == 4

    def test_a_gap_does_not_excuse_a_hole_before_it(self) -> None:
        mirror, _ = mirror_at(4)
        with pytest.raises(Hole):
            mirror.take(Gap("lobby", 6, 9, "Gone."))

    def test_another_history_takes_us_back(self) -> None:
        mirror, room = mirror_at(2)
        for seq in (3, 4, 5):
            mirror.take(said(seq))
        room.read = 5
        assert mirror.take(Gap("lobby", 4, 5, "Another one.")) is not None
        assert (room.cursor, room.read) == (3, 3)
        assert list(room.entries) == [3, 4]
        assert mirror.take(said(4, "new")) == said(4, "new")
        assert room.entries[4] == said(4, "new")

    def test_an_unknown_kind_advances_the_cursor(self) -> None:
        mirror, room = mirror_at(0)
        assert mirror.take(noted(1, "something newer servers say")) is not None
        assert room.cursor == 1

    @given(
        st.integers(0, 30),
        st.lists(st.tuples(st.integers(0, 30), st.integers(1, 30)), max_size=20),
    )
    def test_whatever_pieces_come_again_each_entry_is_taken_once_in_order(
        self, head: int, pieces: list[tuple[int, int]]
    ) -> None:
        """Each piece is what a connection brought: from wherever the cursor had been, or earlier."""
        mirror, room = mirror_at(0)
        taken: list[int] = []
        for back, length in pieces:
            first = max(1, room.cursor + 1 - back)
            for seq in range(first, min(first + length, head + 1)):
                if mirror.take(said(seq)) is not None:
                    taken.append(seq)
        assert taken == list(range(1, room.cursor + 1))


class TestPresentText:
    def test_an_edit_changes_what_stands_there(self) -> None:
        mirror, room = mirror_at(0)
        mirror.take(said(1, "helo"))
        mirror.take(noted(2, "edited", target=1, text="hello"))
        assert room.entries[1] == said(1, "hello", edited=2)

    def test_an_edit_that_was_superseded_changes_nothing(self) -> None:
        mirror, room = mirror_at(0)
        mirror.take(said(1, "newest", edited=3))
        mirror.take(noted(2, "edited", target=1))
        assert room.entries[1] == said(1, "newest", edited=3)

    def test_a_deletion_takes_the_text_away(self) -> None:
        mirror, room = mirror_at(0)
        mirror.take(said(1, "secret"))
        mirror.take(noted(2, "redacted", target=1))
        assert room.entries[1] == Message("ann", "lobby", "", 1, 1000, redacted=2)

    def test_a_change_of_what_is_not_kept_is_no_trouble(self) -> None:
        mirror, room = mirror_at(7)
        mirror.take(noted(8, "redacted", target=3))
        assert room.cursor == 8

    def test_the_topic_follows(self) -> None:
        mirror, room = mirror_at(0)
        mirror.take(noted(1, "topic", topic="Tea"))
        assert room.topic == "Tea"
        mirror.take(noted(2, "topic", topic=""))
        assert room.topic == ""


class TestKeeping:
    def test_only_the_newest_are_kept(self) -> None:
        mirror, room = mirror_at(0)
        for seq in range(1, KEPT_ENTRIES + 11):
            mirror.take(said(seq))
        assert len(room.entries) == KEPT_ENTRIES
        assert next(iter(room.entries)) == 11

    def test_what_was_not_read_is_counted(self) -> None:
        mirror, room = mirror_at(4)
        room.read = 3
        mirror.take(said(5))
        assert room.unread == 2
        room.read = 9
        assert room.unread == 0


class TestSigns:
    def test_people_come_and_go_once_somebody_asked(self) -> None:
        mirror, room = mirror_at(0)
        mirror.take(noted(0, "presence", joined=["bob"]))
        assert room.people is None
        room.people = ["ann", "bob"]
        mirror.take(noted(0, "presence", joined=["cat", "ann"], left=["bob"]))
        assert room.people == ["ann", "cat"]
        mirror.take(noted(0, "members", members=["dan"]))
        assert room.people == ["dan"]

    def test_another_session_reads_for_us(self) -> None:
        mirror, room = mirror_at(9)
        mirror.take(noted(0, "read", target=7))
        mirror.take(noted(0, "read", target=5))
        assert (room.read, room.cursor) == (7, 9)

    def test_signs_are_events_too_also_of_rooms_not_known(self) -> None:
        mirror, _ = mirror_at(0)
        for sign in (noted(0, "typing"), noted(0, "closing", room="")):
            assert mirror.take(sign) == sign


class TestRooms:
    def test_where_a_room_begins(self) -> None:
        bounds = Bounds(11, 100)
        begun = {None: 100, 0: 0, -5: 95, -500: 10, 40: 40, 400: 100}
        for since, cursor in begun.items():
            mirror = Mirror()
            mirror.enter(acked({"lobby": bounds}), {"lobby": since}, back=False)
            assert mirror.rooms["lobby"].cursor == cursor, since
        assert Mirror().join(Ack("1", "Tea", 100, first=11, topic="green"), -5).cursor == 95

    def test_coming_back_keeps_the_cursor(self) -> None:
        mirror, room = mirror_at(4)
        room.people = ["ann"]
        entered = mirror.enter(acked({"lobby": Bounds(1, 9, 8, "Tea")}), {"lobby": 4}, back=True)
        assert entered == ([], [], [])
        assert (room.cursor, room.read, room.topic) == (4, 8, "Tea")
        assert mirror.rooms["lobby"].people is None

    def test_a_room_that_would_not_let_us_in_is_forgotten(self) -> None:
        mirror, _ = mirror_at(4, "@ann:bob")
        entered = mirror.enter(acked({}), {"@ann:bob": 4}, back=True)
        assert entered.refused == ["@ann:bob"]
        assert not mirror.rooms

    def test_a_room_nobody_asked_for_is_told(self) -> None:
        entered = Mirror().enter(acked({"lobby": Bounds(1, 9)}), {}, back=True)
        assert entered.uninvited == ["lobby"]

    def test_private_rooms_that_began_meanwhile_are_behind(self) -> None:
        mirror = Mirror()
        mirror.enter(acked({"@ann:bob": Bounds(1, 3)}), {}, back=False)
        assert mirror.rooms["@ann:bob"].cursor == 3
        entered = mirror.enter(acked({"@ann:bob": Bounds(1, 3), "@ann:cat": Bounds(1, 2)}), {}, back=True)
        assert entered.behind == ["@ann:cat"]
        assert mirror.rooms["@ann:cat"].cursor == 0

    def test_a_private_room_begins_with_its_first_entry(self) -> None:
        mirror = Mirror()
        assert mirror.take(said(1, room="@ann:bob")) is not None
        assert mirror.rooms["@ann:bob"].direct

    def test_last_words_of_a_room_that_was_left_are_nothing(self) -> None:
        mirror, _ = mirror_at(4)
        mirror.leave("Lobby")
        assert mirror.take(said(5)) is None

    def test_names_are_the_same_however_they_are_spelled(self) -> None:
        mirror, room = mirror_at(4)
        assert mirror.find("LOBBY") is room
        mirror.join(Ack("1", "Lobby", 9, topic="Tea"), None)
        assert (room.cursor, room.topic) == (4, "Tea")

    def test_no_more_rooms_are_asked_for_than_one_session_may_follow(self) -> None:
        mirror = Mirror()
        rooms = {f"@ann:{n}": Bounds(1, 1) for n in range(1_000)} | {"lobby": Bounds(1, 7)}
        mirror.enter(acked(rooms), {"lobby": None}, back=False)
        cursors = mirror.cursors()
        assert len(cursors) == 1_000
        assert cursors["lobby"] == 7

    def test_the_newest(self) -> None:
        mirror, room = mirror_at(0)
        for seq in (1, 2, 3):
            mirror.take(said(seq))
        assert room.newest(2) == [said(2), said(3)]
        assert room.newest(9) == [said(1), said(2), said(3)]
