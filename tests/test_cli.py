from __future__ import annotations

import runpy
import sys

import pytest

from salon import __version__, cli
from salon.errors import PORT_BUSY, SalonError, refuse


def test_the_version(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"salon {__version__}\n"


def test_without_a_command_the_usage_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main([])
    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("usage: salon")


@pytest.mark.parametrize(
    ("error", "status", "said"),
    [
        (SalonError(refuse(PORT_BUSY, host="::1", port=1)), 2, "salon: Port 1 on ::1 is in use."),
        (KeyboardInterrupt(), 130, ""),
    ],
)
def test_how_a_command_ends(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    status: int,
    said: str,
) -> None:
    def fail(_arguments: object) -> int:
        raise error

    monkeypatch.setattr(cli, "_serve", fail)
    assert cli.main(["serve"]) == status
    captured = capsys.readouterr()
    assert captured.err.startswith(said)
    assert captured.out == ""


def test_the_module_is_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["salon", "--version"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("salon", run_name="__main__")
    assert ended.value.code == 0
    assert __version__ in capsys.readouterr().out
