from __future__ import annotations

import pytest

from salon.core.people import NOBODY, Person, is_secret


@pytest.mark.parametrize(("number", "lasting"), [(1, True), (2**40, True), (-7, False)])
def test_only_who_showed_a_secret_can_come_back(number: int, lasting: bool) -> None:
    assert Person("ann", number).lasting is lasting


def test_nobody_does_not_come_back() -> None:
    assert not NOBODY.lasting


def test_a_secret_is_128_bits_as_hex_digits() -> None:
    assert is_secret("0123456789abcdefABCDEF0123456789")


@pytest.mark.parametrize("text", ["", "0" * 31, "0" * 33, "g" * 32, "0" * 32 + "\n", " " + "0" * 31, "٣" * 32])
def test_anything_else_is_no_secret(text: str) -> None:
    assert not is_secret(text)
