"""Whoever the operator sent out does not come back by themselves."""

from __future__ import annotations

import pytest

import salon
from salon.errors import SalonError
from tests.support.servers import serving

pytestmark = pytest.mark.anyio


async def test_it_is_the_end_and_says_why() -> None:
    async with serving() as server, salon.connect(server.address, name="ann") as ann:
        assert server.hall.operating.send_out("ann") is None
        with pytest.raises(SalonError, match=r"The operator sent you out\."):
            async for _ in ann:
                pass
        assert not ann.connected
        assert server.hall.register.holder("ann") is None
