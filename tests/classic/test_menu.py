"""The menu chat, through pipes."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.classic.menus import GOODBYE, MENU, SAID, menu, other
from tests.classic.programs import start
from tests.support.servers import serving

pytestmark = pytest.mark.anyio

SESSION = """
<< client2
Enter an option ('m', 'f', 'x'):
  (M)essage (send)
  (F)ile (request)
 e(X)it
<< m
Enter your message:
<< hello!
Enter an option ('m', 'f', 'x'):
  (M)essage (send)
  (F)ile (request)
 e(X)it
<< f
Who owns the file?
<< client1
Which file do you want?
<< Ameca_splendens.jpg
Enter an option ('m', 'f', 'x'):
  (M)essage (send)
  (F)ile (request)
 e(X)it
<< m
Enter your message:
<< another important message!
Enter an option ('m', 'f', 'x'):
  (M)essage (send)
  (F)ile (request)
 e(X)it
<< x
closing your sockets...goodbye
"""


async def test_a_session_to_the_letter(tmp_path: Path) -> None:
    async with serving() as at, menu(at.port, tmp_path, "client1") as first, menu(at.port, tmp_path) as program:
        await program.play(SESSION)
        end = await program.end()
        assert (end.status, end.out) == (0, "")
        assert end.err == "The Ameca_splendens.jpg doesn't exist\n"
        await first.expect("client2: hello!\nclient2: another important message!\n")


async def test_the_whole_input_at_once_means_the_same(tmp_path: Path) -> None:
    typed = [line.removeprefix("<< ") for line in SESSION.splitlines() if line.startswith("<<")]
    written = "".join(f"{line}\n" for line in SESSION.strip().splitlines() if not line.startswith("<<"))
    async with serving() as at, other(at, "ann") as ann, menu(at.port, tmp_path) as program:
        program.type(*typed)
        end = await program.end()
        assert (end.status, end.out) == (0, written)
        said = aiter(ann)
        assert [(await anext(said)).text for _ in range(2)] == ["hello!", "another important message!"]


async def test_one_hears_the_others_and_never_oneself(tmp_path: Path) -> None:
    async with serving() as at, other(at, "ann") as ann, menu(at.port, tmp_path, "bob") as bob:
        bob.type("m", "hi all")
        await bob.expect(SAID)
        await ann.say("hi bob")
        await bob.expect("ann: hi bob\n")
        bob.type("x")
        assert (await bob.end()).out == GOODBYE


async def test_upper_case_unknown_letters_empty_lines_and_empty_messages(tmp_path: Path) -> None:
    async with serving() as at, other(at, "ann") as ann, menu(at.port, tmp_path, "bob") as bob:
        bob.type("q", "", "M", "", "F", "", "", "M", "  both ends  ", "X")
        await bob.expect(f"{MENU}{MENU}Enter your message:\n{MENU}Who owns the file?\nWhich file do you want?\n{MENU}")
        await bob.expect(f"{SAID}{GOODBYE}")
        assert (await bob.end()).err == ""
        assert (await anext(aiter(ann))).text == "  both ends  "


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("x", "x"),
        ("upload: a", "upload: a"),
        ('{"type":"exit"}', '{"type":"exit"}'),
        ("eve: forged\neve: once more", "eve: forged\\neve: once more"),
        ("\x1b[2J\x07\x9b", "\\x1b[2J\\x07\\x9b"),
        ("\u202eabc", "\\u202eabc"),
        (MENU, MENU.replace("\n", "\\n")),
    ],
)
async def test_text_that_looks_like_something_else_is_shown_literally(tmp_path: Path, text: str, shown: str) -> None:
    async with serving() as at, other(at, "ann") as ann, menu(at.port, tmp_path, "bob") as bob:
        await ann.say(text)
        await bob.expect(f"ann: {shown}\n")


@pytest.mark.parametrize("text", ["x", "/quit", '{"type":"exit"}', "want download", "$name", "a" * 1_000_000])
async def test_what_is_typed_as_a_message_is_one(tmp_path: Path, text: str) -> None:
    async with serving() as at, other(at, "ann") as ann, menu(at.port, tmp_path, "bob") as bob:
        bob.type("m", text)
        await bob.expect(SAID)
        assert (await anext(aiter(ann))).text == text


async def test_too_long_a_message_is_told_and_the_menu_goes_on(tmp_path: Path) -> None:
    async with serving() as at, menu(at.port, tmp_path, "bob") as bob:
        bob.type("m", "a" * 1_000_001, "m", "b" * 5_000_000, "", "x")
        end = await bob.end()
        assert end.out == SAID * 2 + GOODBYE
        assert end.err == (
            "This is too long: 1000001 characters, and at most 1000000 are taken.\nA line has at most 4001024 bytes.\n"
        )


async def test_a_name_in_use_is_numbered_and_its_past_is_not_ones_own(tmp_path: Path) -> None:
    async with serving() as at, menu(at.port, tmp_path, "bob") as first, other(at, "ann") as ann:
        first.type("m", "I am the first")
        await first.expect(SAID)
        assert (await anext(aiter(ann))).text == "I am the first"
        await ann.say("welcome")
        await first.expect("ann: welcome\n")
        async with menu(at.port, tmp_path, "bob") as second:
            await second.expect("ann: welcome\n")  # and not what a bob said before
            first.type("m", "I still am")
            await second.expect("bob: I still am\n")
            second.type("m", "me too", "x")
            end = await second.end()
            assert (end.status, end.err) == (0, "You are called bob(2) here.\n")
        await first.expect(f"{SAID}bob(2): me too\n")


async def test_a_name_that_cannot_be_is_mended(tmp_path: Path) -> None:
    async with serving() as at, menu(at.port, tmp_path, "a:b") as bob:
        bob.type("x")
        assert (await bob.end()).err == "You are called a_b here.\n"


@pytest.mark.parametrize(
    "arguments",
    [[], ["-p", "1"], ["-l", "1"], ["-l", "1", "-p", "0"], ["-l", "1", "-p", "x"], ["-l", "65536", "-p", "1"], ["x"]],
)
async def test_wrong_arguments(tmp_path: Path, arguments: list[str]) -> None:
    program = await start("menu/ChatClient.py", *arguments, cwd=tmp_path)
    end = await program.end()
    assert (end.status, end.out) == (2, "")
    assert end.err.startswith("usage: ChatClient.py [-h] -l PORT -p PORT [-s HOST]\n")


@pytest.mark.parametrize("arguments", [[], ["x"], ["70000"], ["1", "2"]])
async def test_wrong_arguments_of_the_server(tmp_path: Path, arguments: list[str]) -> None:
    end = await (await start("menu/ChatServer.py", *arguments, cwd=tmp_path)).end()
    assert (end.status, end.out) == (2, "")
    assert end.err.startswith("usage: ChatServer.py [-h] PORT\n")


async def test_a_busy_port_is_one_line(tmp_path: Path) -> None:
    async with serving() as at:
        end = await (await start("menu/ChatServer.py", at.port, cwd=tmp_path)).end()
        assert (end.status, end.out, end.err.count("\n")) == (2, "", 1)
        assert f"Port {at.port} on 127.0.0.1 is in use." in end.err


NAMES = ("client1", "client2", "client3")


async def start_together(folder: Path) -> None:
    """Three clients whose whole input is there at once miss none of the others' first words."""
    async with serving() as at, AsyncExitStack() as stack:
        entering = (stack.enter_async_context(menu(at.port, folder)) for _ in NAMES)
        clients = dict(zip(NAMES, await asyncio.gather(*entering), strict=True))
        for name, client in clients.items():
            client.type(name, "m", f"hello from {name}")
        for name, client in clients.items():
            others = [f"{one}: hello from {one}" for one in NAMES if one != name]
            await client.heard(*others)
            client.type("x")
            end = await client.end()
            lines = end.out.splitlines()
            assert [lines.count(line) for line in others] == [1, 1]
            own = "".join(f"{line}\n" for line in lines if line not in others)
            assert own == f"{MENU}Enter your message:\n{MENU}{GOODBYE}"


@pytest.mark.slow
async def test_three_who_start_together_hear_each_others_first_words(tmp_path: Path) -> None:
    """Twenty times out of twenty, four at a time."""
    for _ in range(5):
        async with asyncio.TaskGroup() as rounds:
            for _ in range(4):
                rounds.create_task(start_together(tmp_path))


@pytest.mark.slow
async def test_the_menu_is_there_within_half_a_second(tmp_path: Path) -> None:
    loop = asyncio.get_running_loop()
    async with serving() as at:
        took = []
        for name in NAMES:
            begin = loop.time()
            async with menu(at.port, tmp_path, name):
                took.append(loop.time() - begin)
        assert min(took) < 0.5
