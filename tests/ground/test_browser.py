"""App windows, with a program of the test's in the place of a browser."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import webbrowser
from pathlib import Path

import pytest

from salon.ground import browser
from salon.ground.browser import find_browser, has_screen, open_tab, open_window, sweep
from tests.support.eventually import eventually

pytestmark = pytest.mark.anyio

ON_SCREEN = {"DISPLAY": ":99"}


def program(folder: Path, name: str, script: str = "") -> Path:
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{script}\n", "utf-8")
    path.chmod(0o755)
    return path


def test_the_first_browser_that_is_there(tmp_path: Path) -> None:
    assert find_browser({"PATH": str(tmp_path)}, "linux") is None
    edge = program(tmp_path, "microsoft-edge")
    assert find_browser({"PATH": str(tmp_path)}, "linux") == str(edge)
    chromium = program(tmp_path, "chromium")
    assert find_browser({"PATH": str(tmp_path)}, "linux") == str(chromium)
    assert find_browser({"PATH": str(tmp_path), "SALON_BROWSER": "microsoft-edge"}, "linux") == str(edge)
    assert find_browser({"PATH": str(tmp_path), "SALON_BROWSER": "/no/such"}, "linux") is None


def test_systems_that_put_browsers_elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    edge = tmp_path / "Microsoft/Edge/Application/msedge.exe"
    edge.parent.mkdir(parents=True)
    edge.touch()
    assert find_browser({"PATH": "", "PROGRAMFILES(X86)": str(tmp_path)}, "win32") == str(edge)
    assert find_browser({"PATH": ""}, "win32") is None
    chrome = program(tmp_path, "Google Chrome")
    monkeypatch.setattr(browser, "_MAC", ("/no/such", str(chrome)))
    assert find_browser({"PATH": ""}, "darwin") == str(chrome)


def test_what_a_window_can_be_shown_on() -> None:
    assert not has_screen({}, "linux")
    assert has_screen({"DISPLAY": ":0"}, "linux")
    assert has_screen({"WAYLAND_DISPLAY": "wayland-0"}, "linux")
    assert has_screen({"SALON_BROWSER_FLAGS": "--headless=new"}, "linux")
    assert has_screen({}, "win32")
    assert has_screen({}, "darwin")


async def test_a_window_gets_its_page_and_leaves_nothing(tmp_path: Path) -> None:
    told = tmp_path / "told"
    waits = f"import sys, time; open({str(told)!r}, 'w').write('\\n'.join(sys.argv[1:])); time.sleep(600)"
    there = {**os.environ, **ON_SCREEN, "SALON_BROWSER": str(program(tmp_path, "b", waits))}
    window = await open_window(
        "http://127.0.0.1:1/?key=x", 640, 480, {**there, "SALON_BROWSER_FLAGS": "--one '--two 2'"}
    )
    assert window is not None
    await eventually(lambda: told.exists() and told.read_text("utf-8"))
    flags = told.read_text("utf-8").splitlines()
    assert "--app=http://127.0.0.1:1/?key=x" in flags
    assert f"--user-data-dir={window.profile}" in flags
    assert {"--one", "--two 2", "--window-size=640,480", "--no-first-run"} <= set(flags)
    assert window.profile.stat().st_mode & 0o077 == 0
    closed = asyncio.ensure_future(window.closed())
    await asyncio.sleep(0)
    assert not closed.done()
    await window.close()
    await closed
    assert not window.profile.exists()


async def test_a_browser_that_will_not_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(browser, "_TERM_SECONDS", 0.05)
    ready = tmp_path / "ready"
    deaf = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
        f"open({str(ready)!r}, 'w').close(); time.sleep(600)"
    )
    there = {**os.environ, **ON_SCREEN, "SALON_BROWSER": str(program(tmp_path, "b", deaf))}
    window = await open_window("http://127.0.0.1:1/", 1, 1, there)
    assert window is not None
    await eventually(ready.exists)
    await window.close()
    assert not window.profile.exists()


async def test_no_window_without_a_browser_or_a_screen(tmp_path: Path) -> None:
    assert await open_window("http://127.0.0.1:1/", 1, 1, {"PATH": str(tmp_path), **ON_SCREEN}) is None
    chromium = program(tmp_path, "chromium")
    assert await open_window("http://127.0.0.1:1/", 1, 1, {"PATH": str(tmp_path)}) is None
    chromium.write_text("no program", "utf-8")
    chromium.chmod(0o755)
    before = set(Path(tempfile.gettempdir()).glob("salon-window-*"))
    assert await open_window("http://127.0.0.1:1/", 1, 1, {"PATH": str(tmp_path), **ON_SCREEN}) is None
    assert set(Path(tempfile.gettempdir()).glob("salon-window-*")) <= before


def test_what_killed_programs_left_is_swept(tmp_path: Path) -> None:
    kinds = {"salon-window-dead": 0, "salon-window-alive": os.getpid(), "salon-window-none": None, "other-dead": 0}
    for name, pid in kinds.items():
        profile = tmp_path / name
        profile.mkdir()
        (profile / "kept").write_text("x", "utf-8")
        if pid is not None:
            (profile / "SingletonLock").symlink_to(f"machine-{pid or 2**30}")
    (tmp_path / "salon-window-strange").mkdir()
    (tmp_path / "salon-window-strange" / "SingletonLock").symlink_to("machine")
    sweep(tmp_path)
    assert len(list(tmp_path.iterdir())) == 5  # they are too fresh
    sweep(tmp_path, -1)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "other-dead",
        "salon-window-alive",
        "salon-window-strange",
    ]


def test_a_tab_where_there_are_no_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def show(url: str) -> bool:
        asked.append(url)
        return True

    monkeypatch.setattr(webbrowser, "open", show)
    assert open_tab("http://127.0.0.1:1/")
    assert asked == ["http://127.0.0.1:1/"]

    def fail(_url: str) -> bool:
        raise webbrowser.Error

    monkeypatch.setattr(webbrowser, "open", fail)
    assert not open_tab("http://127.0.0.1:1/")
