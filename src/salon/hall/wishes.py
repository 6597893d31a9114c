"""A wish for a file of somebody else's: who has which part in it, and what each is told."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Protocol

from salon.core.filenames import SafeName
from salon.errors import NO_SUCH_FILE, NOT_SHARING, NOT_SUPPLIED, SUPPLIES_FULL, Refusal, refuse
from salon.hall.session import Session
from salon.hall.transfers import Transfer
from salon.wire.passing import Reach, Request, Supplied, Supply, reachable


class End(Protocol):
    """One end of a stream through the server."""

    def join(self, other: End, moved: Callable[[int], None]) -> None:
        """From now on what comes here goes there, and `moved` is told of how many bytes."""

    def refuse(self, why: Refusal) -> None:
        """Say why this connection ends, and end it."""


class Wish:
    """Somebody's wish for a file of somebody else's.

    id, asker_id  how the server calls it, and how whoever asks does
    others        more sessions of the owner's, to be asked where this one does not have it
    reached       whether the owner has told where it is over UDP, which it does once
    end           of a relay, at which whoever asked waits or is being served
    transfer      for whoever looks at what is on its way; of its bytes the server knows those that it passes on
    """

    def __init__(self, asker: Session, request: Request, name: SafeName, owners: list[Session]) -> None:
        self.id = secrets.token_hex(8)
        self.asker = asker
        self.asker_id = request.id
        self.name = name
        self.owner, *self.others = owners
        self.secret = secrets.token_hex(16)
        self.asker_ticket = secrets.token_hex(16)
        self.owner_ticket = secrets.token_hex(16)
        self.answered = False
        self.reached = False
        self.end: End | None = None
        self.waiting = False
        self.transfer: Transfer | None = None

    def passed(self, size: int) -> None:
        """So many bytes of the owner's came through the server."""
        if self.transfer is not None:
            self.transfer.offset = min(self.transfer.size, self.transfer.offset + size)

    def turn(self, path: str) -> None:
        """It takes this path now, as far as the server knows."""
        if self.transfer is not None:
            self.transfer.path = path


def why_not(wish: Wish, code: str) -> Refusal:
    """The owner's reason in our own words: whoever asked is shown no sentence of a stranger's."""
    owner = wish.owner.person.name
    known = {
        NO_SUCH_FILE.code: refuse(NO_SUCH_FILE, name=wish.name),
        SUPPLIES_FULL.code: refuse(SUPPLIES_FULL, owner=owner),
        NOT_SHARING.code: refuse(NOT_SHARING, name=owner),
    }
    return known.get(code) or refuse(NOT_SUPPLIED, owner=owner, name=wish.name)


def supplied_of(wish: Wish, supply: Supply) -> Supplied:
    """What whoever asked is told of the owner's answer."""
    addresses = _addresses(wish, supply)
    return Supplied(
        wish.id,
        wish.name,
        wish.owner.person.name,
        supply.size,
        supply.sha256,
        wish.asker_ticket,
        wish.secret,
        supply.port if addresses else 0,
        addresses,
        supply.endpoint if addresses else "",
        supply.more,
        wish.asker_id,
    )


def reach_of(wish: Wish, reach: Reach) -> Reach:
    """What whoever asked is told of where the owner is by now."""
    addresses = _addresses(wish, reach)
    return Reach(wish.id, reach.port if addresses else 0, addresses, reach.endpoint if addresses else "")


def _addresses(wish: Wish, told: Supply | Reach) -> list[str]:
    return reachable(_host_of(wish.owner), told.addresses, _host_of(wish.asker)) if told.port else []


def _host_of(session: Session) -> str:
    """From where a session comes, as the server sees it; nothing where its connection has no address."""
    return session.outlet.address.rpartition(":")[0].strip("[]")
