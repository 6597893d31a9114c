"""The client secret, kept for each server."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from salon.client.address import Address
from salon.client.identity import default_folder, file_name, kept_identity, new_secret
from salon.core.people import is_secret

SERVER = Address("example.org", 12345)


def no_pause(seconds: float) -> None:
    """Nobody else is going to write."""


def test_it_is_made_once_and_kept_from_others(tmp_path: Path) -> None:
    folder = tmp_path / "deep" / "clients"
    first = kept_identity(SERVER, folder, no_pause)
    assert is_secret(first.secret)
    assert not first.trouble
    assert kept_identity(SERVER, folder, no_pause) == first
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_each_server_has_its_own_but_this_machine_is_one(tmp_path: Path) -> None:
    names = {file_name(Address(host, 1)) for host in ("localhost", "127.0.0.1", "::1", "127.9.9.9", "LocalHost")}
    assert len(names) == 1
    others = [Address("a.org", 1), Address("a.org", 2), Address("b.org", 1), Address("10.0.0.1", 1)]
    secrets = {kept_identity(address, tmp_path, no_pause).secret for address in others}
    assert len(secrets) == 4


def test_two_that_start_at_once_are_one_person(tmp_path: Path) -> None:
    program = (
        "import sys, time, pathlib; from salon.client.identity import *; from salon.client.address import Address\n"
        "sys.stdin.readline()\n"
        "print(kept_identity(Address('h', 1), pathlib.Path(sys.argv[1]), time.sleep).secret)"
    )
    racing = [
        subprocess.Popen(
            [sys.executable, "-c", program, str(tmp_path / "new")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        for _ in range(6)
    ]
    for process in racing:
        assert process.stdin is not None
        process.stdin.write(b"go\n")
        process.stdin.flush()
    said = {process.communicate()[0] for process in racing}
    assert len(said) == 1
    assert is_secret(said.pop().decode().strip())
    assert len(list((tmp_path / "new").iterdir())) == 1


def test_a_file_system_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", refuse)
    first = kept_identity(SERVER, tmp_path, no_pause)
    assert is_secret(first.secret)
    assert kept_identity(SERVER, tmp_path, no_pause) == first
    assert len(list(tmp_path.iterdir())) == 1


def test_without_links_the_slower_waits_for_what_the_faster_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / file_name(SERVER)
    theirs = new_secret()

    def lose_the_race(*_: object) -> None:
        path.touch()
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", lose_the_race)

    def pause(seconds: float) -> None:
        path.write_text(theirs)

    assert kept_identity(SERVER, tmp_path, pause) == (theirs, "")


def test_somebody_faster_in_the_same_moment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / file_name(SERVER)
    theirs = new_secret()

    def lose_the_race(*_: object) -> None:
        path.write_text(theirs)
        raise FileExistsError

    monkeypatch.setattr(os, "link", lose_the_race)
    assert kept_identity(SERVER, tmp_path, no_pause) == (theirs, "")


@pytest.mark.parametrize("content", ["", "no secret", "é" * 32, "0" * 31])
def test_a_broken_file_is_told_and_left_alone(tmp_path: Path, content: str) -> None:
    path = tmp_path / file_name(SERVER)
    path.write_text(content)
    first, second = (kept_identity(SERVER, tmp_path, no_pause) for _ in range(2))
    assert is_secret(first.secret)
    assert first.secret != second.secret
    assert str(path) in first.trouble
    assert path.read_text() == content


def test_a_folder_that_cannot_be_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    identity = kept_identity(SERVER, blocked / "clients", no_pause)
    assert is_secret(identity.secret)
    assert "cannot be used: Not a directory" in identity.trouble


def test_the_folder_is_this_systems(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    assert default_folder().name == "clients"
