"""What a server's answer means that is not the one hoped for. Pure: status and body in, what to raise out."""

import msgspec

from salon.client.address import Address
from salon.client.transfers.trouble import Cut
from salon.errors import (
    BAD_TICKET,
    CLOSING,
    INTERNAL,
    NO_SERVER,
    STORAGE_FAILED,
    TOO_MANY_UPLOADS,
    Refusal,
    SalonError,
    refuse,
    retold,
)

# What passes by itself, so that asking again helps without anybody doing anything.
_PASSING = {problem.code for problem in (BAD_TICKET, CLOSING, INTERNAL, STORAGE_FAILED, TOO_MANY_UPLOADS)}


def refused(server: Address, status: int, body: bytes) -> SalonError | Cut:
    """What to raise for this answer: a Cut where it passes by itself."""
    from salon.wire.answers import Error  # only who is refused loads the whole vocabulary

    try:
        refusal = retold(msgspec.json.decode(body, type=Error))
        passing = refusal.code in _PASSING
    except (msgspec.MsgspecError, UnicodeDecodeError):
        why = f"something else than Salon answers there (HTTP {status})"
        refusal = refuse(NO_SERVER, server=server, why=why)
        passing = status >= 500  # a proxy whose server is away
    return Cut(refusal) if passing else SalonError(refusal)


def strange(server: Address) -> Refusal:
    """What answers is no Salon."""
    return refuse(NO_SERVER, server=server, why="something else than Salon answers there")
