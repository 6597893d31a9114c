"""A person: a name and a client secret."""

import re
from typing import Final

from msgspec import Struct

from salon.core.limits import SECRET_CHARS

_SECRET = re.compile(rf"[0-9a-fA-F]{{{SECRET_CHARS}}}\Z")


class Person(Struct, frozen=True):
    """Who said something.

    `number` stands for name and secret together: it is what owns messages, ids, direct rooms and read positions.
    Positive numbers are kept by the store. A person who showed no secret has a negative one, drawn at random and
    forgotten with the connection, so that nobody inherits anything from them.
    """

    name: str
    number: int

    @property
    def lasting(self) -> bool:
        """Whether this person can come back and be known."""
        return self.number > 0


NOBODY: Final = Person("", 0)  # the author of what the server itself does
OPERATOR: Final = Person("The operator", NOBODY.number)  # whose name others may bear, but not the number


def is_secret(text: str) -> bool:
    """Whether this can be a client secret: 128 bits as hex digits."""
    return bool(_SECRET.match(text))
