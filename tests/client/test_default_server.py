"""Where a client goes that was not told where."""

import pytest

from salon.client import connect

pytestmark = pytest.mark.anyio


async def test_without_an_address_it_is_this_machine_and_the_usual_port() -> None:
    assert connect(name="ann").server == "127.0.0.1:12345"
