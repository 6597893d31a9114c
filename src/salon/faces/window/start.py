"""`salon window`, and the plain window of the classic programs."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import platformdirs

from salon.client.address import parse_address
from salon.errors import UNREADABLE, SalonError, refuse
from salon.faces.arguments import parser
from salon.faces.window.agent import Agent, Wishes
from salon.faces.window.keeping import kept_folder
from salon.ground.browser import AppWindow, has_screen, open_tab, open_window
from salon.ground.signals import on_stop
from salon.ground.tasks import Tasks

_INTERRUPTED = 128 + signal.SIGINT
_RELOAD_SECONDS = 3.0  # a page that is loaded again is back before that
_PLAIN_SIZE = (760, 700)
_SIZE = (1180, 780)


def window(server: str, name: str, folder: str, *, show: bool) -> int:
    """The app in a window of its own; the exit status. Raises SalonError where it cannot begin.

    server, name  what is offered when the person signs in
    folder        where downloads go: this system's place for them unless given
    show          whether to open the window; else its link is printed, for a browser of the person's choice
    """
    if server:
        server = str(parse_address(server))
    downloads = Path(folder).expanduser() if folder else _downloads()
    if not downloads.is_dir():
        raise SalonError(refuse(UNREADABLE, name=downloads, why="it is no folder"))
    wishes = Wishes(server, name, downloads.absolute(), kept_folder())
    return asyncio.run(_run(wishes, _SIZE, show=show))


def plain(argv: list[str] | None = None) -> int:
    """The classic window's client: everything is where it was started, and nothing is kept."""
    options = parser("The window chat's client.")
    options.add_argument("--print", action="store_true", help="open no window; print the link to it")
    given = options.parse_args(argv)
    wishes = Wishes("", "", Path.cwd(), None, "/window.html", halt_at=0.5)
    return asyncio.run(_run(wishes, _PLAIN_SIZE, show=not given.print))


def _downloads() -> Path:
    """Where this person's downloads go; here, where the system has no such folder."""
    folder = Path(platformdirs.user_downloads_dir())
    return folder if folder.is_dir() else Path.cwd()


async def _run(wishes: Wishes, size: tuple[int, int], *, show: bool) -> int:
    """Serve one window until it is closed, its person logs out, or a signal says so."""
    loop = asyncio.get_running_loop()
    end: asyncio.Future[int] = loop.create_future()

    def finish(status: int) -> None:
        if not end.done():
            end.set_result(status)

    undo = on_stop(loop, lambda number: finish(_INTERRUPTED if number == signal.SIGINT else 0))
    tasks = Tasks()
    audience = _Audience(lambda: finish(0))
    agent = Agent(wishes, audience.now)
    await agent.open()
    shown: AppWindow | None = None
    try:
        if show:
            shown = await open_window(agent.gate.link, *size)
        if shown is not None:
            tasks.start(_until_closed(shown, agent, finish))
        else:
            await _offer(agent.gate.link, show=show)
        tasks.start(_until_logged_out(agent, finish))
        return await end
    finally:
        undo()
        audience.close()
        await tasks.close()
        await agent.close()
        if shown is not None:
            await shown.close()


class _Audience:
    """Who looks at the window; `gone` is called when nobody has for longer than a page takes to load again."""

    def __init__(self, gone: Callable[[], None]) -> None:
        self._gone = gone
        self._timer: asyncio.TimerHandle | None = None

    def now(self, pages: int) -> None:
        """So many pages are open."""
        self.close()
        if not pages:
            self._timer = asyncio.get_running_loop().call_later(_RELOAD_SECONDS, self._gone)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


async def _until_closed(shown: AppWindow, agent: Agent, finish: Callable[[int], None]) -> None:
    await shown.closed()
    if agent.gate.used:
        finish(0)
    else:  # a browser that cannot start here: as root without --no-sandbox, say
        await _offer(agent.gate.link, show=True)


async def _until_logged_out(agent: Agent, finish: Callable[[int], None]) -> None:
    await agent.ended.wait()
    finish(0)


async def _offer(link: str, *, show: bool) -> None:
    """Give the link to the browser that people use anyway, or to the person."""
    if show and has_screen() and await asyncio.to_thread(open_tab, link):
        print("Salon is open in your browser. Closing its tab ends this program.", file=sys.stderr)
        return
    if show:
        print("There is no browser that could show a window here. Open this link in one:", file=sys.stderr)
    print(link, flush=True)
