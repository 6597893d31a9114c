"""docs/dialects.md shows what happens: its transcripts are run, its tables are those of the code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from salon.edges import pacing
from salon.wire.lab import forms
from salon.wire.lab.forms import Form, Frame, words_of
from tests.docs.reading import blocks, read, sections, tables
from tests.edges.doorstep import Guest, House
from tests.edges.parcelled import lab

PAGE = read("docs/dialects.md")
CHAPTERS = sections(PAGE, 2)
LAB = sections(CHAPTERS["The lab's clients"], 3)
TRANSCRIPTS = {
    title: block
    for title, text in {"Plain lines": CHAPTERS["Plain lines"], **LAB}.items()
    for block in blocks(text, "transcript")
}
FORMS = {title: block for title, block in TRANSCRIPTS.items() if title in LAB and title != "Files"}


class Cast:
    """Who speaks in a transcript. Whoever begins with a bracket or a digit ends no lines."""

    def __init__(self, house: House) -> None:
        self._house = house
        self._guests: dict[str, tuple[Guest, bytes]] = {}

    async def say(self, name: str, text: str) -> None:
        if name not in self._guests:
            end = b"" if re.match(r"[{0-9]", text) else b"\n"
            self._guests[name] = (await self._house.guest(), end)
        guest, end = self._guests[name]
        guest.send(text.encode() + end)

    async def hear(self, name: str, text: str) -> None:
        guest, end = self._guests[name]
        assert await guest.until(text.encode() + end) == text + end.decode()

    def nothing_more(self) -> None:
        assert {name: guest.heard for name, (guest, end) in self._guests.items() if not end} == {
            name: b"" for name, (_, end) in self._guests.items() if not end
        }


@pytest.mark.anyio
@pytest.mark.parametrize("title", TRANSCRIPTS)
async def test_a_transcript_is_what_happens(title: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(pacing, "READ_SECONDS", 0.0)
    async with lab(tmp_path) as house:
        cast = Cast(house)
        for line in TRANSCRIPTS[title].splitlines():
            name, direction, text = re.fullmatch(r"(\w+)([<>]) (.*)", line).groups()  # type: ignore[union-attr]
            await (cast.say if direction == ">" else cast.hear)(name, text)
        cast.nothing_more()


def test_every_form_has_a_transcript() -> None:
    sent = [re.findall(r"^ann> (.*)$", block, re.MULTILINE)[0] for title, block in FORMS.items()]
    assert len(sent) == len(forms.Frame) + 2  # and literals, and another word for the type


_IN_FORM = {
    "bare documents": Form(),
    "a length of ten bytes": Form(Frame.COUNTED),
    "`message_type`": Form(type_key="message_type"),
    "a document with the length": Form(Frame.LENGTH),
    "a document of 64 bytes": Form(Frame.MSGLEN),
    "any": Form(),
}


def test_files_are_called_as_in_the_code() -> None:
    for asked, where, brings, announces, *names in tables(LAB["Files"])[0][1:]:
        for form in where.split(", "):
            words = words_of(_IN_FORM[form], asked.strip("`"), "file_name", "")
            assert [words.name, words.content, words.size] == [name.strip("`") for name in names]
            assert f"`{words.brings}`" == brings.split(",")[0]
            assert f"`{words.announces}`" == announces


def test_the_spellings_are_those_of_the_code() -> None:
    fields, kinds = tables(LAB["Spellings"])
    assert [tuple(re.findall(r"`(\w+)`", names)) for _, names in fields[1:]] == [
        forms.NAME,
        forms.ROOM,
        forms.TEXT,
        forms.FILE_NAME,
        forms.FILE_CONTENT,
        forms.FILE_SIZE,
        forms.FILE_PATH,
    ]
    told = {name: kind.strip("`") for kind, names in kinds[1:] for name in re.findall(r"`(\w+)`", names)}
    assert told == forms.KINDS
