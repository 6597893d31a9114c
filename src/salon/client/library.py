"""Everything that a program uses of the client library, under one roof."""

from salon.client.client import Client, connect
from salon.client.events import Back, Event, Lost, Refused
from salon.client.identity import new_secret
from salon.client.rooms import Room
from salon.errors import SalonError
from salon.wire.answers import Gap, Message, Notification

__all__ = [
    "Back",
    "Client",
    "Event",
    "Gap",
    "Lost",
    "Message",
    "Notification",
    "Refused",
    "Room",
    "SalonError",
    "connect",
    "new_secret",
]
