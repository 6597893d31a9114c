"""What is typed into the file room."""

import pytest

from salon.errors import MISUSED_COMMAND, UNKNOWN_COMMAND, Problem, Refusal
from salon.faces.console.file_orders import Download, Files, Upload
from salon.faces.file_room.orders import Help, Order, Quit, Say, order_of


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("", None),
        ("  as typed  ", Say("  as typed  ")),
        ("upload: my: notes.txt", Upload("my: notes.txt")),
        ("download: a b.txt", Download("a b.txt")),
        ("\\upload: x", Say("upload: x")),
        ("//files", Say("/files")),
        ("/files", Files()),
        ("/quit ", Quit()),
        ("/help", Help()),
        ("exit", Say("exit")),
    ],
)
def test_orders(line: str, order: Order) -> None:
    assert order_of(line) == order


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("/dance", UNKNOWN_COMMAND),
        ("/files now", MISUSED_COMMAND),
        ("upload:", MISUSED_COMMAND),
    ],
)
def test_what_is_no_order(line: str, problem: Problem) -> None:
    refusal = order_of(line)
    assert isinstance(refusal, Refusal)
    assert refusal.problem is problem
