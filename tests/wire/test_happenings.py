"""What happens, in the words of the server's window."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.core.events import Edited, Event, Redacted, Said, Shelved, TopicChanged
from salon.core.filenames import SafeName
from salon.core.limits import HAPPENING_CHARS
from salon.core.people import Person
from salon.wire.dialect import RoomView
from salon.wire.happenings import KINDS, Happening, as_json, lines_of, of_entry, percent, words
from tests.support.batches import entry

LOBBY = RoomView("lobby")
PRIVATE = RoomView("@leah:p1", (Person("p1", 1), Person("Shlomo", 2)))


@pytest.mark.parametrize(
    ("happening", "line"),
    [
        (Happening("connected", 0, "Leah"), "Leah connected to the server"),
        (Happening("left", 0, "Leah"), "Leah has left the chat"),
        (Happening("joined", 0, room="r1", names=("Leah", "Ann")), "Leah, Ann joined r1"),
        (Happening("parted", 0, room="r1", names=("Leah",)), "Leah left r1"),
        (Happening("said", 0, "Leah", room="lobby", text="hi"), "send to all - Leah: hi"),
        (Happening("said", 0, "Leah", room="r1", text="hi"), "send to all in r1 - Leah: hi"),
        (Happening("said", 0, "Leah", room="@a:b", to="Shlomo", text="hi"), "send to Shlomo - Leah: hi"),
        (Happening("said", 0, "Leah", room="@a:b", to="Shlomo"), "send to Shlomo - Leah"),
        (Happening("said", 0, "Leah", room="lobby", text="a\nb\x1b[2J"), "send to all - Leah: a\\nb\\x1b[2J"),
        (Happening("changed", 0, "Leah", room="lobby", text="Leah deleted a message."), "Leah deleted a message."),
        (Happening("changed", 0, "Leah", room="r1", text="Leah deleted a message."), "Leah deleted a message. (r1)"),
        (Happening("wants", 0, "Leah", file="a.bin"), "Leah - want to download a.bin"),
        (
            Happening("halted", 0, "Leah", file="a.bin", size=8, offset=4, last_byte=0x3F),
            "send to Leah - user Leah downloaded 50.00% out of file. last byte is: 0x3f",
        ),
        (Happening("halted", 0, "Leah", size=3, offset=1), "send to Leah - user Leah downloaded 33.33% out of file."),
        (Happening("proceeding", 0, "Leah"), "send to Leah - user Leah confirm proceeding."),
        (Happening("downloaded", 0, "Leah", size=8, offset=8), "user Leah downloaded 100% out of file."),
        (
            Happening("stopped", 0, "Leah", file="a.bin", size=8, offset=3),
            "user Leah stopped downloading a.bin at 37.50%",
        ),
        (Happening("sending", 0, "Leah", file="a.bin"), "Leah - want to upload a.bin"),
        (Happening("given_up", 0, "Leah", file="a", size=4, offset=1), "user Leah gave up uploading a at 25.00%"),
        (Happening("refused", 0, "Leah", text="No.", code="no"), "Leah was refused: No."),
        (Happening("operator", 0, text="Soon closing"), "send to all - the operator: Soon closing"),
        (Happening("sent_out", 0, "Leah"), "the operator sent Leah out"),
    ],
    ids=lambda value: value.kind if isinstance(value, Happening) else "",
)
def test_words(happening: Happening, line: str) -> None:
    assert words(happening) == line


def test_each_kind_has_words() -> None:
    for kind in KINDS:
        assert words(Happening(kind, 0, "Leah", room="lobby", text="x"))


def test_of_a_crowd_some_are_named() -> None:
    crowd = tuple(f"p{n}" for n in range(1000))
    assert words(Happening("joined", 0, room="r1", names=crowd)).endswith("p18, p19 and 980 more joined r1")


@given(st.integers(0, 2**60), st.integers(0, 2**60))
def test_only_what_is_whole_has_a_hundred_percent(offset: int, size: int) -> None:
    assert (percent(offset, size) == "100%") == (offset >= size)


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Said("hi"), "send to all - p1: hi"),
        (Said("", redacted=7), "send to all - p1"),
        (Edited(3, "ho"), "p1 corrected: ho"),
        (Redacted(3), "p1 deleted a message."),
        (TopicChanged("tea"), "p1 set the topic: tea"),
        (Shelved(SafeName("a.txt"), 1, "0" * 64), "User p1 uploaded the a.txt file"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_entries(event: Event, line: str) -> None:
    happening = of_entry(LOBBY, entry(1, event=event), private=False)
    assert happening is not None
    assert happening.time == 1000
    assert words(happening) == line


def test_what_an_edit_lost_is_not_told() -> None:
    assert of_entry(LOBBY, entry(1, event=Edited(3)), private=False) is None


def test_private_words_are_shown_to_whoever_said_that_they_would_be() -> None:
    said = entry(1, "psst")
    hidden, shown = (of_entry(PRIVATE, said, private=private) for private in (False, True))
    assert hidden == Happening("said", 1000, "p1", room="@leah:p1", to="Shlomo")
    assert shown == Happening("said", 1000, "p1", room="@leah:p1", to="Shlomo", text="psst")


def test_of_private_rooms_nothing_else_is_told() -> None:
    topic = entry(1, event=TopicChanged("secret"))
    assert of_entry(PRIVATE, topic, private=False) is None
    assert of_entry(PRIVATE, topic, private=True) is not None


@pytest.mark.parametrize("view", [LOBBY, RoomView("r1"), PRIVATE], ids=["lobby", "room", "private"])
@pytest.mark.parametrize("private", [False, True])
def test_many_at_once_read_as_each_alone(view: RoomView, private: bool) -> None:
    events: list[Event] = [
        Said("hi\n"),
        Said("", redacted=9),
        Edited(1, "ho"),
        Edited(1),
        Redacted(2),
        Said("x" * 5000),
    ]
    entries = [entry(n + 1, event=event) for n, event in enumerate(events)]
    told = [of_entry(view, one, private=private) for one in entries]
    assert lines_of(view, entries, private=private) == [words(one) for one in told if one is not None]


def test_long_texts_are_cut() -> None:
    happening = of_entry(LOBBY, entry(1, "x" * 100_000), private=False)
    assert happening is not None
    assert happening.text == "x" * HAPPENING_CHARS + " …"


def test_as_json_what_is_empty_is_left_out() -> None:
    assert as_json(Happening("left", 5, "Leah")) == (
        '{"kind":"left","time":5,"who":"Leah","line":"Leah has left the chat"}'
    )
