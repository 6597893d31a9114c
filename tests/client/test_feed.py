"""Between the line and whoever reads from it."""

from __future__ import annotations

import asyncio
import gc

import pytest

from salon.client.events import Back, Event
from salon.client.feed import QUEUE_CHARS, QUEUE_EVENTS, Feed, Listener
from salon.wire.answers import Message

pytestmark = pytest.mark.anyio


def said(text: str) -> Message:
    return Message("ann", "lobby", text)


def everything(event: Event) -> Event:
    return event


def hear(feed: Feed) -> Listener[Event]:
    return feed.listen(everything)


def messages(event: Event) -> Message | None:
    return event if isinstance(event, Message) else None


async def take(listener: Listener[Event], count: int) -> list[Event]:
    return [await anext(listener) for _ in range(count)]


async def test_each_listener_hears_everything_it_wants() -> None:
    feed = Feed(lambda: None)
    all_of_it, only_words = hear(feed), feed.listen(messages)
    for event in (said("1"), Back(), said("2")):
        feed.put(event)
    assert await take(all_of_it, 3) == [said("1"), Back(), said("2")]
    assert [await anext(only_words), await anext(only_words)] == [said("1"), said("2")]
    assert (all_of_it.waiting, only_words.waiting) == (0, 0)


async def test_what_came_before_anybody_listened_is_for_the_first() -> None:
    feed = Feed(lambda: None)
    feed.put(said("1"))
    first, second = hear(feed), hear(feed)
    feed.put(said("2"))
    assert await take(first, 2) == [said("1"), said("2")]
    assert await take(second, 1) == [said("2")]


async def test_before_anybody_listened_it_holds_the_line_rather_than_lose_anything() -> None:
    reviews: list[bool] = []
    feed = Feed(lambda: reviews.append(feed.clogged(())))
    for n in range(QUEUE_EVENTS):
        feed.put(said(f"{n}"))
    assert reviews == [True]
    listener = hear(feed)
    assert listener.waiting == QUEUE_EVENTS


async def test_whoever_waits_instead_of_listening_lets_the_oldest_go() -> None:
    feed = Feed(lambda: None)
    for n in range(QUEUE_EVENTS):
        feed.put(said(f"{n}"))
    assert not feed.clogged({asyncio.current_task()})
    assert (await take(hear(feed), 1)) == [said("1")]


async def test_after_the_last_listener_the_newest_are_kept() -> None:
    def review() -> None:
        feed.clogged(())

    feed = Feed(review)
    listener = hear(feed)
    feed.put(said("heard"))
    assert await take(listener, 1) == [said("heard")]
    del listener
    gc.collect()
    for n in range(QUEUE_EVENTS + 50):
        feed.put(said(f"{n}"))
    assert await take(hear(feed), 1) == [said("51")]


@pytest.mark.parametrize(("count", "text"), [(QUEUE_EVENTS, ""), (4, "x" * (QUEUE_CHARS // 4))])
async def test_a_full_listener_holds_the_line_until_it_has_taken_some(count: int, text: str) -> None:
    reviews: list[bool] = []
    feed = Feed(lambda: reviews.append(feed.clogged(())))
    listener = hear(feed)
    for _ in range(count):
        feed.put(said(text))
    assert reviews == [False, True]
    await anext(listener)
    assert reviews == [False, True, False]


async def test_a_reader_that_waits_for_an_answer_does_not_hold_its_own_line() -> None:
    feed = Feed(lambda: None)
    listener = hear(feed)
    for _ in range(QUEUE_EVENTS + 1):
        feed.put(Back())
    await anext(listener)
    assert feed.clogged(())
    assert feed.clogged({None})
    assert not feed.clogged({asyncio.current_task()})


async def test_nor_does_one_whose_task_has_ended() -> None:
    feed = Feed(lambda: None)
    listener = hear(feed)
    for _ in range(QUEUE_EVENTS + 1):
        feed.put(Back())
    reading = asyncio.ensure_future(take(listener, 1))
    await reading
    assert not feed.clogged(())


async def test_the_end_comes_behind_what_is_left() -> None:
    feed = Feed(lambda: None)
    listener = hear(feed)
    waiting = feed.listen(messages)
    task = asyncio.ensure_future(anext(waiting))
    await asyncio.sleep(0)
    feed.put(Back())
    feed.close()
    feed.close(ValueError("too late"))
    assert await take(listener, 1) == [Back()]
    with pytest.raises(StopAsyncIteration):
        await anext(listener)
    with pytest.raises(StopAsyncIteration):
        await task


async def test_the_end_may_be_an_error() -> None:
    feed = Feed(lambda: None)
    listener = hear(feed)
    feed.put(Back())
    feed.close(ConnectionError("gone"))
    assert await take(listener, 1) == [Back()]
    with pytest.raises(ConnectionError):
        await anext(listener)
