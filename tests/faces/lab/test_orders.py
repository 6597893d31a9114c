from __future__ import annotations

import pytest

from salon.faces.lab.orders import Download, Exit, Order, Say, Upload, order_of


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("hello", Say("hello")),
        ("  hello  ", Say("  hello  ")),
        ("hello: bob", Say("hello: bob")),
        ("", None),
        ("exit", Exit()),
        (" exit ", Exit()),
        ("exit now", Say("exit now")),
        ("Exit", Say("Exit")),
        ("upload: notes: 1.txt", Upload("notes: 1.txt")),
        ("upload:a.txt", Upload("a.txt")),
        ("upload:", Upload("")),
        ("upload", Say("upload")),
        ("uploads: a", Say("uploads: a")),
        (" upload: a", Say(" upload: a")),
        ("download: a b:c.png ", Download("a b:c.png")),
        ("\\exit", Say("exit")),
        ("\\upload: a", Say("upload: a")),
        ("\\\\", Say("\\")),
        ("\\", None),
        ("disconnect", Say("disconnect")),
    ],
)
def test_three_commands_and_all_else_is_said(line: str, order: Order) -> None:
    assert order_of(line) == order
