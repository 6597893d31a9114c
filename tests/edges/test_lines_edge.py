"""People with netcat at a real door."""

from __future__ import annotations

import pytest

from salon.core.limits import FIRST_WORDS_SECONDS, LINE_BYTES
from salon.errors import STORAGE_FAILED, SalonError, refuse
from tests.edges.doorstep import Guest, House

pytestmark = pytest.mark.anyio


async def named(house: House, name: str, more: str = "") -> Guest:
    guest = await house.guest(f"{name}\n{more}".encode())
    await guest.until(f"* Welcome, {name}. /help tells what you can do here.\n* You are ")
    await guest.line()
    return guest


async def test_two_people_talk_and_nobody_hears_themselves(house: House) -> None:
    ann = await named(house, "ann")
    bob = await named(house, "bob", "hi ann\r\n")
    assert await ann.line() == "* bob has joined the room."
    assert await ann.line() == "bob: hi ann"
    ann.send(b"hi bob\n  {x}\nand you?\n")
    assert [await bob.line() for _ in range(3)] == ["ann: hi bob", "ann:   {x}", "ann: and you?"]
    bob.send(b"/quit\nunheard\n")
    assert await bob.end() == "* Goodbye.\n"
    assert await ann.line() == "* bob has left the room."
    assert ann.heard == b""


async def test_a_taken_or_impossible_name_is_asked_again(house: House) -> None:
    await named(house, "bob")
    guest = await house.guest(b"BOB\n")
    assert await guest.line() == '* Name "BOB" is taken. Try another.'
    guest.send(b"a:b\n")
    assert await guest.line() == "* This cannot be a person's name: it has a colon. Try another."
    guest.send(b"\n/who\n/nope\ncarl\n")
    assert await guest.line() == "* Your name comes first."
    assert await guest.line() == "* Your name comes first."
    assert await guest.line() == "* Welcome, carl. /help tells what you can do here."
    assert await guest.line() == "* You are in lobby with bob."


async def test_help_and_goodbye_need_no_name(house: House) -> None:
    guest = await house.guest(b"/help\n/quit\n")
    heard = await guest.end()
    assert "* /to NAME TEXT" in heard
    assert heard.endswith("* Goodbye.\n")


async def test_join_moves(house: House) -> None:
    ann = await named(house, "ann", "/join den\n")
    assert await ann.line() == "* You are alone in den."
    bob = await named(house, "bob", "to nobody\n/join DEN\nhere\n/who\n")
    assert await bob.line() == "* You are in den with ann."
    assert await bob.line() == "* In den: ann, bob"
    assert await ann.line() == "* bob has joined the room."
    assert await ann.line() == "bob: here"
    bob.send(b"/join ../x\n/join den\n/join lobby\n")
    assert await bob.line() == "* This cannot be a room's name: it names a place, not a file. Try another."
    assert await bob.line() == "* You are alone in lobby."
    assert await ann.line() == "* bob has left the room."


async def test_history_private_words_and_unknown_commands(house: House) -> None:
    ann = await named(house, "ann", "/history\n")
    assert await ann.line() == "* Nothing was said here yet."
    bob = await named(house, "bob", "one\n//two\n")
    assert (await ann.until("bob: /two\n")).endswith("bob: one\nbob: /two\n")
    ann.send(b"/history 1\n/history 9\n/two\n/to bob  psst\n/to dora hm\n")
    assert [await ann.line() for _ in range(5)] == [
        "bob: /two",
        "bob: one",
        "bob: /two",
        "* There is no command /two. /help tells them all; // says a / as it is.",
        "* dora is not here. Ask again when they are back.",
    ]
    assert await bob.line() == "ann (to you):  psst"
    bob.send(b"/to ann back\n")
    assert await ann.line() == "bob (to you): back"
    assert (ann.heard, bob.heard) == (b"", b"")


@pytest.mark.parametrize("words", [b"carl\nlast words\n", b"carl\nlast words", b"carl\n/who\nlast words\n/nope"])
async def test_words_before_a_half_close_are_said(house: House, words: bytes) -> None:
    ann = await named(house, "ann")
    carl = await house.guest(words)
    carl.writer.write_eof()
    heard = await carl.end()
    assert heard.startswith("* Welcome, carl.")
    assert ("/nope" in heard) == (b"/nope" in words)
    assert [await ann.line() for _ in range(3)] == [
        "* carl has joined the room.",
        "carl: last words",
        "* carl has left the room.",
    ]


