"""Where owners can be reached over UDP: told late, because no owner makes an endpoint before somebody needs it."""

from __future__ import annotations

import asyncio
from collections import OrderedDict

from salon.client.address import Address
from salon.wire.passing import Reach, Supplied

_REACH_SECONDS = 10.0  # an owner waits a second for TCP, and makes an endpoint in less than another
_KEPT = 256  # more than one person may be asking for; what is told of others is forgotten


class Reaches:
    """What owners told of their endpoints, by request. It may be told before anybody waits for it, or never."""

    def __init__(self) -> None:
        self._told: OrderedDict[str, asyncio.Future[Reach]] = OrderedDict()

    def tell(self, reach: Reach) -> None:
        """An owner has an endpoint, or will have none."""
        told = self._of(reach.request)
        if not told.done():
            told.set_result(reach)

    async def wait(self, supplied: Supplied) -> tuple[str, list[str]]:
        """The owner's endpoint and where it is. Raises ConnectionError where there is none, TimeoutError likewise."""
        if supplied.endpoint:
            return supplied.endpoint, _places(supplied)
        async with asyncio.timeout(_REACH_SECONDS):
            reach = await asyncio.shield(self._of(supplied.request))
        if not reach.endpoint:
            raise ConnectionRefusedError("the owner has no endpoint")
        return reach.endpoint, _places(reach)

    def forget(self, request: str) -> None:
        """The request is over."""
        self._told.pop(request, None)

    def give_up(self) -> None:
        """The server knows of no request any more."""
        for request, told in self._told.items():
            if not told.done():
                told.set_result(Reach(request))

    def _of(self, request: str) -> asyncio.Future[Reach]:
        told = self._told.get(request)
        if told is None:
            told = self._told[request] = asyncio.get_running_loop().create_future()
            if len(self._told) > _KEPT:
                self._told.popitem(last=False)
        return told


def _places(told: Supplied | Reach) -> list[str]:
    return [str(Address(host, told.port)) for host in told.addresses]
