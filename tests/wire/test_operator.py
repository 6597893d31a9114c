"""The operator's key and the cookie made of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.wire.operator import COOKIE_SECONDS, cookie_name, cookie_of, is_key, opens, operator_link, same_key

KEY = "k" * 43
OTHER = "o" * 43
NOW = 1_700_000_000_000


@pytest.mark.parametrize(
    ("text", "is_one"),
    [(KEY, True), ("-_" * 21 + "a", True), ("k" * 42, False), (KEY + "\n", False), ("é" * 43, False)],
)
def test_what_a_key_looks_like(text: str, is_one: bool) -> None:
    assert is_key(text) is is_one


@given(st.text())
def test_only_the_key_is_the_key(shown: str) -> None:
    assert same_key(KEY, shown) == (shown == KEY)


def test_the_key_of_a_broken_address_bar_is_none() -> None:
    assert not same_key(KEY, "\udc80" * 43)


def test_a_cookie_opens_this_console_for_its_time() -> None:
    cookie = cookie_of(KEY, NOW)
    assert opens(KEY, cookie, NOW)
    assert opens(KEY, cookie, NOW + COOKIE_SECONDS * 1000 - 1)
    assert not opens(KEY, cookie, NOW + COOKIE_SECONDS * 1000)
    assert not opens(OTHER, cookie, NOW)


@pytest.mark.parametrize("cookie", ["", ".", "1." + "0" * 64, "٣." + "0" * 64, "x" * 1000])
def test_what_is_no_cookie_opens_nothing(cookie: str) -> None:
    assert not opens(KEY, cookie, NOW)


def test_a_cookie_cannot_be_made_to_last() -> None:
    until, _, seal = cookie_of(KEY, NOW).partition(".")
    assert not opens(KEY, f"{int(until) + 1}.{seal}", NOW)


def test_two_servers_of_one_host_have_a_cookie_each() -> None:
    assert cookie_name(KEY) != cookie_name(OTHER)
    assert KEY[:5] not in cookie_name(KEY)


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),
        ("::", "[::1]"),
        ("::1", "[::1]"),
        ("salon.lan", "salon.lan"),
    ],
)
def test_the_link_can_be_followed(host: str, shown: str) -> None:
    assert operator_link(host, 7, KEY) == f"http://{shown}:7/console?key={KEY}"
