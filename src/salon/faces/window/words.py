"""What the page and its agent tell each other over `/agent`, beside the vocabulary that is passed on to the server.

Documents as everywhere: `{"type": …, "payload": {…}}`, a text frame each. Every document of the page's carries an `id`
and is answered `done` or `refused` with it. `web/src/native/words.ts` is the same in the page's language.
"""

from __future__ import annotations

from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from salon.client.transfers.progress import Transfer
from salon.errors import Refusal

MOST_BYTES = 8 << 20  # what the page has kept: drafts, and messages that wait

# from the page


class Reach(Struct, frozen=True):
    """Talk to this server from now on."""

    address: str
    id: str = ""


class Session(Struct, frozen=True):
    """The page is signed in under this name, or again after a cut; without a name it is not.

    ticket  stands for its session, as in `connect_ack`
    """

    name: str = ""
    secret: str = ""
    ticket: str = ""
    id: str = ""


class Get(Struct, frozen=True):
    """Download a room's file into the folder, under its name or another of the same type."""

    name: str
    room: str
    saved_as: str = ""
    id: str = ""


class Request(Struct, frozen=True):
    """Ask a person for a file of theirs."""

    owner: str
    name: str
    saved_as: str = ""
    id: str = ""


class Pause(Struct, frozen=True):
    """Have this transfer stand still."""

    number: int
    id: str = ""


class Proceed(Struct, frozen=True):
    """Have it go on."""

    number: int
    id: str = ""


class Cancel(Struct, frozen=True):
    """Give it up."""

    number: int
    id: str = ""


class Share(Struct, frozen=True):
    """Hand out the files of this folder to whoever asks; of none where it is empty."""

    folder: str
    id: str = ""


class Keep(Struct, frozen=True):
    """Keep this for the next run, at this server; or nothing under this key."""

    key: str
    value: str | None = None
    id: str = ""


class End(Struct, frozen=True):
    """The person has logged out: close the window."""

    id: str = ""


Errand: TypeAlias = Reach | Session | Get | Request | Pause | Proceed | Cancel | Share | Keep | End

_TYPES: dict[str, type[Errand]] = {
    "reach": Reach,
    "session": Session,
    "get": Get,
    "request": Request,
    "pause": Pause,
    "proceed": Proceed,
    "cancel": Cancel,
    "share": Share,
    "keep": Keep,
    "end": End,
}


class _Envelope(Struct, frozen=True):
    type: str
    payload: msgspec.Raw


_decoder = msgspec.json.Decoder(_Envelope)


def decode(data: bytes) -> Errand:
    """A document of the page's. Raises msgspec.MsgspecError, KeyError or UnicodeDecodeError where it is none."""
    envelope = _decoder.decode(data)
    return msgspec.json.decode(envelope.payload, type=_TYPES[envelope.type])


# from the agent


class Hello(Struct, frozen=True, omit_defaults=True):
    """What this agent is and has.

    server    the address to begin with, or empty
    name      who the person is, where the command said so
    folder    where downloads go
    home      the person's own folder, to begin with where one is asked for
    shared    the folder that is shared, or empty
    """

    server: str
    name: str
    folder: str
    home: str
    shared: str = ""


class Moved(Struct, frozen=True, omit_defaults=True):
    """A transfer as it stands. Fields as in `salon.client.transfers.Transfer`; refusals are sentences."""

    number: int
    up: bool
    name: str
    room: str
    state: str
    size: int | None = None
    offset: int = 0
    rate: float = 0.0
    eta: float | None = None
    sha256: str = ""
    saved: str = ""
    path: str = ""
    person: str = ""
    code: str = ""
    message: str = ""
    detour: str = ""
    last_byte: int | None = None


class Told(Struct, frozen=True):
    """A sentence that no errand asked for."""

    message: str
    code: str = ""


class Done(Struct, frozen=True, omit_defaults=True):
    """It is done. To `reach`: the server's address, and what the page kept for it. To `get`: the transfer's number."""

    id: str
    address: str = ""
    kept: dict[str, str] = {}
    number: int = 0
    folder: str = ""


class Refused(Struct, frozen=True):
    """It is not done, and why. `fields` fill the sentence of this code."""

    id: str
    code: str
    message: str
    fields: dict[str, str | int]
    retry: bool


News: TypeAlias = Hello | Moved | Told | Done | Refused

_NAMES: dict[type[News], str] = {Hello: "hello", Moved: "moved", Told: "told", Done: "done", Refused: "refused"}


def encode(news: News) -> str:
    """The document as it goes to the page."""
    document: dict[str, Any] = {"type": _NAMES[type(news)], "payload": news}
    return msgspec.json.encode(document).decode()


def refused(errand: str, refusal: Refusal) -> Refused:
    """Why an errand was not done."""
    fields = {name: value if isinstance(value, int) else str(value) for name, value in refusal.fields.items()}
    return Refused(errand, refusal.code, refusal.message, fields, refusal.problem.retry)


def moved(transfer: Transfer) -> Moved:
    """A transfer in the page's words."""
    refusal = transfer.refusal
    return Moved(
        number=transfer.number,
        up=transfer.up,
        name=transfer.name,
        room=transfer.room,
        state=transfer.state.name.lower(),
        size=transfer.size,
        offset=transfer.offset,
        rate=round(transfer.rate),
        eta=transfer.eta,
        sha256=transfer.sha256,
        saved=transfer.saved,
        path=transfer.path,
        person=transfer.person,
        code=refusal.code if refusal else "",
        message=refusal.message if refusal else "",
        detour=transfer.detour.message if transfer.detour else "",
        last_byte=transfer.last_byte,
    )
