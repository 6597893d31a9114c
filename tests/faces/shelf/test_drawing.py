"""Transfers and files as lines."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.client.transfers import File, State, Transfer
from salon.core.limits import GIB, KIB, MIB
from salon.core.text import printable
from salon.errors import LOST_SERVER, refuse
from salon.faces.shelf.drawing import bar_line, evicts_line, result_line, short_line, state_line, stopped_line
from salon.faces.shelf.listing import json_listing, listing_lines
from salon.faces.shelf.sizes import columns, fitted, percent, size_text, time_text

MOVING = Transfer(1, True, "scan.png", "r1", State.MOVING, 4 * MIB, MIB, 512 * KIB, 6.0)
CUT = Transfer(1, True, "a", "r1", State.CUT, 100, 62, refusal=refuse(LOST_SERVER, server="here"))


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (1023, "1023 bytes"),
        (1024, "1.0 KiB"),
        (150 * MIB, "150 MiB"),
        (5 * GIB, "5.0 GiB"),
        (5e15, "4547 TiB"),
    ],
)
def test_sizes(size: float, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.4, "0 s"), (59.4, "59 s"), (200, "3 min 20 s"), (7500, "2 h 5 min"), (3600, "1 h 0 min")]
)
def test_times(seconds: float, text: str) -> None:
    assert time_text(seconds) == text


def test_a_hundred_per_cent_is_all_of_it() -> None:
    assert [percent(offset, 1000) for offset in (0, 9, 10, 999, 1000)] == [0, 0, 1, 99, 100]
    assert percent(0, 0) == 100
    assert percent(5, None) == 0


@given(st.text(max_size=80), st.integers(1, 60))
def test_what_is_fitted_fits_to_the_column(text: str, width: int) -> None:
    assert columns(fitted(text, width)) == width


def test_a_name_is_shortened_in_the_middle_and_keeps_its_ending() -> None:
    short = fitted("a very long name of a holiday picture.jpeg", 20)
    assert re.fullmatch(r"a very .*….*\.jpeg", short)
    assert columns(fitted("日本" * 20, 11)) == 11


def test_a_bar() -> None:
    line = bar_line(MOVING, 100)
    assert re.fullmatch(r"scan\.png +████░{12}  25 %  4\.0 MiB  512 KiB/s  6 s left", line)
    assert "…" in bar_line(Transfer(1, True, "a", "r", State.MOVING, 10, 1), 100)
    assert "paused" in bar_line(Transfer(1, True, "a", "r", State.PAUSED, 10, 1), 100)
    assert "  0 %" in bar_line(Transfer(1, False, "a", "r"), 100)


@given(st.text(max_size=60), st.integers(20, 120))
def test_a_bar_is_one_line_of_the_terminal(name: str, width: int) -> None:
    line = bar_line(Transfer(1, True, name, "r", State.MOVING, GIB, 5, 1e9, 3.0), width)
    assert columns(line) < width
    assert printable(line) == line


def test_a_short_line() -> None:
    assert short_line(MOVING) == "↑ scan.png 25 % 512 KiB/s  6 s left"
    assert short_line(Transfer(1, False, "x", "r", State.PAUSED, 10, 5)) == "↓ x 50 % paused"


def test_what_is_told_in_words() -> None:
    assert result_line(Transfer(1, True, "a\n", "r", State.DONE, 3, 3)) == "Sent a\\n (3 bytes)"
    assert result_line(Transfer(1, False, "a", "r", State.DONE, 3, 3, saved="here/a")) == "Saved here/a (3 bytes)"
    assert evicts_line(Transfer(1, True, "n", "r", evicts=("a",))) == "a leaves the shelf when n is there."
    assert evicts_line(Transfer(1, True, "n", "r", evicts=("a", "b"))) == "a, b leave the shelf when n is there."
    assert state_line(CUT) == "a: The connection to here was lost. Trying again, 62 % are there."
    assert state_line(MOVING) is None
    assert stopped_line(CUT) == "a: 62 % are there. The same command goes on from there."


FILES = [
    File("n\x1bew", 3 * MIB, "ab" * 32, "ann", 1_795_224_161_177, 12, 2),
    File("日本.txt", 5, "cd" * 32, "bob", 1_795_224_161_177),
    File("book", 1, library=True, time=1_795_224_161_177),
]


def test_a_list_for_people() -> None:
    lines = listing_lines(FILES, "r1")
    assert lines[0].split() == ["name", "size", "by", "when", "got", "sha256"]
    assert lines[1].startswith("n\\x1bew")
    assert lines[1].endswith("12  abababababab  leaves after 2 more")
    assert "(library)" in lines[3]
    assert len({columns(line[: line.index("2026")]) for line in lines[1:]}) == 1


def test_an_empty_list_says_what_to_do() -> None:
    assert listing_lines([], "r1") == ["There are no files in r1. salon send FILE puts one there."]
    assert listing_lines([], "r1", "upload: PATH") == ["There are no files in r1. upload: PATH puts one there."]


def test_a_list_for_programs() -> None:
    listed = json.loads(json_listing(FILES))
    assert [set(file) for file in listed] == [{"name", "size", "sha256", "by", "time", "downloads"}] * 3
    assert listed[0] == {
        "name": "n\x1bew",
        "size": 3 * MIB,
        "sha256": "ab" * 32,
        "by": "ann",
        "time": 1_795_224_161_177,
        "downloads": 12,
    }
    assert listed[2]["by"] == ""
