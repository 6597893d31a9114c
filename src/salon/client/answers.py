"""What was asked of the server and has no answer yet: futures beside the outbox."""

from __future__ import annotations

import asyncio
import secrets
from asyncio import Future
from typing import Any

import msgspec

from salon.client.events import Refused
from salon.client.outbox import Asked, Outbox
from salon.errors import SalonError, retold
from salon.wire.answers import Error
from salon.wire.documents import encode

Question = Asked[msgspec.Struct, "Future[Any]"]


class Answers:
    """Questions in their order, each with the future of its answer.

    awaited  futures whose refusal somebody will see, so that it is no event
    """

    def __init__(self) -> None:
        self.outbox: Outbox[msgspec.Struct, Future[Any]] = Outbox(secrets.token_urlsafe(9))
        self.awaited: set[Future[Any]] = set()

    def add(self, request: msgspec.Struct) -> tuple[Future[Any], bytes]:
        """A new question: the future of its answer, and what to send."""
        answer: Future[Any] = asyncio.get_running_loop().create_future()
        # A refusal that nobody awaits is an event; asyncio need not complain about it too.
        answer.add_done_callback(lambda done: done.cancelled() or done.exception())
        request_id = self.outbox.new_id()
        data = encode(msgspec.structs.replace(request, id=request_id))
        self.outbox.add(request_id, request, data, answer)
        return answer, data

    def settle(self, request_id: str, answer: object) -> Question | None:
        """The question with this id, which has its answer now; None where nobody asked that."""
        asked = self.outbox.settle(request_id)
        if asked is not None and not asked.waiter.done():  # whoever asked may have gone
            asked.waiter.set_result(answer)
        return asked

    def refuse(self, error: Error) -> Refused | None:
        """Give a refusal to whoever asked; an event where nobody will see it there."""
        refusal = retold(error)
        asked = self.outbox.settle(error.id)
        if asked is not None and not asked.waiter.done():
            asked.waiter.set_exception(SalonError(refusal))
        return Refused(refusal, error.id) if asked is None or asked.waiter not in self.awaited else None

    def give_up(self, error: SalonError) -> None:
        """Nobody gets an answer any more."""
        for asked in self.outbox.clear():
            if not asked.waiter.done():
                asked.waiter.set_exception(error)
