"""The server is killed in the middle of a conversation, again and again, and nobody notices but by a pause.

Two `salon chat` talk through pipes as fast as they can, over a line that keeps a record of all that the server ever
said. The server dies by SIGKILL at random moments and starts again on the same port and folder. In the end the record
is held against the log: promises 1 (what was acknowledged is on disk), 2 (one order, no silent gap) and 3 (once).
"""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections import Counter
from pathlib import Path

import pytest

import salon
from salon.client import new_secret
from salon.ground.tasks import Tasks
from salon.wire.answers import AckDocument, Message, MessageDocument, NotificationDocument, decode_answer
from tests.support.chats import PipedChat, running
from tests.support.proxies import proxy
from tests.support.servers import Program, program

KILLS = 20
PAUSE_SECONDS = 0.003  # between two lines that one person says
LAST_WORDS_SECONDS = 10.0  # until what was not heard or done counts as lost
LIFE_SECONDS = (0.02, 0.6)  # of the server, from the moment both have been heard since it started


class Record:
    """All that the server said on the line: which entry each number was, which number each id got."""

    def __init__(self) -> None:
        self.acks: list[tuple[str, int]] = []
        self.entries: dict[int, set[tuple[str, str, str]]] = {}
        self._rooms: set[str] = set()

    def note(self, line: bytes) -> None:
        document = decode_answer(line)
        if isinstance(document, AckDocument) and document.payload.seq:
            self.acks.append((document.payload.id, document.payload.seq))
        elif isinstance(document, MessageDocument):
            said = document.payload
            self.entries.setdefault(said.seq, set()).add((said.sender, said.text, said.id))
        elif isinstance(document, NotificationDocument):
            assert not document.payload.seq


class Person(PipedChat):
    """Somebody who talks until told to stop."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.said: list[str] = []
        self._silent = False

    async def talk(self, dice: random.Random) -> None:
        while not self._silent:
            self.said.append(f"{self.name} {len(self.said)} {'x' * dice.randrange(200)}")
            await self.say(self.said[-1])
            await asyncio.sleep(PAUSE_SECONDS * dice.random() * 2)

    def fall_silent(self) -> None:
        self._silent = True


async def converse(server: Program, ann: Person, bob: Person, seed: int) -> None:
    """Let both talk while the server dies and comes back, until everybody has heard everything."""
    dice, tasks = random.Random(seed), Tasks()
    talking = [tasks.start(person.talk(dice)) for person in (ann, bob)]
    for _ in range(KILLS):
        # Both have heard something since it started: the line is up, and a moment of life is left.
        await asyncio.gather(*(person.until_heard(len(person.heard) + 1) for person in (ann, bob)))
        await asyncio.sleep(dice.uniform(*LIFE_SECONDS))
        await server.kill()
        await server.start()
    for person in (ann, bob):
        person.fall_silent()
    with contextlib.suppress(TimeoutError):  # what is missing then, the audit will say
        async with asyncio.timeout(LAST_WORDS_SECONDS):
            await asyncio.gather(*talking)
            everything = len(ann.said) + len(bob.said)
            await asyncio.gather(ann.until_heard(everything), bob.until_heard(everything - 1))
    await tasks.close()


async def the_log(server: Program) -> list[Message]:
    """Every entry, as somebody who was never there before reads it."""
    async with salon.connect(server.address, name="auditor", secret=new_secret(), since=0) as client:
        (lobby,) = await client.list_rooms()
        entries: list[Message] = []
        async for message in client.room:
            entries.append(message)
            if message.seq == lobby.seq:
                break
    return entries


@pytest.mark.slow
@pytest.mark.anyio
async def test_nothing_acknowledged_is_lost_doubled_or_reordered(tmp_path: Path) -> None:
    record = Record()
    async with (
        program(tmp_path / "data") as server,
        proxy(server.port, heard=record.note) as line,
        running(Person("ann"), line.address, tmp_path / "ann") as ann,
    ):
        ann.said.append("Is anybody here?")
        await ann.say(*ann.said)
        await ann.until_heard(1)
        async with running(Person("bob"), line.address, tmp_path / "bob") as bob:
            await ann.until_noticed("* bob joined.")
            await converse(server, ann, bob, seed=20)
            statuses = [await ann.end(LAST_WORDS_SECONDS), await bob.end(LAST_WORDS_SECONDS)]
        log = await the_log(server)
    audit(record, log, ann, bob)
    assert statuses == [0, 0]


def audit(record: Record, log: list[Message], ann: Person, bob: Person) -> None:
    by_number = {entry.seq: entry for entry in log}
    # Dense: nothing was lost between two numbers, and nothing has two.
    assert [entry.seq for entry in log] == list(range(1, len(log) + 1))
    # 1: every acknowledgement ever given, also those that a kill cut off behind, holds.
    assert {id_ for id_, _ in record.acks} == {entry.id for entry in log}
    assert [(id_, seq) for id_, seq in record.acks if by_number[seq].id != id_] == []
    # 2: whatever was ever shown under a number is what the log has there, and both saw it so, in that order.
    shown = {seq: {(e.sender, e.text, e.id)} for seq, e in by_number.items()}
    assert {seq: said for seq, said in record.entries.items() if said != shown[seq]} == {}
    told = [f"{entry.sender}: {entry.text}" for entry in log]
    assert ann.heard == told
    assert bob.heard == told[1:]  # he came after ann's first words
    # 3: what was said is there once, in the order in which each said it.
    assert Counter(entry.id for entry in log).most_common(1)[0][1] == 1
    assert [entry.text for entry in log if entry.sender == "ann"] == ann.said
    assert [entry.text for entry in log if entry.sender == "bob"] == bob.said
    # And it was noticed: each kill was told of, on the other stream.
    lost = [notice for notice in ann.notices if "The line to the server is gone" in notice]
    assert len(lost) >= KILLS
