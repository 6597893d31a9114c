"""docs/client.md: its bot runs, and what it names is there."""

from __future__ import annotations

import inspect
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import salon
from salon.client import Client, Message, Room
from salon.client.client import CLOSE_SECONDS
from tests.docs.reading import ROOT, blocks, read, sections, tables

PAGE = read("docs/client.md")
CHAPTERS = sections(PAGE, 2)
BOT = ROOT / "docs" / "examples" / "bot.py"


def test_the_bot_on_the_page_is_the_one_in_the_file() -> None:
    (shown,) = blocks(CHAPTERS["A bot in ten lines"], "python")
    assert BOT.read_text(encoding="utf-8").partition("\n\n")[2] == shown
    assert len([line for line in shown.splitlines() if line.strip()]) <= 10


@pytest.mark.anyio
async def test_the_bot_answers(server_port: int, tmp_path: Path) -> None:
    address = f"127.0.0.1:{server_port}"
    environment = {**os.environ, "HOME": str(tmp_path), "XDG_STATE_HOME": str(tmp_path)}
    async with salon.connect(address, name="ann", folder=tmp_path) as ann:
        events = ann.events()
        with subprocess.Popen([sys.executable, str(BOT), address], env=environment) as bot:
            async for event in events:
                if "clock" in getattr(event, "joined", ()):
                    await ann.say("What time is it?")
                elif isinstance(event, Message) and event.sender == "clock":
                    assert re.fullmatch(r"It is \d\d:\d\d, ann\.", event.text)
                    break
            bot.terminate()


def test_the_arguments_of_connect_are_told() -> None:
    told = [row[0].strip("`") for row in tables(CHAPTERS["Connecting"])[0][1:]]
    assert told == list(inspect.signature(salon.connect).parameters)


@pytest.mark.parametrize("chapter", ["Hearing", "Saying"])
def test_what_the_page_names_is_there(chapter: str) -> None:
    for name in re.findall(r"client\.(\w+)\(", CHAPTERS[chapter]):
        assert callable(getattr(Client, name))
    for name in re.findall(r"`(\w+)`", CHAPTERS["Saying"].partition("A room, ")[2].partition("At the end")[0]):
        assert hasattr(Room, name)


def test_the_wait_at_the_end_is_as_told() -> None:
    assert f"waits up to {CLOSE_SECONDS:g} s" in PAGE
