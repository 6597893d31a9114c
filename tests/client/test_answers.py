"""Questions and their answers, also where whoever asked has gone."""

from __future__ import annotations

import pytest

from salon.client.answers import Answers
from salon.errors import CLOSED, SalonError, refuse
from salon.wire.answers import Error, Pong
from salon.wire.documents import Ping

pytestmark = pytest.mark.anyio


async def test_an_answer_goes_to_whoever_asked(anyio_backend: str) -> None:
    answers = Answers()
    future, data = answers.add(Ping())
    (asked,) = answers.outbox.unanswered()
    assert asked.id.encode() in data
    assert answers.settle(asked.id, Pong(asked.id)) is asked
    assert await future == Pong(asked.id)
    assert answers.settle("another", Pong()) is None


async def test_a_refusal_is_an_event_where_nobody_waits_for_it(anyio_backend: str) -> None:
    answers = Answers()
    future, _ = answers.add(Ping())
    waited, _ = answers.add(Ping())
    answers.awaited.add(waited)
    first, second = answers.outbox.unanswered()
    refused = answers.refuse(Error("not_here", "Nobody.", id=first.id))
    assert refused is not None
    assert (refused.refusal.message, refused.id) == ("Nobody.", first.id)
    assert answers.refuse(Error("not_here", "Nobody.", id=second.id)) is None
    for one in (future, waited):
        with pytest.raises(SalonError, match="Nobody"):
            await one
    assert answers.refuse(Error("not_here", "Nobody.", id="another")) is not None


async def test_whoever_has_gone_is_told_nothing(anyio_backend: str) -> None:
    answers = Answers()
    gone = [answers.add(Ping())[0] for _ in range(3)]
    for future in gone:
        future.cancel()
    one, two, _ = answers.outbox.unanswered()
    answers.settle(one.id, Pong())
    answers.refuse(Error("not_here", "Nobody.", id=two.id))
    waiting, _ = answers.add(Ping())
    answers.give_up(SalonError(refuse(CLOSED)))
    with pytest.raises(SalonError, match="goodbye"):
        await waiting
    assert all(future.cancelled() for future in gone)
