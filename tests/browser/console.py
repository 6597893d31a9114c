"""The operator's console in a browser, and a house in which enough happens to look at."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from io import BytesIO
from typing import Any

from aiohttp import ClientSession
from playwright.async_api import Locator, Page

import salon
from tests.browser.people import People
from tests.browser.talkers import Stranger
from tests.support.servers import Program
from tests.support.talker import document

TUS = {"Tus-Resumable": "1.0.0"}


def link(server: Program) -> str:
    """The operator's, as the server prints it."""
    return f"http://{server.address}/console?key={(server.folder / 'operator.key').read_text().strip()}"


async def open_console(people: People, server: Program, **options: Any) -> Page:
    """An operator who has followed the link and sees how things are."""
    page = await (await people.profile(**options)).new_page()
    await page.goto(link(server))
    await page.get_by_role("heading", name="Console").wait_for()
    await page.get_by_role("log", name="Log").wait_for(state="attached")
    return page


def log(page: Page) -> Locator:
    return page.get_by_role("log", name="Log")


def line(page: Page, text: str) -> Locator:
    """The line of the log with exactly these words."""
    return log(page).get_by_text(text, exact=True)


async def upload(
    server: Program, http: ClientSession, name: str, size: int, *, room: str, by: str, part: int = 0
) -> None:
    """Somebody sends a file, or `part` bytes of it."""
    url = f"http://{server.address}"
    told = {"filename": name, "room": room, "name": by}
    metadata = ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in told.items())
    headers = {**TUS, "Upload-Length": str(size), "Upload-Metadata": metadata}
    async with http.post(f"{url}/uploads", headers=headers) as answer:
        place = answer.headers["Location"]
    headers = {**TUS, "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream"}
    async with http.patch(url + place, data=BytesIO(bytes(part or size)), headers=headers) as answer:
        assert answer.status == 204


@asynccontextmanager
async def sleeping(server: Program, name: str, room: str) -> AsyncIterator[None]:
    """Somebody who listens to a room and does not read."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(document("connect", name=name, room=room))
    await reader.readuntil(b"connect_ack")
    writer.transport.pause_reading()  # type: ignore[attr-defined]
    try:
        yield
    finally:
        writer.transport.abort()
        with suppress(ConnectionError):
            await writer.wait_closed()


@asynccontextmanager
async def busy_house(server: Program) -> AsyncIterator[None]:
    """People of every kind, files on shelves and on their way, a reader who sleeps, and things that go wrong."""
    keys = server.folder / "keys"
    async with (
        sleeping(server, "Boris", "garden"),
        salon.connect(server.address, name="Noor", room="physics-lab", folder=keys) as noor,
        salon.connect(server.address, name="Leah", folder=keys) as leah,
        salon.connect(server.address, name="Shlomo", room="physics-lab", folder=keys) as shlomo,
        salon.connect(server.address, name="Ann", room="garden", folder=keys) as ann,
        ClientSession() as http,
    ):
        for _ in range(8):
            await ann.say("tomatoes " * 100_000)
        await upload(server, http, "scan.png", 4_100_000, room="physics-lab", by="Tom")
        await upload(server, http, "measurement-0412.h5", 9_000_000, room="physics-lab", by="Tom")
        await upload(server, http, "minutes of the meeting.pdf", 212_000, room="lobby", by="Ada")
        await upload(server, http, "holiday film.mp4", 30_000_000, room="garden", by="Ada", part=18_600_000)
        tim = await Stranger.come(server, "Tim")
        await tim.hear("You are in lobby with Leah.")
        await leah.say("Here is the scan of Friday's experiment.")
        await shlomo.say("Thank you! I'll look at it after lunch.\nIs there a second page?")
        await noor.say("The curve is smooth from 40 K on.")
        await leah.say("between us", to="Shlomo")
        async with http.get(f"http://{server.address}/rooms/physics-lab/files/scan.png") as answer:
            await answer.read()
        async with http.get(f"http://{server.address}/rooms/physics-lab/files/scan.pdf") as answer:
            assert answer.status == 404
        async with http.get(f"http://{server.address}/console?key=guessed") as answer:
            assert answer.status == 404
        await ann.say("Somebody has to water the tomatoes on Sunday, early, before the sun is on them. Who can?")
        await leah.say("I can.")
        try:
            yield
        finally:
            await tim.leave()


def same_each_time(data: str, moment: int) -> str:
    """A document of the feed as it would be in a minute of `moment`, on a machine that does not change."""
    told = json.loads(data)
    payload = told["payload"]
    _settle(payload, moment)
    if machine := payload.get("machine"):
        machine |= {"memory": 64_200_000, "disk_free": 71_000_000_000, "disk_size": 212_000_000_000}
    for table in ("people", "transfers"):
        for row in payload.get(table, {}).get("rows", ()):
            if "address" in row:
                row["address"] = f"192.168.1.{20 + sum(map(ord, row['name'])) % 200}:51320"
            if row.get("buffered"):
                row["buffered"] = 397_000
    return json.dumps(told)


def _settle(value: Any, moment: int) -> None:
    """Whatever is a time happened in that minute."""
    if isinstance(value, list):
        for one in value:
            _settle(one, moment)
    elif isinstance(value, dict):
        for name, one in value.items():
            if name in ("time", "now"):
                value[name] = moment
            elif name in ("came", "began"):
                value[name] = moment - 754_000
            else:
                _settle(one, moment)
