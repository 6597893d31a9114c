"""Names in use: who holds one, with how many sessions."""

import hashlib
import secrets

from salon.core.names import fold, numbered
from salon.core.people import Person
from salon.errors import NAME_TAKEN, Refusal, refuse
from salon.hall.session import Session


class Holder:
    """A person who is here. The name stays theirs while a session, or the grace after a broken one, is left.

    here  whether the operator was told that they came
    """

    __slots__ = ("claims", "here", "name", "person", "proof", "sessions")

    def __init__(self, name: str, proof: bytes) -> None:
        self.name = name
        self.proof = proof
        self.person: Person | None = None
        self.sessions: list[Session] = []
        self.claims = 0
        self.here = False


class Register:
    """Who is called what. A name is held from the moment it is claimed, also while the store is still being asked."""

    def __init__(self) -> None:
        self._holders: dict[str, Holder] = {}

    def __len__(self) -> int:
        return len(self._holders)

    def claim(self, name: str, proof: bytes) -> Holder | Refusal:
        """One more claim on the name, by whoever shows this proof."""
        holder = self._holders.setdefault(fold(name), Holder(name, proof))
        if holder.proof != proof:
            return refuse(NAME_TAKEN, name=name)
        holder.claims += 1
        return holder

    def free_name(self, name: str, proof: bytes) -> str:
        """The name, or the first numbered one, that is not held by anybody else than whoever shows this proof."""
        number, shown = 1, name
        while (holder := self.holder(shown)) is not None and holder.proof != proof:
            number += 1
            shown = numbered(name, number)
        return shown

    def release(self, holder: Holder) -> None:
        """One claim fewer; the last one frees the name."""
        holder.claims -= 1
        if not holder.claims:
            del self._holders[fold(holder.name)]

    def holder(self, name: str) -> Holder | None:
        return self._holders.get(fold(name))

    def sessions_of(self, person: Person) -> list[Session]:
        """The sessions of this very person, not of somebody else who has their name now."""
        holder = self.holder(person.name)
        same = holder is not None and holder.person is not None and holder.person.number == person.number
        return holder.sessions if holder is not None and same else []


def proof_of(name: str, secret: str) -> bytes:
    """What is kept of a client secret: a hash that only name and secret together give."""
    return hashlib.sha256(f"{fold(name)}:{secret.lower()}".encode()).digest()


def passing_proof() -> bytes:
    """The proof of somebody who showed none: nobody can show it again."""
    return secrets.token_bytes(32)


def passing_person(name: str) -> Person:
    """Somebody who showed no secret: a number that was never anybody's."""
    return Person(name, -1 - secrets.randbits(62))
