"""Whose requests come in: the Host and Origin rule."""

import pytest

from salon.wire.origin import admits


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1:12345",
        "192.168.1.20",
        "[::1]:12345",
        "[fe80::1]",
        "localhost",
        "LOCALHOST:80",
        "localhost.",
        "salon.lan",
    ],
)
def test_addresses_localhost_and_configured_names_are_admitted(host: str) -> None:
    assert admits(host, None, {"salon.lan"})


@pytest.mark.parametrize(
    "host",
    [
        None,
        "",
        "evil.example",
        "evil.example:12345",
        "127.0.0.1.evil.example",
        "salon.lan",
        "a b",
        "127.0.0.1:port",
        "@x",
    ],
)
def test_any_other_host_is_not(host: str | None) -> None:
    assert not admits(host, None)


def test_an_origin_must_be_the_host_itself() -> None:
    assert admits("127.0.0.1:12345", "http://127.0.0.1:12345")
    assert admits("Localhost:12345", "https://localhost:12345")
    for origin in (
        "http://127.0.0.1",
        "http://127.0.0.1:80",
        "http://evil.example",
        "null",
        "",
        "http://127.0.0.1:12345/x",
    ):
        assert not admits("127.0.0.1:12345", origin), origin
