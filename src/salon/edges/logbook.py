"""What happens as lines on standard error, for those without a screen: words, or a JSON object each.

The thread of the journal makes the words and writes them; here is one cursor. While it waits for whoever reads the
lines, happenings are kept as the console's are, and what does not fit is counted in a line.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from salon.ground.journal import Journal
from salon.ground.tasks import Tasks
from salon.hall.happenings import Happenings, Step
from salon.wire.happenings import Happening, as_json, lines_of, of_entry, words

_PAUSE_SECONDS = 0.02  # between two writes: under load each takes what has come meanwhile


class Notes(logging.Formatter):
    """What the program itself has to say, as JSON."""

    def format(self, record: logging.LogRecord) -> str:
        note = Happening(
            "note", int(record.created * 1000), text=super().format(record), level=record.levelname.lower()
        )
        return as_json(note)


class Logbook:
    """Writes from `start` to `stop`. `clock` in milliseconds; `as_documents`: JSON rather than words."""

    def __init__(
        self, happenings: Happenings, journal: Journal, clock: Callable[[], int], *, as_documents: bool
    ) -> None:
        self._clock = clock
        self._happenings = happenings
        self._watcher = happenings.watch()
        self._journal = journal
        self._as_documents = as_documents
        self._words = as_json if as_documents else words
        self._tasks = Tasks()

    def start(self) -> None:
        """Write; what the program itself has to say takes the same form."""
        if self._as_documents:
            self._journal.write_troubles_as(Notes())
        self._tasks.start(self._keep())

    async def stop(self) -> None:
        """Write what is left, unless nobody reads."""
        await self._tasks.close()
        self._journal.write(partial(self._text, *self._watcher.take_steps()))
        self._watcher.close()

    async def _keep(self) -> None:
        while True:
            await self._watcher.news()
            await asyncio.sleep(_PAUSE_SECONDS)
            written = self._journal.write(partial(self._text, *self._watcher.take_steps()))
            if written is not None:
                await asyncio.wrap_future(written)

    def _text(self, missed: int, steps: list[Step]) -> str:
        """The lines; made by the journal's thread."""
        lines = [self._words(Happening("missed", self._clock(), count=missed))] if missed else []
        for step in steps:
            lines += self._lines(step)
        return "".join([f"{line}\n" for line in lines])

    def _lines(self, step: Step) -> list[str]:
        if step.happening is not None:
            return [self._words(step.happening)]
        private = self._happenings.private
        if not self._as_documents:
            return lines_of(step.view, step.entries, private=private)
        told = (of_entry(step.view, entry, private=private) for entry in step.entries)
        return [as_json(happening) for happening in told if happening is not None]
