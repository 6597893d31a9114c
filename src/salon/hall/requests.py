"""Files from person to person: who asks whom for what, and who may meet whom for it.

The server holds a few lines for each request and never a byte of a file: the two ends meet elsewhere, directly or at
the relay. A request lasts until whoever asked withdraws it, or one of the two sessions ends.
"""

from __future__ import annotations

import hmac
import secrets
from typing import cast

from msgspec import Struct

from salon.core.filenames import safe_name
from salon.core.limits import RELAYS, REQUESTS_PER_PERSON
from salon.errors import (
    BAD_DOCUMENT,
    NO_SUCH_REQUEST,
    NOT_HERE,
    NOT_SHARING,
    RELAYS_FULL,
    TOO_MANY_REQUESTS,
    YOURSELF,
    Refusal,
    refuse,
)
from salon.hall.happenings import Happenings
from salon.hall.register import Register
from salon.hall.session import Session
from salon.hall.transfers import DIRECT, THROUGH_SERVER, Transfers
from salon.hall.wishes import End, Wish, reach_of, supplied_of, why_not
from salon.wire.answers import (
    AskedDocument,
    ComeDocument,
    Document,
    PreparingDocument,
    ReachDocument,
    SuppliedDocument,
    WithdrawnDocument,
)
from salon.wire.dialect import Documents
from salon.wire.fetching import is_hash
from salon.wire.passing import (
    Asked,
    Come,
    Passing,
    Preparing,
    Reach,
    Relay,
    Request,
    Share,
    Supply,
    Withdraw,
    Withdrawn,
)


class Limits(Struct, frozen=True):
    """The operator's: how many files one person may be getting at once, and how many streams the server passes on."""

    per_person: int = REQUESTS_PER_PERSON
    relays: int = RELAYS


def _uncounted(_size: int) -> None:
    """What whoever asked says is no file."""


