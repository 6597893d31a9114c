"""What every conversation has: one thing after the other.

What needs nobody's answer is done at once. What has to wait for the store is worked on alone: what was said after it
waits, and nothing more is read from the connection meanwhile.
"""

from collections.abc import Coroutine, Sequence
from typing import Any, Generic, TypeVar

from salon.errors import INTERNAL, Refusal, SalonError, refuse
from salon.hall.hall import Hall
from salon.hall.session import Session
from salon.wire.sentences import PRIVATE_IS_LOGGED

Heard = TypeVar("Heard")


class Talk(Generic[Heard]):
    """What one connection says, in its order.

    connected  the client has said who it is
    visiting   it has, and is not here: it only asks people for files
    ending     a goodbye was said: nothing more is listened to
    """

    __slots__ = ("_waiting", "connected", "ending", "hall", "session", "visiting")

    def __init__(self, hall: Hall, session: Session) -> None:
        self.hall = hall
        self.session = session
        self.connected = False
        self.visiting = False
        self.ending = False
        self._waiting: list[Heard] = []  # no deque: an empty one takes 760 bytes of every connection

    def receive(self, said: Sequence[Heard], size: int) -> None:
        """Work on these, which came as `size` bytes, behind those that wait."""
        each = size / len(said) if said else 0
        waiting = self._waiting
        session = self.session
        for one in said:
            if self.ending:
                return
            if waiting or session.busy or session.overfull:
                waiting.append(one)
            else:
                self._handle(one, each)
        if waiting and not session.busy:
            self._go_on()

    @property
    def quiet(self) -> bool:
        """Whether everything that was said is settled, and the answers are on their way."""
        return not (self.session.busy or self._waiting or self.session.unsettled or self.session.owing)

    def gone(self) -> None:
        """The connection is over."""

    def _handle(self, one: Heard, size: float = 0) -> None:
        """Do what this asks; `size` is about what it took on the wire, in bytes."""
        raise NotImplementedError

    def _work(self, work: Coroutine[Any, Any, None], command_id: str = "") -> None:
        """Do something that has to wait; what was said next comes after it."""
        self.session.busy = True
        self.hall.tasks.start(self._finish(work, command_id))

    async def _finish(self, work: Coroutine[Any, Any, None], command_id: str) -> None:
        try:
            await work
        except SalonError as error:
            self._refuse(error.refusal, command_id)
        except Exception:
            self._refuse(refuse(INTERNAL), command_id)
            raise
        finally:
            self.session.busy = False
            self._go_on()

    def _go_on(self) -> None:
        waiting, done, session = self._waiting, 0, self.session
        try:
            while done < len(waiting) and not (session.busy or session.closed or self.ending):
                if session.overfull:  # one small document may ask for a long answer
                    session.busy = True
                    session.when_taken = self._taken
                    break
                done += 1
                self._handle(waiting[done - 1])
        finally:
            del waiting[:done]
        session.note_quiet()

    def _taken(self) -> None:
        """The answers are on their way: more may be asked."""
        self.session.busy = False
        self._go_on()

    def _tell_who_listens(self) -> None:
        """To whoever has come in: what the operator sees of what is said in private."""
        if self.hall.happenings.private:
            self.session.reply(self.session.dialect.notice("log_private", PRIVATE_IS_LOGGED))

    def _refuse(self, refusal: Refusal, command_id: str = "") -> None:
        who = self.session.person.name or self.session.outlet.address
        self.hall.happenings.refused(who, refusal.code, refusal.message)
        self.session.reply(self.session.dialect.refused(refusal, command_id))
