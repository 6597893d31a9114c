"""A window of its own for a page on this machine: a browser's app window, else a tab of the browser people use anyway.

The app window has a profile of its own, which goes with it: nothing of what the page keeps stays behind, and no other
tab, extension or login of the person's can look at it.
"""

import asyncio
import os
import shlex
import shutil
import sys
import tempfile
import webbrowser
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

from salon.ground.clock import now_ms

FLAGS = "SALON_BROWSER_FLAGS"  # more flags for the browser; as root Chromium needs --no-sandbox
BROWSER = "SALON_BROWSER"  # the browser to take: a path or a command

_COMMANDS = (
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "microsoft-edge-stable",
    "microsoft-edge",
    "chrome",
    "msedge",
)
_MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_WINDOWS = (
    ("PROGRAMFILES", "Google/Chrome/Application/chrome.exe"),
    ("PROGRAMFILES(X86)", "Google/Chrome/Application/chrome.exe"),
    ("LOCALAPPDATA", "Google/Chrome/Application/chrome.exe"),
    ("LOCALAPPDATA", "Chromium/Application/chrome.exe"),
    ("PROGRAMFILES(X86)", "Microsoft/Edge/Application/msedge.exe"),
    ("PROGRAMFILES", "Microsoft/Edge/Application/msedge.exe"),
)
# A window for one page asks nobody but that page, and asks its person nothing.
_FLAGS = (
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-domain-reliability",
    "--disable-extensions",
    "--disable-features=Translate,OptimizationHints,MediaRouter,InterestFeedContentSuggestions",
    "--disable-sync",
    "--metrics-recording-only",
    "--password-store=basic",
    "--use-mock-keychain",
)
_PREFIX = "salon-window-"
_FRESH_SECONDS = 60.0
_TERM_SECONDS = 3.0  # for a browser to close its windows by itself
_SWEEPS = 20  # a browser's last processes write into the profile for a moment after its end
_SWEEP_SECONDS = 0.1


def find_browser(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> str | None:
    """The command of a browser that has app windows; None where there is none."""
    if chosen := environment.get(BROWSER):
        return shutil.which(chosen, path=environment.get("PATH"))
    for command in _COMMANDS:
        if found := shutil.which(command, path=environment.get("PATH")):
            return found
    return next((str(place) for place in _places(environment, platform) if place.is_file()), None)


def _places(environment: Mapping[str, str], platform: str) -> Iterable[Path]:
    """Where browsers lie on systems that do not put them on the path."""
    if platform == "darwin":
        return map(Path, _MAC)
    if platform == "win32":
        return (Path(environment[root]) / rest for root, rest in _WINDOWS if environment.get(root))
    return ()


def has_screen(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Whether there is anything to show a window on."""
    if platform in ("win32", "darwin"):
        return True
    return bool(environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")) or "--headless" in environment.get(
        FLAGS, ""
    )


def open_tab(url: str) -> bool:
    """Show the page in the browser that people use anyway; False where there is none. Blocks: for a thread."""
    try:
        return webbrowser.open(url)
    except webbrowser.Error:
        return False


class AppWindow:
    """A browser's window without bars around it, for one page. Made by `open_window`."""

    def __init__(self, process: asyncio.subprocess.Process, profile: Path) -> None:
        self.profile = profile
        self._process = process

    async def closed(self) -> None:
        """Wait until the person has closed it."""
        await self._process.wait()

    async def close(self) -> None:
        """Close it, where it is not closed yet, and leave nothing of it behind."""
        if self._process.returncode is None:
            self._process.terminate()
            try:
                async with asyncio.timeout(_TERM_SECONDS):
                    await self._process.wait()
            except TimeoutError:
                self._process.kill()
                await self._process.wait()
        for _ in range(_SWEEPS):
            await asyncio.to_thread(shutil.rmtree, self.profile, ignore_errors=True)
            if not self.profile.exists():
                return
            await asyncio.sleep(_SWEEP_SECONDS)


def sweep(folder: Path | None = None, seconds: float = _FRESH_SECONDS) -> None:
    """Remove the profiles of windows whose program was killed and whose browser is gone. Blocks: for a thread."""
    oldest = now_ms() / 1000 - seconds
    for profile in (folder or Path(tempfile.gettempdir())).glob(f"{_PREFIX}*"):
        with suppress(OSError):  # somebody else's, or gone meanwhile
            if profile.stat().st_mtime < oldest and not _in_use(profile):
                shutil.rmtree(profile, ignore_errors=True)


def _in_use(profile: Path) -> bool:
    """Whether a browser has it: while it runs Chromium keeps a link there that names its machine and process."""
    try:
        os.kill(int((profile / "SingletonLock").readlink().name.rpartition("-")[2]), 0)
    except (FileNotFoundError, ProcessLookupError):
        return False
    except (OSError, ValueError):
        return True
    return True


async def open_window(
    url: str, width: int, height: int, environment: Mapping[str, str] = os.environ
) -> AppWindow | None:
    """Show the page in an app window of so many pixels; None where there is no browser for it, or no screen."""
    browser = find_browser(environment)
    if browser is None or not has_screen(environment):
        return None
    await asyncio.to_thread(sweep)
    profile = Path(await asyncio.to_thread(tempfile.mkdtemp, prefix=_PREFIX))
    flags = [*_FLAGS, *shlex.split(environment.get(FLAGS, ""))]
    command = [browser, *flags, f"--user-data-dir={profile}", f"--window-size={width},{height}", f"--app={url}"]
    try:
        # Ctrl-C at our terminal is for us; the window is closed by whoever opened it.
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=dict(environment),
            start_new_session=True,
        )
    except OSError:
        await asyncio.to_thread(shutil.rmtree, profile, ignore_errors=True)
        return None
    return AppWindow(process, profile)
