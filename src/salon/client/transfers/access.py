"""Who asks: what an upload says of its sender, and how a request proves who it is from."""

from collections.abc import Callable, Mapping
from typing import Protocol


class Access(Protocol):
    """Somebody's right to read and send, under this name."""

    name: str

    def headers(self) -> Mapping[str, str]:
        """What every request carries."""

    def metadata(self) -> Mapping[str, str]:
        """What the first request of an upload says besides."""


class ByTicket:
    """Whoever is here in a chat connection. `ticket` gives what that connection was given last."""

    def __init__(self, name: str, ticket: Callable[[], str]) -> None:
        self.name = name
        self._ticket = ticket

    def headers(self) -> Mapping[str, str]:
        ticket = self._ticket()
        return {"Authorization": f"Bearer {ticket}"} if ticket else {}

    def metadata(self) -> Mapping[str, str]:
        return {}


class ByName:
    """Whoever only passes by: nobody's name is taken; the secret makes the same name the same person."""

    def __init__(self, name: str, secret: str) -> None:
        self.name = name
        self._secret = secret

    def headers(self) -> Mapping[str, str]:
        return {}

    def metadata(self) -> Mapping[str, str]:
        return {"name": self.name, "client": self._secret}
