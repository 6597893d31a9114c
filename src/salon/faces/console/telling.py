"""What happens, as lines for a person. Pure."""

from msgspec import Struct

from salon.client.events import Back, Event, Lost, Refused
from salon.core.names import fold
from salon.core.text import printable
from salon.wire.answers import Gap, Message, Notification


class Line(Struct, frozen=True):
    """One line.

    text   with nothing in it that a terminal would act on
    said   whether it is what somebody said; else it is a notice about something
    time   milliseconds since 1970, or 0 for what has no place in the log
    who    how many characters at its beginning name who said it
    """

    text: str
    said: bool = False
    time: int = 0
    who: int = 0


class Teller:
    """Tells of events. `me` is the person's name, `room` the fold of the name of the room they look at."""

    def __init__(self, me: str) -> None:
        self.me = me
        self.room = ""
        self._lost = False
        self._sending: set[tuple[str, str, str]] = set()  # room, sender and name of files whose way was told of

    def tell(self, event: Event) -> Line | None:
        """The line for what happened; None for what is not worth one."""
        if isinstance(event, Message):
            return self._message(event)
        if isinstance(event, Notification):
            return self._notification(event)
        return self._rest(event)

    def _rest(self, event: Gap | Lost | Back | Refused) -> Line | None:
        if isinstance(event, Gap):
            return self._notice(f"{event.why} ({event.start} to {event.end})", event.room)
        if isinstance(event, Lost):
            lost, self._lost = self._lost, True
            return None if lost else self._notice(f"The line to the server is gone: {event.why}. Looking for it.")
        if isinstance(event, Back):
            self._lost = False
            return self._notice("The line is back.")
        return self._notice(event.refusal.message)

    def _message(self, message: Message) -> Line:
        who = message.sender
        if message.to:
            who += " (to you)" if fold(message.to) == fold(self.me) else f" (to {message.to})"
        who = printable(f"{'' if message.to else self._place(message.room)}{who}:")
        text = "(deleted)" if message.redacted else printable(message.text)
        return Line(f"{who} {text}", True, message.time, len(who))

    def _notification(self, sign: Notification) -> Line | None:
        if sign.kind in ("typing", "read", "members"):
            return None
        if sign.kind == "presence":
            return self._presence(sign)
        if sign.kind in ("upload", "upload_gone", "shelved") and not self._worth_telling(sign):
            return None
        sentence = sign.message
        if sign.kind == "edited" and sign.text is not None:
            sentence = f"{sentence.removesuffix('.')}: {sign.text}"
        return self._notice(sentence, sign.room, sign.time)

    def _worth_telling(self, sign: Notification) -> bool:
        """Whether a file's way is news: that others begin to send it, give it up, or that it is there."""
        way = (fold(sign.room), sign.sender, sign.name)
        if sign.kind == "upload":
            told = way in self._sending
            self._sending.add(way)
            return not told and fold(sign.sender) != fold(self.me)
        told = way in self._sending
        self._sending.discard(way)
        return sign.kind == "shelved" or (told and fold(sign.sender) != fold(self.me))

    def _presence(self, sign: Notification) -> Line | None:
        """Who came and went, but not that one did oneself."""
        joined = [name for name in sign.joined if name != self.me]
        left = [name for name in sign.left if name != self.me]
        sentences = []
        if joined:
            sentences.append(f"{_names(joined)} joined.")
        if left:
            sentences.append(f"{_names(left)} left.")
        return self._notice(" ".join(sentences), sign.room) if sentences else None

    def _notice(self, sentence: str, room: str = "", time: int = 0) -> Line:
        return Line(f"* {printable(self._place(room) + sentence)}", time=time)

    def _place(self, room: str) -> str:
        return f"[{room}] " if room and fold(room) != self.room else ""


def _names(names: list[str]) -> str:
    shown = names if len(names) <= 5 else [*names[:4], f"{len(names) - 4} others"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"
