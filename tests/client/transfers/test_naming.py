"""Names of files on this machine."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.client.transfers.naming import local_name, numbered, part_name, shortened, slip_name, wrong_type
from salon.core.filenames import SafeName, safe_name
from salon.core.limits import NAME_BYTES
from salon.errors import NO_TYPE, OTHER_TYPE, Refusal

HASH = "ab" * 32
names = st.text(min_size=1, max_size=300).map(safe_name).filter(lambda name: not isinstance(name, Refusal))


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("a:b.txt", "a_b.txt"),
        ('<>:"|?*', "_______"),
        ("end.", "end_"),
        ("end. .", "end___"),
        ("plain ü.txt", "plain ü.txt"),
    ],
)
def test_windows_gets_names_that_it_can_keep(name: str, kept: str) -> None:
    assert local_name(SafeName(name), windows=True) == kept
    assert local_name(SafeName(name), windows=False) == name


@given(names)
def test_a_name_for_windows_has_nothing_that_windows_refuses(name: str | Refusal) -> None:
    assert isinstance(name, str)
    kept = local_name(SafeName(name), windows=True)
    assert not set(kept) & set('<>:"|?*')
    assert not kept.endswith((" ", "."))
    assert not isinstance(safe_name(kept), Refusal)


@pytest.mark.parametrize(
    ("name", "number", "result"),
    [
        ("a.txt", 0, "a.txt"),
        ("a.txt", 1, "a (1).txt"),
        ("a.tar.gz", 2, "a.tar (2).gz"),
        ("README", 3, "README (3)"),
        (".bashrc", 1, ".bashrc (1)"),
        ("..a", 1, "..a (1)"),
        ("dot.", 1, "dot (1)."),
    ],
)
def test_a_number_stands_before_the_ending(name: str, number: int, result: str) -> None:
    assert numbered(name, number) == result


@given(names, st.integers(0, 10_000))
def test_what_is_made_of_a_name_is_a_name_too(name: str | Refusal, number: int) -> None:
    assert isinstance(name, str)
    for made in (numbered(name, number), part_name(name, HASH, number)):
        assert 0 < len(made.encode()) <= NAME_BYTES
        assert "/" not in made
    assert part_name(name, HASH, number) != name
    assert part_name(name, HASH) != part_name(name, "cd" * 32)


def test_a_long_ending_is_no_ending_to_keep() -> None:
    name = "a." + "e" * 253
    assert len(numbered(name, 1).encode()) <= NAME_BYTES


@given(st.text(max_size=100), st.integers(0, 100))
def test_a_name_is_cut_between_characters(name: str, most: int) -> None:
    cut = shortened(name, most) if name.isprintable() else name
    assert name.startswith(cut)


@pytest.mark.parametrize(
    ("name", "saved_as", "code"),
    [
        ("a.txt", "b.txt", ""),
        ("a.TXT", "b.txt", ""),
        ("README", "anything.at.all", ""),
        (".bashrc", "x", ""),
        ("a.txt", "b", NO_TYPE.code),
        ("a.txt", ".txt", NO_TYPE.code),
        ("a.txt", "b.exe", OTHER_TYPE.code),
        ("a.tar.gz", "b.zip", OTHER_TYPE.code),
    ],
)
def test_another_name_has_the_same_type(name: str, saved_as: str, code: str) -> None:
    refusal = wrong_type(name, saved_as)
    assert (refusal.code if refusal else "") == code
    assert refusal is None or saved_as in refusal.message


def test_what_is_remembered_is_told_apart() -> None:
    assert slip_name("a", "b") != slip_name("ab", "")
    assert slip_name("a", "b") == slip_name("a", "b")
    assert slip_name("\udcff").isalnum()
