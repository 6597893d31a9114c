"""From where a connection comes."""

import asyncio
from typing import Any

import pytest

from salon.edges.address import address_of


class Wire(asyncio.Transport):
    def __init__(self, peer: Any) -> None:
        super().__init__({"peername": peer})


@pytest.mark.parametrize(
    ("peer", "shown"),
    [(("192.0.2.1", 4711), "192.0.2.1:4711"), (("::1", 4711, 0, 0), "[::1]:4711"), (None, ""), ("", "")],
)
def test_addresses(peer: Any, shown: str) -> None:
    assert address_of(Wire(peer)) == shown


def test_a_connection_that_is_gone_has_none() -> None:
    assert address_of(None) == ""
