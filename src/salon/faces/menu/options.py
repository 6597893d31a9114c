"""The menu: what a line of the input means where the conversation stands, and what is shown for it. Pure."""

from typing import TypeAlias

from msgspec import Struct

MENU = "Enter an option ('m', 'f', 'x'):\n  (M)essage (send)\n  (F)ile (request)\n e(X)it"
ASK_MESSAGE = "Enter your message:"
ASK_OWNER = "Who owns the file?"
ASK_FILE = "Which file do you want?"


class Say(Struct, frozen=True):
    """Say it to everybody else."""

    text: str


class Request(Struct, frozen=True):
    """Ask a person for a file."""

    owner: str
    name: str


class Leave(Struct, frozen=True):
    """Goodbye."""


Wish: TypeAlias = Say | Request | Leave | None


class Menu:
    """Where the conversation stands: a line is an option, or the answer to the question before it."""

    def __init__(self) -> None:
        self._question = MENU
        self._owner = ""

    def hear(self, line: str) -> tuple[Wish, str]:
        """What the line asks, if anything, and what is to be shown once that is under way."""
        wish: Wish = None
        asked, self._question = self._question, MENU
        if asked == ASK_MESSAGE:
            wish = Say(line) if line else None
        elif asked == ASK_OWNER:
            self._owner = line.strip()
            self._question = ASK_FILE
        elif asked == ASK_FILE:
            wish = Request(self._owner, line.strip()) if self._owner and line.strip() else None
        elif (option := line.strip().lower()) == "x":
            wish = Leave()
        else:
            self._question = _QUESTIONS.get(option, MENU)
        return wish, self._question


_QUESTIONS = {"m": ASK_MESSAGE, "f": ASK_OWNER}
