"""Submitting: what arrives while a room's batch is being written is the next batch.

Commands wait in the room's inbox; at the end of the loop's turn all are decided in order and appended with one expected
head. When the log has answered, senders hear first, then every follower gets what is new, then the next batch starts.
"""

import logging
from asyncio import AbstractEventLoop, Future
from collections.abc import Callable, Sequence
from functools import partial
from typing import Protocol, cast

from msgspec import Struct

from salon.core.batch import Batch, IdempotencyKey, Kept, Submission, decide_batch
from salon.core.commands import Command
from salon.core.events import Entry, Said
from salon.core.limits import BATCH_COMMANDS
from salon.core.people import Person
from salon.core.rules import Targets, target_of
from salon.errors import INTERNAL, Refusal, SalonError, refuse
from salon.ground.tasks import Tasks
from salon.hall.happenings import Happenings
from salon.hall.ports import Appended, Conflict, Failed, Known
from salon.hall.room import Room

log = logging.getLogger("salon")

GATHER_TURNS = 4  # each is a look at the sockets: some microseconds


class Origin(Protocol):
    """Whoever submits a command: a session, or somebody who waits for this one."""

    person: Person

    def settle(self, room: str, outcomes: list[tuple[Command, Kept | Refusal]]) -> None:
        """Hear what became of one's commands."""


class _Round(Struct):
    """A batch on its way: what it was made of, to make it again where the log says so."""

    room: Room
    submissions: list[Submission]
    targets: Targets
    known: dict[IdempotencyKey, Kept]
    farewells: list[int]
    batch: Batch | None = None


