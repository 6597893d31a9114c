"""What happens, as lines."""

from __future__ import annotations

from typing import Any

import pytest

from salon.client.events import Back, Event, Lost, Refused
from salon.errors import DISK_FULL, refuse
from salon.faces.console.telling import Line, Teller
from salon.wire.answers import Gap, Message, Notification


def teller() -> Teller:
    one = Teller("ann")
    one.room = "lobby"
    return one


def told(event: Event) -> str | None:
    line = teller().tell(event)
    return line.text if line else None


def noted(kind: str, sentence: str = "", room: str = "lobby", **fields: Any) -> Notification:
    return Notification(sentence, kind, room, **fields)


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (Message("bob", "lobby", "hi"), "bob: hi"),
        (Message("bob", "Lobby", " a\nb \x1b[2J"), "bob:  a\\nb \\x1b[2J"),
        (Message("bob", "tea", "hi"), "[tea] bob: hi"),
        (Message("bob", "@ann:bob", "psst", to="Ann"), "bob (to you): psst"),
        (Message("ann", "@ann:bob", "psst", to="bob"), "ann (to bob): psst"),
        (Message("bob", "lobby", "", redacted=7), "bob: (deleted)"),
        (Message("bob", "lobby", "bob: $name"), "bob: bob: $name"),
    ],
)
def test_what_is_said(message: Message, text: str) -> None:
    line = teller().tell(message)
    assert line is not None
    assert line.said
    assert line.text == text
    assert text[: line.who].endswith(":")


@pytest.mark.parametrize(
    ("event", "text"),
    [
        (noted("topic", "bob set the topic: Tea."), "* bob set the topic: Tea."),
        (noted("topic", "bob set the topic: Tea.", "tea"), "* [tea] bob set the topic: Tea."),
        (noted("edited", "bob edited message 3.", text="new\n"), "* bob edited message 3: new\\n"),
        (noted("edited", "bob edited message 3."), "* bob edited message 3."),
        (noted("redacted", "bob deleted message 3."), "* bob deleted message 3."),
        (noted("presence", joined=["bob"]), "* bob joined."),
        (noted("presence", joined=["bob", "ann"], left=["cat"]), "* bob joined. cat left."),
        (noted("presence", left=list("bcdefg")), "* b, c, d, e and 2 others left."),
        (noted("presence", joined=["ann"]), None),
        (noted("typing", "bob is typing."), None),
        (noted("members"), None),
        (noted("read"), None),
        (noted("closing", "The server is closing.", ""), "* The server is closing."),
        (noted("a newer kind", "Something happened."), "* Something happened."),
        (Gap("lobby", 3, 9, "Gone."), "* Gone. (3 to 9)"),
        (Refused(refuse(DISK_FULL)), "* The server's disk is full; nothing was kept. Try again later."),
    ],
)
def test_notices(event: Event, text: str | None) -> None:
    assert told(event) == text


def test_a_lost_line_is_told_once_until_it_is_back() -> None:
    one = teller()
    lost = Line("* The line to the server is gone: it fell silent. Looking for it.")
    assert one.tell(Lost("it fell silent")) == lost
    assert one.tell(Lost("connection refused")) is None
    assert one.tell(Back()) == Line("* The line is back.")
    assert one.tell(Lost("it fell silent")) == lost
