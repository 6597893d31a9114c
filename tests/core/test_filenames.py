from __future__ import annotations

import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.core.filenames import SafeName, on_windows, safe_name, unprintable
from salon.core.limits import NAME_BYTES
from salon.errors import BAD_FILE_NAME, Refusal

FOLDER = Path("/srv/shelf")

HOSTILE = [
    "",
    " ",
    ".",
    "..",
    "...",
    ". .",
    "../x",
    "..\\x",
    "/etc/x",
    "a/b",
    "a\\b",
    "\\\\host\\share",
    "C:\\x",
    "C:",
    "c:",
    "nul\0.txt",
    "\0",
    "line\nbreak",
    "tab\tbed",
    "bell\x07",
    "del\x7f",
    "c1\x85",
    "line\u2028separator",
    "CON",
    "con.txt",
    "aux .txt",
    "NUL.tar.gz",
    "PRN.",
    "com1",
    "LPT9.log",
    "COM¹",
    "CONIN$",
    "conout$.txt",
    "x" * 300,
    "é" * 128,
    "\ud800",
    "a\udfff.txt",
    "invoice\u202efdp.exe",
    "mark\u200fed",
    "isolate\u2067d",
]

# What nobody should be kept from.
HARMLESS = [
    "a",
    "a b.txt",
    "a:b.txt",
    ".hidden",
    "..x",
    "x..",
    "console.txt",
    "com10",
    "auxiliary",
    "ünïcode — 名前.png",
    "👩‍👩‍👧.gif",
    "x" * NAME_BYTES,
    "CC: minutes",
]


@pytest.mark.parametrize("raw", HOSTILE)
def test_a_hostile_name_is_none(raw: str) -> None:
    refused = safe_name(raw)
    assert isinstance(refused, Refusal)
    assert refused.problem is BAD_FILE_NAME
    assert refused.message.isprintable()


@pytest.mark.parametrize("raw", HARMLESS)
def test_a_harmless_name_is_kept_as_it_is(raw: str) -> None:
    assert safe_name(raw) == unicodedata.normalize("NFC", raw)


def test_the_bytes_count_not_the_characters() -> None:
    assert isinstance(safe_name("é" * 127 + "x"), str)
    assert isinstance(safe_name("é" * 128), Refusal)


def test_two_spellings_of_one_name_are_one_file() -> None:
    assert safe_name("cafe\u0301") == safe_name("café") == "café"


def test_the_reason_is_told() -> None:
    assert unprintable("a\u202eb") == "it turns the direction of writing"
    assert unprintable("a\nb") == "it has control characters"
    assert unprintable("a\ud800") == "it is not whole Unicode"
    assert unprintable("plain") is None


_parts = st.sampled_from([*HOSTILE, *HARMLESS, "/", "\\", ":", "..", ".", " ", "\u202e"])
_raw = st.text(st.characters(), max_size=300) | st.lists(_parts, max_size=4).map("".join)


@given(_raw)
def test_a_safe_name_never_leaves_its_folder(raw: str) -> None:
    name = safe_name(raw)
    if isinstance(name, Refusal):
        return
    path = FOLDER / name
    assert path.parent == FOLDER
    assert path.name == name
    assert len(name.encode()) <= NAME_BYTES
    assert not set(name) & {"/", "\\", "\0"}
    assert not any(unicodedata.category(character) in ("Cc", "Cs") for character in name)


@given(_raw)
def test_a_safe_name_is_safe_again(raw: str) -> None:
    name = safe_name(raw)
    if not isinstance(name, Refusal):
        assert safe_name(name) == name


@pytest.mark.parametrize("name", ["a:b.txt", "C:x", "what?", "a*", "<a>", 'say "a"', "a|b", "dot.", "blank "])
def test_some_names_mean_something_else_on_windows(name: str) -> None:
    assert safe_name(name) == name
    assert not on_windows(SafeName(name))


def test_others_do_not() -> None:
    assert on_windows(SafeName("f 6 ü.bin"))