class Submitting:
    """The cycle of deciding, appending and ringing, for all rooms.

    `committed` is called with a room and a batch before anybody is told of it; `idle` when a room has nothing to write.
    """

    def __init__(
        self,
        loop: AbstractEventLoop,
        clock: Callable[[], int],
        tasks: Tasks,
        happenings: Happenings,
        committed: Callable[[Room, Batch], None],
        idle: Callable[[Room], None],
    ) -> None:
        self._loop = loop
        self._clock = clock
        self._tasks = tasks
        self._happenings = happenings
        self._committed = committed
        self._idle = idle
        self.batches = 0
        self.commands = 0
        self.entries = 0

    def submit(self, room: Room, origin: Origin, command: Command) -> None:
        """Have the command decided with the next batch; its origin hears what became of it."""
        room.inbox.append(Submission(origin.person, command, origin))
        if not room.busy:
            room.busy = True
            self._loop.call_soon(self._gather, room, 0, GATHER_TURNS)

    def _gather(self, room: Room, seen: int, turns: int) -> None:
        """Wait a turn of the loop for as long as each brings more, a few at most: one batch is cheaper than two.

        What many people say at once comes over many sockets, and the first of them would go alone.
        """
        waiting = len(room.inbox)
        if turns and waiting > seen:
            self._loop.call_soon(self._gather, room, waiting, turns - 1)
        else:
            self._begin(room)

    def _begin(self, room: Room) -> None:
        submissions, room.inbox = room.inbox[:BATCH_COMMANDS], room.inbox[BATCH_COMMANDS:]
        self.commands += len(submissions)
        wanted = {seq for one in submissions if (seq := target_of(one.command))}
        round_ = _Round(room, submissions, {}, {}, [] if room.inbox else room.take_farewells())
        if wanted:
            self._tasks.start(self._with_targets(round_, wanted))
        else:
            self._decide(round_)

    async def _with_targets(self, round_: _Round, wanted: set[int]) -> None:
        """Decide once the entries that are to be changed are at hand, and the last edits of those."""
        room = round_.room
        try:
            targets = await _entries(room, wanted)
            edits = {
                said.event.edited for said in targets.values() if isinstance(said.event, Said) and said.event.edited
            }
            round_.targets = {**targets, **await _entries(room, edits - wanted)}
        except Exception as error:
            self._give_up(round_, error)
            return
        self._decide(round_)

    def _decide(self, round_: _Round) -> None:
        room = round_.room
        now = max(self._clock(), room.time)
        try:
            batch = decide_batch(room.state, room.head, now, round_.submissions, round_.targets, round_.known)
        except Exception as error:
            self._give_up(round_, error)
            return
        round_.batch = batch
        if not batch.entries:
            self._settle(round_, batch.outcomes)
            self._next(round_)
            return
        self.batches += 1
        changed = room.unwritten or batch.state is not room.state
        work = room.log.append(room.key, room.head, batch, batch.state if changed else None)
        work.add_done_callback(partial(self._appended, round_))

    def _appended(self, round_: _Round, work: Future[Appended]) -> None:
        room, batch = round_.room, cast(Batch, round_.batch)
        if (error := work.exception()) is not None:
            log.error("A batch could not be appended.", exc_info=error)
            answer: Appended = Failed(refuse(INTERNAL))
        else:
            answer = work.result()
        if isinstance(answer, Known):
            round_.known |= answer.kept
        if isinstance(answer, Conflict) or (isinstance(answer, Known) and _beyond(answer, room.head)):
            self._tasks.start(self._after_conflict(round_))
        elif isinstance(answer, Known):
            self._decide(round_)
        elif isinstance(answer, Failed):
            self._settle(round_, [answer.refusal] * len(round_.submissions))
            self._next(round_)
        else:
            self._commit(room, batch)
            self._settle(round_, batch.outcomes)
            room.deliver()
            self._next(round_)

    async def _after_conflict(self, round_: _Round) -> None:
        """Another process appended first: take up what it wrote, then decide the whole batch again."""
        room = round_.room
        try:
            room.reload(await room.log.load(room.key))
        except Exception as error:
            self._give_up(round_, error)
            return
        room.deliver()
        wanted = {seq for one in round_.submissions if (seq := target_of(one.command))}
        await self._with_targets(round_, wanted)

    def _give_up(self, round_: _Round, error: Exception) -> None:
        """Every sender hears what went wrong, and the room goes on: a mistake must not silence it for good."""
        if isinstance(error, SalonError):
            refusal = error.refusal
        else:
            log.error("A batch could not be decided.", exc_info=error)
            refusal = refuse(INTERNAL)
        self._settle(round_, [refusal] * len(round_.submissions))
        self._next(round_)

    def _commit(self, room: Room, batch: Batch) -> None:
        """What is durable now becomes visible."""
        self._committed(room, batch)
        self.entries += len(batch.entries)
        room.state = batch.state
        room.unwritten = False
        room.head = batch.entries[-1].seq
        room.time = batch.entries[-1].time
        room.ring.rewrite(batch.rewrites)
        room.ring.add_entries(batch.entries)
        room.ring.trim()

    def _settle(self, round_: _Round, outcomes: Sequence[Kept | Refusal]) -> None:
        """Tell every sender what became of what they asked."""
        told: dict[Origin, list[tuple[Command, Kept | Refusal]]] = {}
        for submission, outcome in zip(round_.submissions, outcomes, strict=True):
            told.setdefault(cast(Origin, submission.origin), []).append((submission.command, outcome))
        if Refusal in map(type, outcomes):
            self._tell_refusals(told)
        name = round_.room.view.name
        for origin, theirs in told.items():
            try:
                origin.settle(name, theirs)
            except Exception:
                log.exception("Somebody could not be told what became of their commands.")  # the others are

    def _tell_refusals(self, told: dict[Origin, list[tuple[Command, Kept | Refusal]]]) -> None:
        """The operator hears of each kind of refusal once a person and batch: a full disk refuses thousands."""
        for origin, theirs in told.items():
            refusals = {outcome.code: outcome for _, outcome in theirs if isinstance(outcome, Refusal)}
            for code, refusal in refusals.items():
                self._happenings.refused(origin.person.name, code, refusal.message)

    def _next(self, round_: _Round) -> None:
        """Start the batch that has gathered meanwhile, or rest."""
        room = round_.room
        room.say_farewells(round_.farewells)
        if room.inbox:
            self._loop.call_soon(self._gather, room, 0, GATHER_TURNS)
        else:
            room.busy = False
            room.say_farewells(room.take_farewells())
            self._idle(room)


def _beyond(known: Known, head: int) -> bool:
    """Whether another process wrote some of these where the working copy has nothing yet."""
    return any(kept.seq > head for kept in known.kept.values())


async def _entries(room: Room, seqs: set[int]) -> dict[int, Entry]:
    """These entries as they stand, from memory or from the log."""
    found = {seq: entry for seq in seqs if (entry := room.ring.find(seq))}
    missing = seqs - found.keys()
    return {**found, **(await room.log.fetch(room.key, missing) if missing else {})}
