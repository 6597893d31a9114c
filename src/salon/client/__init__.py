"""The client library: one person at a server, from Python.

async with salon.connect("127.0.0.1:12345", name="ann", room="lobby") as client:
    await client.say("hi")
    async for message in client:
        print(message.sender, message.text)
"""

from salon.client.client import Client as Client
from salon.client.client import connect as connect
from salon.client.events import Back as Back
from salon.client.events import Event as Event
from salon.client.events import Lost as Lost
from salon.client.events import Refused as Refused
from salon.client.identity import new_secret as new_secret
from salon.client.rooms import Room as Room
from salon.errors import SalonError as SalonError
from salon.wire.answers import Gap as Gap
from salon.wire.answers import Message as Message
from salon.wire.answers import Notification as Notification
