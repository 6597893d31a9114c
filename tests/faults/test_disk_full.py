"""The disk is full in the middle of a conversation.

There is a clear refusal, everybody else goes on, and nothing acknowledged is lost.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.disks import fill, mounted
from tests.support.serve import served
from tests.support.talker import SECRET, Talker, talking

pytestmark = [pytest.mark.anyio, pytest.mark.root]

TEXT = "x" * 20_000


async def talk_until_refused(ann: Talker, acknowledged: dict[str, int]) -> str:
    """Say something as often as it is taken; the id of what was not."""
    for n in range(len(acknowledged), 1000):
        kind, answer = await ann.ask("message", text=TEXT, id=f"{n}")
        if kind == "error":
            assert (answer["code"], answer["retry"]) == ("disk_full", True)
            return f"{n}"
        acknowledged[f"{n}"] = answer["seq"]
    raise AssertionError("the disk was never full")


async def heard_from_the_log(talker: Talker, count: int) -> dict[str, int]:
    heard: dict[str, int] = {}
    while len(heard) < count:
        said = await talker.hear("message")
        heard[said["id"]] = said["seq"]
    return heard


async def test_a_full_disk_refuses_and_recovers(tmp_path: Path) -> None:
    acknowledged: dict[str, int] = {}
    with mounted(tmp_path / "disk", kib=4096) as disk:
        async with (
            served(tmp_path, "--data", str(disk / "data"), quiet=False) as server,
            talking(server.port, "ann", client=SECRET) as ann,
            talking(server.port, "bob", client="b" * 32) as bob,
        ):
            for n in range(5):
                _, ack = await ann.ask("message", text=TEXT, id=f"{n}")
                acknowledged[f"{n}"] = ack["seq"]
            ballast = fill(disk)
            refused = await talk_until_refused(ann, acknowledged)
            # Everybody else goes on: reading, coming, asking.
            assert await heard_from_the_log(bob, len(acknowledged)) == acknowledged
            assert len((await bob.ask("history", limit=3))[1]["entries"]) == 3
            async with talking(server.port, "cy") as cy:
                assert (await cy.ask("list", what="members"))[1]["members"] == ["ann", "bob", "cy"]
            assert await bob.refused("message", text=TEXT) == "disk_full"
            # There is room again: the same command is taken, once.
            ballast.unlink()
            kind, ack = await ann.ask("message", text=TEXT, id=refused)
            assert (kind, ack["seq"]) == ("ack", len(acknowledged) + 1)
            acknowledged[refused] = ack["seq"]
            assert (await ann.ask("message", text=TEXT, id=refused))[1]["seq"] == ack["seq"]
            # Full once more, and killed.
            fill(disk)
            await talk_until_refused(ann, acknowledged)
            server.process.kill()
            await server.process.wait()
        # Also a server that starts on a full disk shows what was said.
        async with (
            served(tmp_path, "--data", str(disk / "data"), quiet=False) as server,
            talking(server.port, "di", rooms={"lobby": 0}) as di,
        ):
            assert await heard_from_the_log(di, len(acknowledged)) == acknowledged
            (disk / "ballast").unlink()
            kind, ack = await di.ask("message", text="room again")
            assert (kind, ack["seq"]) == ("ack", len(acknowledged) + 1)
