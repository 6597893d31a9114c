"""Names of people and rooms: what may be one, and when two are the same."""

import re
import unicodedata

from salon.core.filenames import flaw, unprintable
from salon.core.limits import NAME_CHARS
from salon.errors import BAD_NAME, BAD_ROOM, Refusal, refuse

LOBBY = "lobby"  # the room that always exists
EVERYBODY = "All"  # what a face shows as the addressee of a message to the room; so nobody's name
_NUMBERED = re.compile(r"\(\d+\)\Z")  # how a name in use is told apart from its first holder


def fold(name: str) -> str:
    """What is compared: two names with the same fold are the same name."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def person_name(raw: str) -> str | Refusal:
    """The name in NFC without blanks around it, or why nobody can be called so."""
    name = unicodedata.normalize("NFC", raw).strip()
    why = _person_flaw(name)
    return refuse(BAD_NAME, why=why) if why else name


def mend_person_name(raw: str) -> str:
    """A name made of this where nobody can be asked for another: what cannot stand in one becomes `_`."""
    name = "".join("_" if c == ":" or unprintable(c) else c for c in unicodedata.normalize("NFC", raw).strip())
    name = name.strip()[:NAME_CHARS].strip() or "_"
    if not _person_flaw(name):
        return name
    return name[: NAME_CHARS - 1] + "_"  # a word or an ending that means something else


def numbered(name: str, number: int) -> str:
    """How a person is told apart from the first of this name. No name that is asked for can look so."""
    end = f"({number})"
    return name[: NAME_CHARS - len(end)] + end


def _person_flaw(name: str) -> str | None:
    if not name:
        return "it is empty"
    if len(name) > NAME_CHARS:
        return f"it has more than {NAME_CHARS} characters"
    if why := unprintable(name):
        return why
    if ":" in name:
        return "it has a colon"  # lines read `name: text`, and direct rooms `@name:name`
    if fold(name) == fold(EVERYBODY):
        return "it means everybody"
    if _NUMBERED.search(name):
        return "it ends in a number in brackets"
    return None


def room_name(raw: str) -> str | Refusal:
    """The name in NFC without blanks around it, or why no open room can be called so.

    The rules are those of file names, because a room may become a folder. `@` is for direct rooms.
    """
    name = unicodedata.normalize("NFC", raw).strip()
    why = flaw(name)
    if why is None and name.startswith("@"):
        why = "it begins with @, as private rooms do"
    return refuse(BAD_ROOM, why=why) if why else name


def direct_name(one: str, other: str) -> str:
    """The visible name of the private room of two people."""
    return "@" + ":".join(sorted((fold(one), fold(other))))
