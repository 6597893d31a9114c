"""What the documents say can be done can be done: flags, settings, metrics, make targets, links, pictures."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from salon.config import Serve
from tests.docs.reading import ROOT, anchors, blocks, documents, links, read, sections, tables
from tools.draw_conversation import COLUMNS, PICTURE, TRANSCRIPT, picture, screens

README = sections(read("README.md"), 2)
OPERATING = sections(read("docs/operating.md"), 2)
_FLAG = re.compile(r"(?<![\w-])--[a-z][a-z-]*")


_DEFAULTS = {"data": "see below", "library": "none"}  # those that are no value


def help_flags(*command: str) -> set[str]:
    """The flags that a command's --help tells."""
    run = [sys.executable, "-m", "salon", *command, "--help"]
    done = subprocess.run(run, capture_output=True, text=True, check=True)
    return set(_FLAG.findall(done.stdout)) - {"--help"}


def described_flags(section: str) -> set[str]:
    """The flags of a section's first table, each in one row."""
    flags = [flag for row in tables(section)[0][1:] for flag in _FLAG.findall(row[0])]
    assert len(flags) == len(set(flags))
    return set(flags)


@pytest.mark.parametrize("command", [title for title in README if title.startswith("salon ")])
def test_the_readme_tells_a_commands_flags_and_no_others(command: str) -> None:
    assert described_flags(README[command]) == help_flags(*command.split()[1:])


def test_the_readme_tells_every_command() -> None:
    done = subprocess.run([sys.executable, "-m", "salon", "--help"], capture_output=True, text=True, check=True)
    commands = re.findall(r"^ {4}([a-z]+) ", done.stdout, flags=re.MULTILINE)
    assert "serve" in commands
    assert {f"salon {command}" for command in commands} == {title for title in README if title.startswith("salon ")}


def test_every_setting_is_told_with_its_variable_key_and_default() -> None:
    rows = {row[0].strip("`").removeprefix("--").replace("-", "_"): row for row in tables(OPERATING["Settings"])[0][1:]}
    defaults = Serve()
    assert len(rows) == len(tables(OPERATING["Settings"])[0][1:])
    assert rows.keys() == {field.name for field in fields(Serve)} | {"config"}
    for field in fields(Serve):
        _, variable, key, shown, _ = rows[field.name]
        assert (variable, key) == (f"`SALON_{field.name.upper()}`", f"`{field.name}`")
        assert shown == _DEFAULTS.get(field.name, _shown(getattr(defaults, field.name))), field.name


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return "yes" if default else "no"
    return str(default) or "none"


def test_every_metric_is_told(server_port: int) -> None:
    from urllib.request import urlopen

    with urlopen(f"http://127.0.0.1:{server_port}/metrics") as answer:
        kinds = re.findall(r"^# TYPE (\S+) (\S+)$", answer.read().decode(), flags=re.MULTILINE)
    assert [(row[0].strip("`"), row[1]) for row in tables(OPERATING["Metrics"])[0][1:]] == kinds


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    for link in links(document.read_text(encoding="utf-8")):
        if link.startswith(("https://", "http://")):
            continue
        path, _, anchor = link.partition("#")
        target = document.parent / path if path else document
        assert target.exists(), f"{link}: there is no such file"
        assert not anchor or anchor in anchors(target.read_text(encoding="utf-8")), f"{link}: there is no such heading"


def test_commands_in_the_documents_name_targets_that_make_has() -> None:
    targets = set(re.findall(r"^([a-z]+):", read("Makefile"), flags=re.MULTILINE))
    named = {
        target
        for document in documents()
        for target in re.findall(r"(?:^|`)make ([a-z]+)", document.read_text(encoding="utf-8"), flags=re.MULTILINE)
    }
    assert {"run", "test"} <= named <= targets


def test_the_readme_begins_with_the_two_commands() -> None:
    assert [line.split("#")[0].strip() for line in blocks(read("README.md"), "sh")[0].splitlines()] == [
        "make run",
        "make test",
    ]


def test_every_page_of_the_documents_is_reached_from_the_readme() -> None:
    linked = {link.partition("#")[0] for link in links(read("README.md"))}
    assert {str(path.relative_to(ROOT)) for path in ROOT.glob("docs/*.md")} <= linked


def test_the_picture_is_drawn_from_the_conversation() -> None:
    transcript = TRANSCRIPT.read_text(encoding="utf-8")
    assert PICTURE.read_text(encoding="utf-8") == picture(screens(transcript)), "run: python -m tools.draw_conversation"


def test_what_is_said_is_drawn_as_it_is() -> None:
    drawn = picture(screens("=== Ann\n$ nc <host>\n* Bob & co\nBob: 1 < 2\nBob (to you): a: b\n"))
    assert '<tspan class="prompt">$</tspan> nc &lt;host&gt;' in drawn
    assert '<tspan class="note">* Bob &amp; co</tspan>' in drawn
    assert '<tspan class="name0">Bob</tspan>: 1 &lt; 2' in drawn
    assert '<tspan class="name0">Bob</tspan> (to you): a: b' in drawn


def test_a_line_that_a_screen_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="More than"):
        screens("=== Ann\n" + "x" * (COLUMNS + 1))