class Requests:
    """Those who share, and what is wished for."""

    def __init__(self, register: Register, happenings: Happenings, transfers: Transfers) -> None:
        self.limits = Limits()
        self._happenings = happenings
        self._transfers = transfers
        self._register = register
        self._sharing: dict[Session, None] = {}  # whoever began first is asked first
        self._wishes: dict[str, Wish] = {}
        self._of: dict[Session, dict[str, Wish]] = {}  # those in which a session has a part
        self._relays: dict[End, Wish] = {}  # by the end of whoever asked

    def hear(self, session: Session, said: Passing) -> Refusal | None:
        """Do what a client asks; why that cannot be."""
        if isinstance(said, Request):
            return self._ask(session, said)
        if isinstance(said, Supply):
            return self._supply(session, said)
        if isinstance(said, Share):
            self._share(session, said)
        elif isinstance(said, Reach):
            self._reach(session, said)
        else:
            self._withdraw(session, said)
        return None

    def gone(self, session: Session) -> None:
        """The session is over, and with it what it asked for and what it was asked for."""
        self._sharing.pop(session, None)
        for wish in list(self._of.get(session, {}).values()):
            if session is wish.asker:
                self._forget(wish)
                self._tell(wish.owner, WithdrawnDocument(Withdrawn(wish.id)))
            elif wish.answered:
                self._forget(wish)
                self._tell(wish.asker, WithdrawnDocument(Withdrawn(wish.id)))
            else:
                self._not_here(wish, refuse(NOT_HERE, name=session.person.name))

    def close(self, why: Refusal) -> None:
        """End every stream that is passed on."""
        for end in list(self._relays):
            end.refuse(why)

    # asking

    def _share(self, session: Session, share: Share) -> None:
        self._sharing.pop(session, None)
        if share.on:
            self._sharing[session] = None

    def _ask(self, session: Session, request: Request) -> Refusal | None:
        name = safe_name(request.name)
        if isinstance(name, Refusal):
            return name
        holder = self._register.holder(request.owner.strip())
        if holder is None or not holder.sessions:
            return refuse(NOT_HERE, name=request.owner.strip())
        sharing = [one for one in self._sharing if one in holder.sessions and one is not session]
        if not sharing:
            mine = session in holder.sessions
            return refuse(YOURSELF, name=holder.name) if mine else refuse(NOT_SHARING, name=holder.name)
        number = session.person.number
        if sum(wish.asker.person.number == number for wish in self._wishes.values()) >= self.limits.per_person:
            return refuse(TOO_MANY_REQUESTS, limit=self.limits.per_person)
        wish = Wish(session, request, name, sharing)
        self._wishes[wish.id] = wish
        self._of.setdefault(session, {})[wish.id] = wish
        self._happenings.tell("wants", who=session.person.name, file=name)
        self._pass_on(wish)
        return None

    def _pass_on(self, wish: Wish) -> None:
        """Ask the owner, in the session whose turn it is."""
        self._of.setdefault(wish.owner, {})[wish.id] = wish
        asked = Asked(wish.id, wish.name, wish.asker.person.name, wish.owner_ticket, wish.secret)
        self._tell(wish.owner, AskedDocument(asked))

    # answering

    def _supply(self, session: Session, supply: Supply) -> Refusal | None:
        wish = self._wishes.get(supply.request)
        if wish is None or wish.owner is not session or wish.answered:
            return None  # it was withdrawn meanwhile
        if supply.code:
            self._not_here(wish, why_not(wish, supply.code))
        elif not supply.sha256:
            hashed = min(supply.hashed, supply.size)
            self._tell(
                wish.asker,
                PreparingDocument(Preparing(session.person.name, wish.name, supply.size, hashed, wish.asker_id)),
            )
        elif is_hash(supply.sha256):
            wish.answered = True
            wish.transfer = self._transfers.begin(
                wish.asker.person.name, wish.name, place=session.person.name, size=supply.size, path=DIRECT, told=True
            )
            self._tell(wish.asker, SuppliedDocument(supplied_of(wish, supply)))
        else:
            return refuse(BAD_DOCUMENT, why="`sha256` is 64 small hex digits")
        return None

    def _reach(self, session: Session, reach: Reach) -> None:
        """The owner has one more way."""
        wish = self._wishes.get(reach.request)
        if wish is not None and wish.owner is session and wish.answered and not wish.reached:
            wish.reached = True
            self._tell(wish.asker, ReachDocument(reach_of(wish, reach)))

    def _not_here(self, wish: Wish, why: Refusal) -> None:
        """The owner does not have it in this session: perhaps in another."""
        self._of.get(wish.owner, {}).pop(wish.id, None)
        while wish.others:
            wish.owner = wish.others.pop(0)
            if wish.owner in self._sharing:
                wish.owner_ticket = secrets.token_hex(16)
                self._pass_on(wish)
                return
        self._forget(wish)
        wish.asker.reply(wish.asker.dialect.refused(why, wish.asker_id))

    def _withdraw(self, session: Session, withdraw: Withdraw) -> None:
        wish = self._wishes.get(withdraw.request)
        if wish is not None and wish.asker is session:
            self._forget(wish)
            self._tell(wish.owner, WithdrawnDocument(Withdrawn(wish.id)))

    def _forget(self, wish: Wish) -> None:
        self._wishes.pop(wish.id, None)
        if wish.transfer is not None:  # whether all of it arrived, only the two know
            self._transfers.end(wish.transfer, part=True)
        for session in (wish.asker, wish.owner):
            part = self._of.get(session, {})
            part.pop(wish.id, None)
            if not part:
                self._of.pop(session, None)
        if wish.end is not None and wish.waiting:
            wish.end.refuse(refuse(NO_SUCH_REQUEST))

    def _tell(self, session: Session, document: Document) -> None:
        # Only full clients ask and share, so this is what they speak.
        session.reply(cast(Documents, session.dialect).document(document))

    # the relay

    def come(self, relay: Relay, end: End) -> Refusal | None:
        """Somebody is at the relay; why they should go away."""
        wish = self._wishes.get(relay.request)
        if wish is None or not wish.answered:
            return refuse(NO_SUCH_REQUEST)
        if _same(relay.ticket, wish.asker_ticket):
            return self._wait(wish, end)
        if not _same(relay.ticket, wish.owner_ticket) or wish.end is None or not wish.waiting:
            return refuse(NO_SUCH_REQUEST)
        wish.waiting = False
        wish.turn(THROUGH_SERVER)
        wish.end.join(end, _uncounted)
        end.join(wish.end, wish.passed)
        return None

    def _wait(self, wish: Wish, end: End) -> Refusal | None:
        """The asker's end waits for the owner's, and takes the place of an earlier one."""
        if wish.end is not None:
            wish.end.refuse(refuse(NO_SUCH_REQUEST))
        if len(self._relays) >= self.limits.relays:
            return refuse(RELAYS_FULL, limit=self.limits.relays)
        wish.end, wish.waiting = end, True
        self._relays[end] = wish
        self._tell(wish.owner, ComeDocument(Come(wish.id)))
        return None

    def left(self, end: End) -> None:
        """This end is over."""
        wish = self._relays.pop(end, None)
        if wish is not None and wish.end is end:
            wish.end, wish.waiting = None, False
            wish.turn(DIRECT)

    @property
    def relayed(self) -> int:
        """How many streams are passed on, or about to be."""
        return len(self._relays)


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="replace"), other.encode())
