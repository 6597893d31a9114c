"""Files at browsers: dropping them, getting them, and what stands on their cards."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from playwright.async_api import Download, Locator, Page

from tests.browser.people import People, messages

_DROP = """(files) => {
    const data = new DataTransfer();
    for (const [name, size, seed, text] of files) {
        let parts = [text ?? ""];
        if (text === null) {
            parts = [];
            const block = new Uint32Array(1 << 18);
            for (let at = 0, x = seed; at < block.length; at += 1) {
                x = (Math.imul(x, 1664525) + 1013904223) >>> 0;
                block[at] = x;
            }
            for (let left = size, piece = 0; left > 0; left -= 1 << 20, piece += 1) {
                const bytes = block.slice();
                bytes[0] = piece;
                parts.push(new Uint8Array(bytes.buffer, 0, Math.min(left, 1 << 20)));
            }
        }
        data.items.add(new File(parts, name, {lastModified: 1}));
    }
    for (const kind of ["dragenter", "dragover", "drop"]) {
        document.querySelector("main").dispatchEvent(
            new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: data}));
    }
}"""


# What the browser notes where an upload goes on before the server has noticed that the line before it broke.
ASKED_ELSEWHERE = "status of 409 (Conflict)"
REFUSED = re.compile(r"status of (400|404|413|503|507) ")


def forgive(people: People, note: str | re.Pattern[str]) -> None:
    """Let the browser's own note of a refused request pass, which this test is about."""
    seen = people.guard.mistakes
    seen[:] = [one for one in seen if not (note in one if isinstance(note, str) else note.search(one))]


async def drop(page: Page, name: str, *, size: int = 0, seed: int = 1, text: str | None = None) -> None:
    """Drop a file onto the room: a text, or so many bytes that are the same for the same seed."""
    await drop_all(page, [(name, size, seed, text)])


async def drop_all(page: Page, files: list[tuple[str, int, int, str | None]]) -> None:
    """Drop several at once: each a name, a size, a seed, a text."""
    await page.evaluate(_DROP, files)


def content(size: int, seed: int = 1) -> bytes:
    """The bytes that `drop` makes."""
    state, words = seed, bytearray()
    for _ in range(1 << 18):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        words += state.to_bytes(4, "little")
    whole = bytearray()
    for piece in range((size + (1 << 20) - 1) >> 20):
        whole += piece.to_bytes(4, "little") + words[4:]
    return bytes(whole[:size])


def card(where: Locator | Page, name: str) -> Locator:
    """The card of a file."""
    return where.get_by_role("article", name=f"File {name}", exact=True)


def log_card(page: Page, name: str) -> Locator:
    """The newest card of a file in the log."""
    return card(messages(page), name).last


def panel(page: Page) -> Locator:
    """The shelf beside the room."""
    return page.get_by_role("complementary", name="Files")


async def saved(download: Download, folder: Path) -> bytes:
    """What a browser saved, as it stands on the disk."""
    path = folder / re.sub(r"[^\w.]", "_", download.suggested_filename)
    await download.save_as(path)
    return path.read_bytes()


def sha256_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
