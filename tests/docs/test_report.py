"""docs/report.md: its headings, and that its figures, sentences and commands are those of the code."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from salon import PORT
from salon.config import Serve, serve_settings
from salon.core import limits
from salon.core.events import Entry, Unshelved
from salon.core.filenames import SafeName
from salon.errors import CATALOGUE
from salon.faces.file_room.orders import HELP
from salon.stores import folder
from salon.wire.dialect import unshelved_sentence
from tests.docs.reading import ROOT, blocks, read, sections, tables

REPORT = read("docs/report.md")
CHAPTERS = sections(REPORT, 2)
LAUNCHER = read("classic/shelf/server.py")
HEADINGS = [
    "The design of the server",
    "The design of the client",
    "Several clients",
    "Transfers among clients",
    "Storage and the list",
    "The user interface",
    "Running on Windows and Linux",
    "Exceptions in communication",
    "Limits",
    "The language, and why",
    "Conclusion",
]


def launched() -> Serve:
    """The settings with which the launcher starts the server."""
    (flags,) = re.findall(r"^shelf = \[(.*)\]$", LAUNCHER, flags=re.MULTILINE)
    words = re.findall(r'"([^"]+)"', flags)
    return settings_of([*words, "--port", "12345", "--host", "0.0.0.0"])


def settings_of(words: list[str]) -> Serve:
    found: dict[str, object] = {}
    for at, word in enumerate(words):
        if word.startswith("--"):
            value = words[at + 1] if at + 1 < len(words) and not words[at + 1].startswith("--") else True
            found[word.removeprefix("--").replace("-", "_")] = value
    return serve_settings(found, {})


def test_it_has_its_headings_each_with_something_below() -> None:
    assert list(CHAPTERS) == HEADINGS
    assert all(len(chapter.split()) > 60 for chapter in CHAPTERS.values())


def test_the_server_is_what_the_report_says() -> None:
    (command,) = blocks(CHAPTERS["The design of the server"], "sh")
    assert settings_of(command.split()[2:]) == launched()
    assert launched().port == PORT
    given = sum(getattr(launched(), field.name) != field.default for field in fields(Serve))
    assert given == 5  # flags that say something else than is said without them
    assert "with five flags" in CHAPTERS["The design of the server"]


def test_the_threads_are_as_many_as_the_report_says() -> None:
    assert "four that write and read files" in CHAPTERS["The design of the server"]
    assert folder._THREADS == 4


def test_limits_are_those_of_the_code() -> None:
    settings = launched()
    flags = {"--keep": settings.shelves[0], "--max-file": settings.max_file}
    for _, shown, name in tables(CHAPTERS["Limits"])[0][1:]:
        constant = name.strip("`")
        value = flags[constant] if constant in flags else getattr(limits, constant)
        assert int(shown.split()[0]) == value, constant


def test_figures_in_the_text_are_those_of_the_code() -> None:
    several = CHAPTERS["Several clients"]
    assert f"more than {limits.HIGH_WATER // limits.KIB} KiB wait" in several
    assert f"goodbye {limits.GRACE_SECONDS} s later" in several
    assert f"more than\n{launched().shelves[0]} then" in CHAPTERS["Storage and the list"]


@pytest.mark.parametrize("row", tables(CHAPTERS["Exceptions in communication"])[0][1:], ids=lambda row: str(row[0]))
def test_sentences_are_those_of_the_catalogue(row: list[str]) -> None:
    what, shown, _ = row
    code = re.search(r"\(`(\w+)`\)", what)
    if code is None:
        sources = read("src/salon/app.py") + read("src/salon/faces/file_room/telling.py")
        begin, _, end = shown.strip("`").partition("…")
        assert begin.partition(":")[0] in sources
        assert end.strip() in sources
        return
    problem = CATALOGUE[code[1]]
    sentence = f"{problem.sentence} {problem.advice}".strip()
    pattern = re.sub(r"\\\{\w+\\\}", ".+", re.escape(sentence))
    assert re.fullmatch(pattern, shown.strip("`")), f"{code[1]} says: {sentence}"


def test_the_session_is_one_of_the_programs() -> None:
    (session,) = blocks(CHAPTERS["The user interface"], "text")
    assert "".join(f"{line}\n" for line in HELP) in session
    unshelved = Unshelved(SafeName("f1.bin"), "", launched().shelves[0])
    assert f"{unshelved_sentence(Entry(1, 1, 'carl', 1, unshelved), unshelved)}\n" in session
    chat = read("src/salon/faces/file_room/chat.py")
    for question in ("Enter host: ", "Enter port: ", "Enter your name: "):
        assert f'"{question}"' in chat
        assert f"\n{question}" in session


def test_what_it_names_is_there() -> None:
    for path in re.findall(r"`((?:classic|tests)/[\w/.]+)`", REPORT):
        assert (ROOT / path).exists(), path
    for layer, *_ in tables(CHAPTERS["The design of the server"])[0][1:]:
        assert (ROOT / "src" / "salon" / layer.strip("`")).is_dir()
