from __future__ import annotations

import pytest

from salon.core.commands import ChangeTopic, Command, Delete, Edit, Say
from salon.core.events import Edited, Entry, Redacted, Said, TopicChanged
from salon.core.limits import TEXT_CHARS, TOPIC_CHARS
from salon.core.rules import decide, target_of
from salon.errors import EMPTY, NO_SUCH_MESSAGE, NOT_YOURS, REDACTED, TOO_LONG, Problem, Refusal
from tests.support.paper import ANN, BOB

TARGETS = {
    1: Entry(1, 0, "ann", ANN.number, Said("mine")),
    2: Entry(2, 0, "bob", BOB.number, Said("yours")),
    3: Entry(3, 0, "ann", ANN.number, Said("", redacted=4)),
    5: Entry(5, 0, "ann", ANN.number, TopicChanged("tea")),
}


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (Say("hi"), Said("hi")),
        (Say("x" * TEXT_CHARS), Said("x" * TEXT_CHARS)),
        (Edit(1, "hello"), Edited(1, "hello")),
        (Delete(1), Redacted(1)),
        (ChangeTopic("tea"), TopicChanged("tea")),
        (ChangeTopic(""), TopicChanged("")),
        (ChangeTopic("x" * TOPIC_CHARS), TopicChanged("x" * TOPIC_CHARS)),
    ],
)
def test_what_a_command_makes_true(command: Command, event: object) -> None:
    assert decide(ANN, command, TARGETS) == event


@pytest.mark.parametrize(
    ("command", "problem"),
    [
        (Say(""), EMPTY),
        (Say("x" * (TEXT_CHARS + 1)), TOO_LONG),
        (Edit(1, ""), EMPTY),
        (Edit(1, "x" * (TEXT_CHARS + 1)), TOO_LONG),
        (Edit(2, "hello"), NOT_YOURS),
        (Edit(3, "hello"), REDACTED),
        (Edit(5, "hello"), NO_SUCH_MESSAGE),
        (Edit(9, "hello"), NO_SUCH_MESSAGE),
        (Delete(2), NOT_YOURS),
        (Delete(3), REDACTED),
        (Delete(0), NO_SUCH_MESSAGE),
        (Delete(-1), NO_SUCH_MESSAGE),
        (ChangeTopic("x" * (TOPIC_CHARS + 1)), TOO_LONG),
    ],
)
def test_what_is_refused(command: Command, problem: Problem) -> None:
    refused = decide(ANN, command, TARGETS)
    assert isinstance(refused, Refusal)
    assert refused.problem is problem
    assert refused.message


def test_only_changes_have_a_target() -> None:
    assert [target_of(command) for command in (Say("hi"), Edit(7, "x"), Delete(8), ChangeTopic("t"))] == [0, 7, 8, 0]
