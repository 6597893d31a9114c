from __future__ import annotations

import pytest

from salon.faces.menu.options import ASK_FILE, ASK_MESSAGE, ASK_OWNER, MENU, Leave, Menu, Request, Say, Wish

Step = tuple[str, Wish, str]


@pytest.mark.parametrize(
    "steps",
    [
        [("m", None, ASK_MESSAGE), ("hello!", Say("hello!"), MENU), ("x", Leave(), MENU)],
        [("M", None, ASK_MESSAGE), ("x", Say("x"), MENU), ("X", Leave(), MENU)],
        [("m", None, ASK_MESSAGE), ("", None, MENU), ("f", None, ASK_OWNER)],
        [("m", None, ASK_MESSAGE), ("  ", Say("  "), MENU)],
        [("f", None, ASK_OWNER), ("ann", None, ASK_FILE), ("a b.txt", Request("ann", "a b.txt"), MENU)],
        [("F", None, ASK_OWNER), ("m", None, ASK_FILE), ("x", Request("m", "x"), MENU)],
        [("f", None, ASK_OWNER), ("", None, ASK_FILE), ("a.txt", None, MENU)],
        [("f", None, ASK_OWNER), ("ann", None, ASK_FILE), (" ", None, MENU), ("m", None, ASK_MESSAGE)],
        [("", None, MENU), ("message", None, MENU), (" m ", None, ASK_MESSAGE)],
    ],
)
def test_each_line_is_an_option_or_the_answer_to_the_question_before_it(steps: list[Step]) -> None:
    menu = Menu()
    for line, wish, shown in steps:
        assert menu.hear(line) == (wish, shown)


def test_the_menu_is_these_four_lines() -> None:
    assert MENU.splitlines() == [
        "Enter an option ('m', 'f', 'x'):",
        "  (M)essage (send)",
        "  (F)ile (request)",
        " e(X)it",
    ]