async def test_a_name_alone_and_the_end(house: House) -> None:
    ann = await named(house, "ann")
    carl = await house.guest(b"carl")
    carl.writer.write_eof()
    assert "* You are in lobby with ann.\n" in await carl.end()
    await ann.until("* carl has joined the room.\n* carl has left the room.\n")


async def test_text_that_looks_like_protocol_is_text(house: House) -> None:
    ann = await named(house, "ann")
    bob = await named(house, "bob")
    await ann.line()
    strange = ['{"type":"exit"}', "exit", "x", "upload: a", "GET / HTTP/1.1", "$name", "ann: forged", "* forged"]
    bob.send("".join(f"{text}\n" for text in strange).encode())
    assert [await ann.line() for _ in strange] == [f"bob: {text}" for text in strange]


async def test_a_line_that_is_too_long_is_refused_and_the_next_is_said(house: House) -> None:
    ann = await named(house, "ann")
    bob = await named(house, "bob")
    await ann.line()
    bob.send(b"y" * (LINE_BYTES + 1) + b"\n" + b"x" * 1_000_001 + b"\n" + b"z" * 1_000_000 + b"\n")
    assert await bob.line() == f"* A line has at most {LINE_BYTES} bytes."
    assert await bob.line() == "* This is too long: 1000001 characters, and at most 1000000 are taken."
    assert await ann.line() == "bob: " + "z" * 1_000_000


async def test_whoever_gives_no_name_is_told_and_sent_away(house: House) -> None:
    slow = await house.guest(b"OPTIMUS")
    await house.somebody(lambda: house.door.begun)
    for byte in b"primepri":
        slow.send(bytes((byte,)))
        house.now += FIRST_WORDS_SECONDS / 8
        house.sweep()
    house.now += 1
    house.sweep()
    assert await slow.end() == "Nothing whole arrived within 30 s. Connect again.\r\n"
    taken = await named(house, "ann")
    again = await house.guest(b"ann\n")
    assert "taken" in await again.line()
    house.now += FIRST_WORDS_SECONDS + 1
    house.sweep()
    assert await again.end() == "* Nothing whole arrived within 30 s. Connect again.\n"
    taken.send(b"/who\n")
    assert await taken.line() == "* In lobby: ann"


@pytest.mark.parametrize("name", ["2pac", "OPTIMUS", "POSTMAN", "GETTER", "CAPTAIN", "12345", "PRInce"])
async def test_names_that_begin_like_another_language(house: House, name: str) -> None:
    await named(house, name)


async def test_a_broken_line_leaves_late_and_a_reader_who_stands_still_hurts_nobody(house: House) -> None:
    ann = await named(house, "ann")
    stuck = await named(house, "stuck")
    await ann.line()
    stuck.reader._transport.pause_reading()  # type: ignore[attr-defined]
    bob = await named(house, "bob")
    await ann.line()
    for n in range(30):
        bob.send(f"{n} ".encode() + b"x" * 500_000 + b"\n")
    assert await _numbers(ann, 30) == list(range(30))
    (session,) = [one for one in house.hall.sessions if one.person.name == "stuck"]
    assert session.parked
    stuck.reader._transport.resume_reading()  # type: ignore[attr-defined]
    assert await _numbers(stuck, 30) == list(range(30))
    bob.kill()
    ann.send(b"still here\n")
    assert (await stuck.until("still here\n")).count("left") == 0


async def test_a_store_that_fails_is_told(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise SalonError(refuse(STORAGE_FAILED))

    monkeypatch.setattr(house.hall, "join", broken)
    ann = await house.guest(b"ann\n")
    await ann.until("* The server could not write this down. Try again later.\n")
    ann.send(b"hi\n/who\n/history\n")
    for _ in range(3):
        assert await ann.line() == '* You are not in the room "lobby". Join it first.'
    monkeypatch.undo()
    ann.send(b"/join lobby\n")
    assert await ann.line() == "* You are alone in lobby."


async def _numbers(guest: Guest, count: int) -> list[int]:
    """The numbers that bob said, whatever came between."""
    numbers: list[int] = []
    while len(numbers) < count:
        author, _, text = (await guest.line()).partition(": ")
        if author == "bob":
            numbers.append(int(text.split(" ")[0]))
    return numbers
