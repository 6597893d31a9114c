"""The launchers run with whatever Python they are called, from wherever, and hand over in the same process."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.classic.programs import CLASSIC, Program, server, start
from tests.support.servers import free_port, serving

LAUNCHERS = sorted(str(path.relative_to(CLASSIC)) for path in CLASSIC.rglob("*.py") if path.parent != CLASSIC)
VENV = Path(sys.executable).parent.parent
NOT_SET_UP = "Salon is not set up yet: run `make setup` in {root} and try again.\n"


def bare_pythons() -> list[str]:
    """Pythons of this machine that do not have Salon."""
    found = {
        str(Path(sys.base_prefix) / "bin" / "python3"),
        "/usr/bin/python3",
        *filter(None, [shutil.which("python3")]),
    }
    asked = [sys.executable, "-c", "import salon"]
    assert subprocess.run(asked, check=False).returncode == 0
    return [
        python
        for python in sorted(found)
        if Path(python).exists() and subprocess.run([python, *asked[1:]], capture_output=True, check=False).returncode
    ]


BARE = bare_pythons()
pytestmark = [pytest.mark.anyio, pytest.mark.skipif(not BARE, reason="every Python here has Salon")]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A project without a `.venv`, in a folder with a blank in its name."""
    root = tmp_path / "a folder" / "salon"
    shutil.copytree(CLASSIC, root / "classic", ignore=shutil.ignore_patterns("__pycache__"))
    return root


async def run(
    program: str | Path, *arguments: object, cwd: Path, python: str = BARE[0] if BARE else ""
) -> tuple[int, str, str]:
    running = await start(program, *arguments, cwd=cwd, python=python)
    running.close_input()
    return (await running.end())[:3]


def test_all_of_them_are_tried() -> None:
    assert {"lab/server.py", "lab/client.py", "menu/ChatServer.py", "menu/ChatClient.py"} <= set(LAUNCHERS)


@pytest.mark.parametrize("python", [sys.executable, *BARE])
@pytest.mark.parametrize("launcher", LAUNCHERS)
async def test_help(launcher: str, python: str, tmp_path: Path) -> None:
    status, out, err = await run(launcher, "--help", cwd=tmp_path, python=python)
    assert (status, err) == (0, "")
    assert out.startswith(f"usage: {Path(launcher).name} ")


@pytest.mark.parametrize("launcher", LAUNCHERS)
async def test_without_a_venv_one_line_says_how_to_make_it(launcher: str, copy: Path) -> None:
    assert await run(copy / "classic" / launcher, "--help", cwd=copy.parent) == (1, "", NOT_SET_UP.format(root=copy))


async def test_by_symbolic_links_from_another_folder(copy: Path) -> None:
    (copy / ".venv").symlink_to(VENV)
    link = copy.parent / "talk"
    link.symlink_to(copy / "classic/menu/ChatClient.py")
    async with serving() as at:
        status, out, err = await run(link, "-l", 1, "-p", at.port, cwd=copy.parent)
        assert (status, out, err) == (0, "closing your sockets...goodbye\n", "")


async def test_inside_the_venv_a_failed_import_shows_as_it_is(copy: Path) -> None:
    """And does not begin again for ever."""
    subprocess.run([BARE[0], "-m", "venv", "--without-pip", copy / ".venv"], check=True)
    for python in (BARE[0], str(copy / ".venv/bin/python")):
        status, out, err = await run(copy / "classic/menu/ChatServer.py", 1, cwd=copy, python=python)
        assert (status, out) == (1, "")
        assert err.endswith("ModuleNotFoundError: No module named 'salon'\n")


async def test_the_process_stays_the_same_with_its_options(tmp_path: Path) -> None:
    """Whoever kills the process that was started has killed the server, and nothing is left on its port."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(BARE[0], "-u", str(CLASSIC / "menu/ChatServer.py"), str(port)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
    )
    started = Program(process)
    await started.until(lambda: "listening" in started.out)
    line = Path(f"/proc/{process.pid}/cmdline")
    if line.exists():  # Linux
        assert line.read_text().split("\0")[:2] == [str(CLASSIC.parent / ".venv/bin/python"), "-u"]
    started.signal(signal.SIGKILL)
    assert (await started.end()).status == -signal.SIGKILL
    async with server("menu/ChatServer.py", port, cwd=tmp_path):
        pass


@pytest.fixture
async def child(copy: Path, anyio_backend: str) -> Program:
    """A launcher that hands over as on Windows, to a program that waits for the end of its input."""
    (copy / ".venv").symlink_to(VENV)
    launcher = copy / "classic/launcher.py"
    launcher.write_text(
        "import sys\n"
        "from own_python import go_on\n"
        "go_on(windows=True)\n"
        "print(sys.argv[1:], flush=True)\n"
        "sys.stdin.read()\n"
        "sys.exit(7)\n"
    )
    return await start(launcher, "a b", "*", cwd=copy, python=BARE[0])


async def test_where_a_process_cannot_become_another_its_child_speaks_for_it(child: Program) -> None:
    await child.until(lambda: child.out == "['a b', '*']\n")
    os.kill(child.process.pid, signal.SIGINT)  # the launcher alone: it leaves it to the child what to do
    child.close_input()
    end = await child.end()
    assert (end.status, end.err) == (7, "")
