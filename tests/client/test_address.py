"""Where a server is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.client.address import Address, parse_address
from salon.errors import SalonError


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("127.0.0.1:12345", "127.0.0.1", 12345),
        ("example.org", "example.org", 12345),
        (" example.org:80 ", "example.org", 80),
        (":7001", "127.0.0.1", 7001),
        ("", "127.0.0.1", 12345),
        (":7001/", "127.0.0.1", 7001),
        ("[::1]:7001", "::1", 7001),
        ("[::1]", "::1", 12345),
        ("::1", "::1", 12345),
        ("fe80::1%eth0", "fe80::1%eth0", 12345),
        ("http://127.0.0.1:7001", "127.0.0.1", 7001),
        ("http://[::1]:7001/", "::1", 7001),
    ],
)
def test_what_people_write(text: str, host: str, port: int) -> None:
    assert parse_address(text) == Address(host, port)


@pytest.mark.parametrize(
    "text",
    [":", "a:b:c", "host:", "host:port", "host:0", "host:65536", "ho st:1", "[::1", "[x]:1", "a@b:1", "host:１"],
)
def test_what_is_none(text: str) -> None:
    with pytest.raises(SalonError) as raised:
        parse_address(text)
    assert raised.value.refusal.code == "bad_server"
    assert text in str(raised.value)


@given(st.ip_addresses(), st.integers(1, 65535))
def test_an_address_reads_as_it_is_written(host: object, port: int) -> None:
    address = Address(str(host), port)
    assert parse_address(str(address)) == address


@pytest.mark.parametrize(
    ("server", "host"),
    [
        ("10.0.0.1:5000", "10.0.0.1:5000"),
        ("[::1]:5000", "[::1]:5000"),
        ("localhost", "localhost:12345"),
        ("salon.example:5000", "localhost:5000"),
    ],
)
def test_http_calls_it_by_a_name_that_every_server_answers_under(server: str, host: str) -> None:
    assert parse_address(server).http_host == host
