"""What the file room's client shows."""

import pytest

from salon.client.events import Back, Event, Lost, Refused
from salon.client.transfers.files import File
from salon.client.transfers.progress import State, Transfer
from salon.errors import NO_SUCH_FILE, refuse
from salon.faces.file_room.telling import Teller, shelf_lines, told_of
from salon.wire.answers import Gap, Message, Notification


@pytest.mark.parametrize(
    ("event", "lines"),
    [
        (Message("ann", "lobby", "hi\n\x1b[1m"), ["ann: hi\\n\\x1b[1m"]),
        (Message("me", "lobby", "mine"), ["me: mine"]),
        (Message("ann", "lobby", "gone", redacted=3), []),
        (
            Notification("…", "presence", joined=["me", "bob"], left=["eve"]),
            ["bob has joined the room.", "eve has left the room."],
        ),
        (
            Notification("f left the shelf (the 5 newest are kept)", "unshelved"),
            ["f left the shelf (the 5 newest are kept)"],
        ),
        (
            Notification("ann edited message 3.", "edited", sender="ann", text="new"),
            ["ann corrected: new"],
        ),
        (
            Notification("ann edited message 3.", "edited", sender="ann"),
            ["ann edited message 3."],
        ),
        (Notification("ann is typing.", "typing"), []),
        (Notification("ann is sending f.", "upload"), []),
        (Gap("lobby", 1, 3, "These are not kept."), ["These are not kept."]),
        (Refused(refuse(NO_SUCH_FILE, name="f")), ["The f doesn't exist"]),
    ],
)
def test_events(event: Event, lines: list[str]) -> None:
    assert Teller("me").tell(event) == lines


def test_a_line_that_breaks_is_told_of_once() -> None:
    teller = Teller("me")
    told = [teller.tell(event) for event in (Lost("gone"), Lost("still gone"), Back(), Lost("again"))]
    assert [len(lines) for lines in told] == [1, 0, 1, 1]


def test_transfers() -> None:
    up = Transfer(1, True, "f", "lobby", State.DONE, 3, 3)
    down = Transfer(2, False, "f", "lobby", State.DONE, 3, 3, saved="downloads/f")
    failed = Transfer(3, False, "f", "lobby", State.FAILED, refusal=refuse(NO_SUCH_FILE, name="f"))
    pushing = Transfer(4, True, "f6", "lobby", State.MOVING, 3, 0, evicts=("f1",))
    assert [told_of(one) for one in (up, down, failed, pushing)] == [
        "",
        "Saved downloads/f",
        "The f doesn't exist",
        "f1 leaves the shelf when f6 is there.",
    ]


def test_the_shelf() -> None:
    assert shelf_lines([File("new\x1b", 1), File("old", 5 * 1024)]) == [
        "1. new\\x1b (1 byte)",
        "2. old (5.0 KiB)",
    ]
    assert shelf_lines([]) == ["There are no files on the shelf. upload: PATH puts one there."]
