from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.core.limits import NAME_CHARS
from salon.core.names import direct_name, fold, mend_person_name, numbered, person_name, room_name
from salon.errors import BAD_NAME, BAD_ROOM, Refusal

_texts = st.text(st.characters(), max_size=80)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ("", "empty"),
        ("   ", "empty"),
        ("x" * (NAME_CHARS + 1), "64 characters"),
        ("an\nn", "control"),
        ("an\x1bn", "control"),
        ("ann\u202e", "direction"),
        ("a\ud800", "Unicode"),
        ("a:b", "colon"),
        ("All", "everybody"),
        ("aLL", "everybody"),
        ("bob(2)", "brackets"),
        ("bob(17)", "brackets"),
    ],
)
def test_what_nobody_can_be_called(raw: str, why: str) -> None:
    refused = person_name(raw)
    assert isinstance(refused, Refusal)
    assert refused.problem is BAD_NAME
    assert why in refused.message


@pytest.mark.parametrize(
    "raw",
    [
        "ann",
        "Ann Lee",
        "x" * NAME_CHARS,
        "名前",
        "🦆" * NAME_CHARS,
        "(2)bob",
        "bob(two)",
        "bob(2) jr",
        "all of us",
        "@ann",
    ],
)
def test_what_people_can_be_called(raw: str) -> None:
    assert person_name(raw) == raw


def test_blanks_around_a_name_do_not_count_and_its_spelling_is_one() -> None:
    assert person_name("  Zoe\u0308 ") == "Zoë"


@pytest.mark.parametrize(
    ("raw", "why"), [("", "empty"), ("..", "empty"), ("a/b", "place"), ("@ann:bob", "@"), ("con", "device")]
)
def test_what_no_room_can_be_called(raw: str, why: str) -> None:
    refused = room_name(raw)
    assert isinstance(refused, Refusal)
    assert refused.problem is BAD_ROOM
    assert why in refused.message


@pytest.mark.parametrize("raw", ["lobby", "c++", "#rust", "die Küche", "a:b", "r(2)"])
def test_what_rooms_can_be_called(raw: str) -> None:
    assert room_name(raw) == raw


@pytest.mark.parametrize(("one", "other"), [("Ann", "ann"), ("STRASSE", "straße"), ("É", "e\u0301"), ("ΣΑΣ", "σας")])
def test_names_that_are_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@given(_texts)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(_texts)
def test_folding_does_not_see_the_spelling(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(text)


@given(_texts)
def test_a_name_that_passed_passes_unchanged(raw: str) -> None:
    for grammar in (person_name, room_name):
        name = grammar(raw)
        if not isinstance(name, Refusal):
            assert grammar(name) == name
            assert name == name.strip()
            assert name.isprintable() or unicodedata.normalize("NFC", name) == name


@given(_texts, _texts)
def test_two_people_have_one_private_room(one: str, other: str) -> None:
    assert direct_name(one, other) == direct_name(other, one)
    assert isinstance(room_name(direct_name(one, other)), Refusal)


@pytest.mark.parametrize(
    ("raw", "mended"),
    [
        ("ann", "ann"),
        (" ann lee ", "ann lee"),
        ("a:b", "a_b"),
        ("a\nb\x1b", "a_b_"),
        ("\u202eann", "_ann"),
        ("", "_"),
        ("  ", "_"),
        ("all", "all_"),
        ("bob(2)", "bob(2)_"),
        ("x" * 65, "x" * 64),
        ("x" * 61 + "(2)", "x" * 61 + "(2_"),
    ],
)
def test_a_name_is_mended_where_nobody_can_be_asked(raw: str, mended: str) -> None:
    assert mend_person_name(raw) == mended


@given(_texts)
def test_a_mended_name_is_a_name(raw: str) -> None:
    mended = mend_person_name(raw)
    assert person_name(mended) == mended
    assert mended == person_name(raw) or isinstance(person_name(raw), Refusal)


def test_a_numbered_name_is_nobodys_own_and_fits() -> None:
    assert numbered("bob", 2) == "bob(2)"
    assert numbered("x" * 64, 12) == "x" * 60 + "(12)"
    assert isinstance(person_name(numbered("bob", 2)), Refusal)
