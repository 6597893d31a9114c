"""What a typed line asks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.core.limits import HISTORY_ENTRIES
from salon.errors import Refusal
from salon.faces.console.orders import (
    _ORDERS,
    HELP,
    Change,
    Enter,
    Help,
    Leave,
    Nothing,
    Order,
    Quit,
    Recall,
    Remove,
    Rooms,
    Speak,
    Topic,
    Who,
    order_of,
)


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("hello", Speak("hello")),
        ("  blanks at both ends ", Speak("  blanks at both ends ")),
        (" /not a command", Speak(" /not a command")),
        ("//x", Speak("/x")),
        ("///x", Speak("//x")),
        ("", Nothing()),
        (" \t", Nothing()),
        ("/who", Who()),
        ("/WHO", Who()),
        ("/rooms", Rooms()),
        ("/join tea", Enter("tea")),
        ("/join  tea room ", Enter("tea room")),
        ("/join @ann:bob", Enter("@ann:bob")),
        ("/leave", Leave()),
        ("/to bob hi there", Speak("hi there", "bob")),
        ('/to "bob the elder"  hi', Speak(" hi", "bob the elder")),
        ("/edit better", Change(0, "better")),
        ("/edit 12 better", Change(12, "better")),
        ("/edit 12", Change(0, "12")),
        ("/edit 12 ", Change(0, "12 ")),
        ("/delete", Remove(0)),
        ("/delete 7", Remove(7)),
        ("/history", Recall(20)),
        ("/history 5", Recall(5)),
        ("/history 99999", Recall(HISTORY_ENTRIES)),
        ("/topic", Topic(None)),
        ("/topic Tea, mostly", Topic("Tea, mostly")),
        ("/topic -", Topic("")),
        ("/help", Help()),
        ("/quit", Quit()),
        ("/exit", Quit()),
    ],
)
def test_orders(line: str, order: Order) -> None:
    assert order_of(line) == order


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("/nope", "There is no command /nope. /help tells them all; // says a / as it is."),
        ("/\x1b[2J", "There is no command /\\x1b[2J. /help tells them all; // says a / as it is."),
        ("/", "There is no command /. /help tells them all; // says a / as it is."),
        ("/to bob", "This command is written /to NAME TEXT."),
        ("/to", "This command is written /to NAME TEXT."),
        ("/edit ", "This command is written /edit [N] TEXT."),
        ("/delete all", "This command is written /delete [N]."),
        ("/history 0", "This command is written /history [N]."),
        ("/history ten", "This command is written /history [N]."),
        ("/join ..", "This cannot be a room's name: it is empty. Try another."),
        ("/join a/b", "This cannot be a room's name: it names a place, not a file. Try another."),
    ],
)
def test_what_is_no_order_is_answered(line: str, sentence: str) -> None:
    refusal = order_of(line)
    assert isinstance(refusal, Refusal)
    assert refusal.message == sentence


@given(st.text())
def test_whatever_is_typed_is_an_order_or_an_answer(line: str) -> None:
    order = order_of(line)
    if line.strip() and not line.startswith("/"):
        assert order == Speak(line)
    if line.startswith("//"):
        assert order == Speak(line[1:])
    if isinstance(order, Refusal):
        assert order.message


def test_help_tells_of_every_command() -> None:
    told = {line.split()[0] for line in HELP[1:]}
    assert told == {*_ORDERS, "//x", "upload:", "download:"} - {"/help", "/exit"}
