"""Plain lines: what is read from them and what is written as them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.core.batch import Kept
from salon.core.commands import Say
from salon.core.events import Edited, Entry, Event, Redacted, Said, Shelved, TopicChanged, Unshelved
from salon.core.filenames import SafeName
from salon.core.people import Person
from salon.errors import (
    BAD_ROOM,
    EMPTY,
    LINE_TOO_LONG,
    MISUSED_COMMAND,
    NAME_TAKEN,
    UNKNOWN_COMMAND,
    Problem,
    Refusal,
    refuse,
)
from salon.wire.dialect import RoomView
from salon.wire.lines import (
    HELP,
    LINES,
    Go,
    Help,
    LineReader,
    Nothing,
    Order,
    Quit,
    Recall,
    Who,
    arrival,
    note,
    order_of,
    welcome,
)

LOBBY = RoomView("lobby")
APART = RoomView("@ann:bob", (Person("ann", 1), Person("bob", 2)))


def entry(event: Event, author: str = "bob") -> Entry:
    return Entry(7, 1_000, author, 2, event)


# reading


@pytest.mark.parametrize(
    ("pieces", "lines"),
    [
        ([b"ann\n"], ["ann"]),
        ([b"ann\r\nhi\r\n"], ["ann", "hi"]),
        ([b"a", b"n", b"n", b"\n"], ["ann"]),
        ([b"\n\n"], ["", ""]),
        ([b"  hi \t\n"], ["  hi \t"]),
        ([b"a\rb\r\r\n"], ["a\rb\r"]),
        ([b"gr\xc3", b"\xbc\xc3\x9fe\n"], ["grüße"]),
        ([b"bad \xff\xfe\n"], ["bad \ufffd\ufffd"]),
        ([b"no end"], []),
    ],
)
def test_lines_come_as_they_were_typed(pieces: list[bytes], lines: list[str]) -> None:
    reader = LineReader()
    assert [line for piece in pieces for line in reader.feed(piece)] == lines


def test_what_nothing_ended_is_a_line_at_the_end() -> None:
    reader = LineReader()
    assert reader.feed(b"ann\nhel") == ["ann"]
    assert reader.feed(b"lo") == []
    assert reader.end() == ["hello"]
    assert reader.end() == []


def test_a_line_that_is_too_long_is_refused_once_and_the_next_is_read() -> None:
    reader = LineReader(limit=4)
    refusal = refuse(LINE_TOO_LONG, limit=4)
    assert reader.feed(b"1234\n12345\n1") == ["1234", refusal]
    assert reader.feed(b"23") == []
    assert reader.feed(b"45") == []
    assert reader.feed(b"x" * 1_000) == []
    assert reader.feed(b"y\nok\n") == [refusal, "ok"]
    reader.feed(b"12345")
    assert reader.end() == [refusal]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"))), st.integers(1, 9))
def test_cuts_change_nothing(lines: list[str], size: int) -> None:
    data = "".join(f"{line}\n" for line in lines).encode()
    reader = LineReader()
    assert [line for at in range(0, len(data), size) for line in reader.feed(data[at : at + size])] == lines


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("", Nothing()),
        ("hi", Say("hi")),
        (" ", Say(" ")),
        (" /who", Say(" /who")),
        ("//x", Say("/x")),
        ("///", Say("//")),
        ("x", Say("x")),
        ('{"type":"exit"}', Say('{"type":"exit"}')),
        ("bob: I am bob", Say("bob: I am bob")),
        ("upload: a", Say("upload: a")),
        ("/who", Who()),
        ("/WHO", Who()),
        ("/who is", Who()),
        ("/help", Help()),
        ("/quit", Quit()),
        ("/join r1", Go("r1")),
        ("/join  the  den ", Go("the  den")),
        ("/history", Recall(20)),
        ("/history 5", Recall(5)),
        ("/history 999", Recall(200)),
        ("/history 0", Nothing()),
        ("/to bob hi  there ", Say("hi  there ", to="bob")),
        ('/to "Ann Lee" hi', Say("hi", to="Ann Lee")),
    ],
)
def test_orders(line: str, order: Order) -> None:
    assert order_of(line) == order


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("/", UNKNOWN_COMMAND),
        ("/x", UNKNOWN_COMMAND),
        ("/etc/passwd", UNKNOWN_COMMAND),
        ("/join", BAD_ROOM),
        ("/join ../x", BAD_ROOM),
        ("/join @ann:bob", BAD_ROOM),
        ("/history all", MISUSED_COMMAND),
        ("/history -1", MISUSED_COMMAND),
        ("/history ٣", MISUSED_COMMAND),
        ("/history 99999999", MISUSED_COMMAND),
        ("/to", MISUSED_COMMAND),
        ("/to bob", MISUSED_COMMAND),
        ("/to bob ", MISUSED_COMMAND),
        ('/to "" hi', MISUSED_COMMAND),
    ],
)
def test_what_cannot_be_done_is_refused(line: str, problem: Problem) -> None:
    order = order_of(line)
    assert isinstance(order, Refusal)
    assert order.problem is problem


def test_an_unknown_command_is_named_but_not_at_any_length() -> None:
    order = order_of("/x\x1b" + "y" * 1_000)
    assert isinstance(order, Refusal)
    assert "/x\\x1byyy" in order.message
    assert len(order.message) < 200


def test_the_help_tells_every_command() -> None:
    commands = [line.split()[0] for line in HELP if line.startswith("/")]
    for command in commands:
        order = order_of(f"{command} 1 x" if command == "/to" else f"{command} 1")
        assert not isinstance(order, Refusal), command
    assert {"/who", "/join", "/history", "/to", "/quit", "//x"} == set(commands)


# writing


@pytest.mark.parametrize(
    ("event", "line"),
    [
        (Said("hi"), "bob: hi\n"),
        (Said("über: a\nb"), "bob: über: a\\nb\n"),
        (Said("\x1b[2J\x9b1m\r\x07"), "bob: \\x1b[2J\\x9b1m\\r\\x07\n"),
        (Said("hi\nann: forged\n* forged too"), "bob: hi\\nann: forged\\n* forged too\n"),
        (Said("a\u2028b\u202ec"), "bob: a\\u2028b\\u202ec\n"),
        (Said("now", edited=9), "bob: now\n"),
        (Said("", redacted=9), ""),
        (Edited(3, "new\ntext"), "* bob corrected: new\\ntext\n"),
        (Edited(3), ""),
        (Redacted(3), "* bob deleted a message.\n"),
        (TopicChanged("tea"), "* bob set the topic: tea\n"),
        (TopicChanged(""), "* bob took the topic away.\n"),
        (Shelved(SafeName("a b.png"), 3, "0" * 64), "* User bob uploaded the a b.png file\n"),
        (Unshelved(SafeName("a.png"), "0" * 64, 5), "* a.png left the shelf (the 5 newest are kept)\n"),
        (Unshelved(SafeName("a.png"), "0" * 64), "* bob took a.png off the shelf.\n"),
    ],
)
def test_entries(event: Event, line: str) -> None:
    assert LINES.entries(LOBBY, [entry(event)]).decode() == line


def test_private_messages_say_so() -> None:
    assert LINES.entries(APART, [entry(Said("psst"))]) == b"bob (to you): psst\n"


def test_notices_have_one_form() -> None:
    assert LINES.presence(LOBBY, ["ann", "bob"], ["carl"]) == (
        b"* ann has joined the room.\n* bob has joined the room.\n* carl has left the room.\n"
    )
    assert LINES.members(LOBBY, ["ann", "bob"]) == b"* In lobby: ann, bob\n"
    assert LINES.gap(LOBBY, 3, 7, "Forgotten.") == b"* Missing here: 5. Forgotten.\n"
    assert LINES.notice("closing", "The server is closing.") == b"* The server is closing.\n"
    assert LINES.notice("typing", "bob is typing.") == b""
    assert LINES.notice("read", "Read up to 3.") == b""
    assert LINES.progress(LOBBY, "bob", "a.png", 9, 3, False) == b""
    assert note("a\nb") == b"* a\\nb\n"


def test_of_ones_own_words_only_refusals_are_told() -> None:
    outcomes: list[tuple[Say, Kept | Refusal]] = [(Say("a"), Kept(1, 2, 3)), (Say(""), refuse(EMPTY))]
    assert LINES.settled("lobby", outcomes) == b"* There is nothing in this message.\n"
    assert LINES.refused(refuse(NAME_TAKEN, name="bob")) == b'* Name "bob" is taken. Try another.\n'


def test_greetings() -> None:
    assert welcome("ann") == b"* Welcome, ann. /help tells what you can do here.\n"
    assert arrival("lobby", [], "") == b"* You are alone in lobby.\n"
    assert arrival("r1", ["bob", "carl"], "tea") == b"* You are in r1 with bob, carl.\n* The topic: tea\n"
    crowd = [f"p{n}" for n in range(1_000)]
    assert arrival("lobby", crowd, "").endswith(b"p19 and 980 more.\n")


@given(st.text())
def test_a_text_is_always_one_line_that_moves_no_cursor(text: str) -> None:
    line = LINES.entries(LOBBY, [entry(Said(text))]).decode()
    assert line.count("\n") == 1
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in line[:-1])
