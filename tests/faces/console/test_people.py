"""Files from person to person in a conversation: two people at consoles, a real server between them."""

from __future__ import annotations

from pathlib import Path

import pytest

from salon.client.transfers import State, Transfer
from salon.errors import NOT_SHARING, refuse
from salon.faces.menu.files import line_of
from salon.faces.shelf.drawing import came_line
from tests.support.consoles import chatting
from tests.support.filing import some_bytes
from tests.support.servers import serving

pytestmark = pytest.mark.anyio


async def test_who_shares_is_asked_and_what_came_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fish = some_bytes(300_000)
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures/a fish.jpg").write_bytes(fish)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    async with (
        serving() as at,
        chatting(at.address, "ann", tmp_path) as (ann, anns),
        chatting(at.address, "bob", tmp_path) as (bob, bobs),
    ):
        await bob.obey("/share")
        assert bobs.lines[-1] == "* You share nothing. /share FOLDER lets others have it."
        await ann.obey("/request bob a fish.jpg")
        await anns.until("bob shares no files now.")
        await bob.obey(f"/share {tmp_path}/pictures")
        assert bobs.lines[-1] == f"* You share {tmp_path}/pictures: everybody here can get its files by their names."
        await bob.obey("/share")
        assert bobs.lines[-1] == f"* You share {tmp_path}/pictures."
        await bob.obey("/share /no/such folder")
        assert "cannot be read" in bobs.lines[-1]
        await ann.obey('/request bob "a fish.jpg"')
        assert await anns.until("* Saved") == "* Saved a fish.jpg (293 KiB)"
        assert (await anns.until("came from")).startswith("* a fish.jpg came from bob (")
        assert (tmp_path / "here/a fish.jpg").read_bytes() == fish
        await bob.obey("/share -")
        await ann.obey("/request bob another.jpg")
        await ann.files.all_over()
        assert anns.lines.count("* bob shares no files now.") == 2


async def test_a_busy_port_is_told(tmp_path: Path) -> None:
    async with serving() as at, chatting(at.address, "bob", tmp_path) as (bob, bobs):
        await bob.files.share(tmp_path, at.port)
        assert f"* Port {at.port} is in use: others get your files through the server only." in bobs.lines


def test_what_is_told_of_a_file() -> None:
    transfer = Transfer(1, False, "a\n.txt", "", State.DONE, 3, 3, path="direct", person="b\x1bob")
    assert came_line(transfer) == line_of(transfer) == "a\\n.txt came from b\\x1bob (direct)."
    assert came_line(Transfer(1, False, "empty", "", State.DONE, 0, person="bob")) == "empty came from bob."
    assert line_of(Transfer(1, False, "a", "")) == ""
    assert line_of(Transfer(1, False, "a", "", State.FAILED, refusal=refuse(NOT_SHARING, name="bob"))) == (
        "bob shares no files now."
    )
