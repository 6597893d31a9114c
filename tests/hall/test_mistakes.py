"""A mistake in serving one member is that member's alone."""

import logging

import pytest

from salon.stores.memory import MemoryStore
from tests.support.party import Party, rest

pytestmark = pytest.mark.anyio


async def test_a_follower_that_cannot_be_served_is_sent_away_and_nobody_else_notices(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = Party(MemoryStore())
    ann, bob, carl = [await party.guest(name) for name in ("ann", "bob", "carl")]

    def fail(_data: bytes) -> None:
        raise RuntimeError("a mistake of ours")

    with monkeypatch.context() as broken, caplog.at_level(logging.ERROR):
        broken.setattr(bob, "write", fail)
        await party.say(ann, "one")
    await party.say(ann, "two")
    await rest()
    assert carl.texts() == ["one", "two"]
    assert bob.closed
    assert "bob" not in party.hall.rooms["lobby"].names
    assert "could not be served" in caplog.text


async def test_a_sender_who_cannot_be_told_does_not_silence_the_room(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    party = Party(MemoryStore())
    ann, bob = [await party.guest(name) for name in ("ann", "bob")]

    def settle(*_: object) -> None:
        raise RuntimeError("a mistake of ours")

    with monkeypatch.context() as broken, caplog.at_level(logging.ERROR):
        broken.setattr(type(ann.session), "settle", settle)
        await party.say(ann, "one")
    await party.say(bob, "two")
    assert bob.texts() == ["one", "two"]
    assert "could not be told" in caplog.text
