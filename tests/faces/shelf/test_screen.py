"""Where the commands write, whatever it is."""

from __future__ import annotations

import io

import pytest

from salon.client.transfers import Job, State, Transfer
from salon.errors import LOST_SERVER, refuse
from salon.faces.shelf.screen import Screen

pytestmark = pytest.mark.anyio


class Stream(io.TextIOWrapper):
    """A stream that keeps what was written."""

    def __init__(self, encoding: str = "utf-8", *, terminal: bool = False) -> None:
        self.kept = io.BytesIO()
        self._terminal = terminal
        super().__init__(self.kept, encoding=encoding, newline="")

    def isatty(self) -> bool:
        return self._terminal

    def text(self) -> str:
        return self.kept.getvalue().decode(self.encoding)


class Standing(Job):
    """A job that is as the test says."""

    def __init__(self, transfer: Transfer) -> None:
        super().__init__(transfer, lambda _: None)
        self.transfer = transfer

    def look(self) -> Transfer:
        return self.transfer

    async def wait(self, seconds: float | None = None) -> Transfer:
        now = self.transfer
        self.transfer = Transfer(1, True, "a", "r", State.DONE, 10, 10)
        return now


async def test_results_and_all_else_go_their_ways() -> None:
    out, err = Stream(), Stream()
    screen = Screen(out, err)
    screen.result("done")
    screen.notice("by the way")
    screen.trouble("Alas.")
    assert (out.text(), err.text()) == ("done\n", "by the way\nsalon: Alas.\n")


async def test_a_pipe_gets_words_once() -> None:
    err = Stream()
    screen = Screen(Stream(), err)
    screen.changed(Standing(Transfer(1, True, "n", "r", State.MOVING, 10, 0, evicts=("old",))))
    screen.changed(Standing(Transfer(1, True, "n", "r", State.MOVING, 10, 0, evicts=("old",))))
    screen.changed(Standing(Transfer(1, True, "n", "r", State.CUT, 10, 5, refusal=refuse(LOST_SERVER, server="s"))))
    assert err.text().splitlines() == [
        "old leaves the shelf when n is there.",
        "n: The connection to s was lost. Trying again, 50 % are there.",
    ]
    await screen.watch(Standing(Transfer(1, True, "n", "r", State.MOVING, 10, 5)))
    assert "%" not in err.text().splitlines()[-1].replace("50 %", "")


async def test_a_terminal_gets_a_bar_that_makes_room_for_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    out, err = Stream(terminal=True), Stream(terminal=True)
    screen = Screen(out, err)
    job = Standing(Transfer(1, True, "n", "r", State.MOVING, 10, 5))
    screen._draw(job)
    screen.notice("sentence")
    await screen.watch(job)
    bar, sentence, again, end = err.text().split("\r\x1b[K")[1:]
    assert "50 %" in bar
    assert sentence == "sentence\n"
    assert "100 %" in again
    assert end == ""


async def test_a_stream_that_holds_no_unicode_gets_what_it_can_hold() -> None:
    out = Stream("ascii")
    Screen(out, Stream()).result("Saved ü")
    assert out.text() == "Saved \\xfc\n"
