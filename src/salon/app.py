"""Putting a server together: the only place that chooses adapters."""

import asyncio
import gc
import ipaddress
import logging
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from pathlib import Path

from salon.config import Serve
from salon.edges.console import Console
from salon.edges.door import Door
from salon.edges.http import Http
from salon.edges.lines import LinesConnection
from salon.edges.logbook import Logbook
from salon.edges.newcomers import Newcomer
from salon.edges.quic import Opener
from salon.errors import BAD_ADDRESS, FOLDER_UNUSABLE, PORT_BUSY, SalonError, refuse
from salon.ground.browser import AppWindow, open_window
from salon.ground.clock import now_ms
from salon.ground.journal import Journal
from salon.ground.limits import raise_open_files
from salon.ground.machine import disk_bytes, memory_bytes
from salon.ground.tasks import Tasks
from salon.hall.hall import Hall
from salon.hall.library import Library
from salon.hall.openings import Openings
from salon.hall.overview import Gauges
from salon.hall.ports import Store
from salon.hall.receiving import Policy
from salon.hall.requests import Limits
from salon.hall.shelving import Shelving
from salon.stores.by_name import ByName
from salon.stores.folder import FolderBlobs
from salon.stores.memory import MemoryStore
from salon.stores.operator_key import operator_key
from salon.stores.passing import passing_folder
from salon.wire.handshake import Language
from salon.wire.operator import operator_link

log = logging.getLogger("salon")

_HOUSE_SECONDS = 60.0
_WINDOW_SIZE = (1180, 760)
_SWITCH_SECONDS = 0.001  # see serve()


async def serve(settings: Serve, journal: Journal) -> None:
    """Run a server until SIGTERM or Ctrl-C, which writes into the journal. Raises SalonError where it cannot start."""
    loop = asyncio.get_running_loop()
    stopped = asyncio.Event()
    restore = _on_signals(loop, stopped)
    raise_open_files()
    # The writer's thread wants the interpreter for moments only; by default each commit could wait 5 ms for it.
    sys.setswitchinterval(_SWITCH_SECONDS)
    door = Door({}, time.monotonic)
    try:
        with _refusals_of_address(settings):
            port = await door.bind(settings.port, *settings.addresses)  # before anything is opened or made
        with _folder(settings) as folder:
            await _serve(settings, folder, door, port, stopped, journal)
    finally:
        door.close()
        restore()


@contextmanager
def _folder(settings: Serve) -> Iterator[Path]:
    """Where everything is kept: for a server that keeps nothing, a folder that goes with it."""
    if settings.memory:
        with passing_folder() as folder:
            yield folder
        return
    try:
        settings.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        why = error.strerror
        raise SalonError(refuse(FOLDER_UNUSABLE, folder=settings.data_folder, why=why)) from error
    yield settings.folder


async def _serve(
    settings: Serve, folder: Path, door: Door, port: int, stopped: asyncio.Event, journal: Journal
) -> None:
    key = "" if settings.no_console else operator_key(folder)
    store = _store(settings)
    hall = Hall(store, now_ms, settings.retain * 1000 or None)
    hall.requests.limits = Limits(settings.requests, settings.relays)
    hall.happenings.private = settings.log_private
    shelving = _shelving(settings, hall, folder)
    opener = _opener(settings, hall, shelving, door, folder)
    console = Console(hall, key, partial(_gauges, folder)) if key else None
    http = Http(hall, shelving, settings.hosts, opener, console)
    await http.start()
    door.hosts[Language.DOCUMENTS] = lambda: Newcomer(hall)
    door.hosts[Language.HTTP] = http.connection
    door.hosts[Language.LINES] = lambda: LinesConnection(hall)
    try:
        await shelving.start()
        with _refusals_of_address(settings):
            await door.let_in()
    except SalonError:
        await shelving.blobs.close()
        await store.close()
        raise
    _settle_memory()
    _say_where(settings.addresses, port, key)
    logbook = _logbook(settings, hall, journal)
    hall.tasks.start(_keep_house(hall, shelving))
    async with _window(settings, console, port, stopped):
        await stopped.wait()
    log.info("Closing.")
    door.close()
    await hall.close("The server is closing.")
    await http.close()
    if opener is not None:
        await opener.close()
    await shelving.blobs.close()
    if logbook is not None:
        await logbook.stop()
    await asyncio.sleep(0)


def _settle_memory() -> None:
    """What exists now lives as long as the server: the collector need not look at it again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


def _say_where(hosts: Sequence[str], port: int, key: str) -> None:
    """Where people come in, where the operator does, and who can."""
    for host in hosts:
        log.info("Salon is listening on http://%s:%d", f"[{host}]" if ":" in host else host, port)
    if key:
        log.info("Operator: %s", operator_link(hosts[0], port, key))
    for host in hosts:
        if (who := _who_can_come_in(host)) is not None:
            log.info(who)


@asynccontextmanager
async def _window(settings: Serve, console: Console | None, port: int, stopped: asyncio.Event) -> AsyncIterator[None]:
    """The operator's console in a window of its own, where one is wanted; who closes it stops the server."""
    tasks = Tasks()
    window = None
    if settings.window and console is not None:
        window = await open_window(operator_link(settings.addresses[-1], port, console.pass_once()), *_WINDOW_SIZE)
        if window is None:
            log.info(
                "There is no browser here that could show the console in a window: open the operator's link in one."
            )
        else:
            tasks.start(_until_closed(window, stopped))
    try:
        yield
    finally:
        await tasks.close()
        if window is not None:
            await window.close()


async def _until_closed(window: AppWindow, stopped: asyncio.Event) -> None:
    await window.closed()
    stopped.set()


def _gauges(folder: Path) -> Gauges:
    """What the operator's console shows of the machine."""
    free, size = disk_bytes(folder) or (None, None)
    return memory_bytes(), free, size


def _logbook(settings: Serve, hall: Hall, journal: Journal) -> Logbook | None:
    """The log on standard error, where one is wanted; then events are not told on standard output too."""
    if not settings.log_format:
        return None
    logging.getLogger("salon.events").setLevel(logging.WARNING)
    logbook = Logbook(hall.happenings, journal, now_ms, as_documents=settings.log_format == "json")
    logbook.start()
    return logbook


def _shelving(settings: Serve, hall: Hall, folder: Path) -> Shelving:
    blobs = FolderBlobs(folder)
    keep, keep_in = settings.shelves
    library = Library(settings.library) if settings.library else None
    shown = ByName(settings.data_folder, blobs) if settings.by_name and not settings.memory else None
    return Shelving(hall, blobs, Policy(keep, keep_in, settings.max_file), library, shown)


def _opener(settings: Serve, hall: Hall, shelving: Shelving, door: Door, folder: Path) -> Opener | None:
    """What opens the port for files over UDP, where the operator wants one."""
    if not settings.udp:
        return None
    hall.openings = Openings(hall.clock, settings.udp, settings.udp_per_person)
    return Opener(hall, shelving, door.places, None if settings.memory else folder / "udp.key")


def _store(settings: Serve) -> Store:
    if settings.memory:
        return MemoryStore()
    from salon.stores.sqlite import open_store

    return open_store(settings.folder)


@contextmanager
def _refusals_of_address(settings: Serve) -> Iterator[None]:
    """What the system says against an address, in a sentence."""
    try:
        yield
    except UnicodeError as error:
        raise SalonError(refuse(BAD_ADDRESS, host=settings.host, why="it is no host's name")) from error
    except OSError as error:
        import errno

        if error.errno == errno.EADDRINUSE:
            raise SalonError(refuse(PORT_BUSY, host=settings.host, port=settings.port)) from error
        raise SalonError(refuse(BAD_ADDRESS, host=settings.host, why=error.strerror or error)) from error


def _who_can_come_in(host: str) -> str | None:
    """A line for whoever opens the server to more than this machine."""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return None if host == "localhost" else f"Everybody who can reach {host} can come in."
    if address.is_loopback:
        return None
    if address.is_unspecified:
        return "Everybody who can reach this machine over any of its networks can come in."
    return f"Everybody who can reach {host} can come in."


async def _keep_house(hall: Hall, shelving: Shelving) -> None:
    """Forget what is too old, from time to time. What the disk refuses now, it may do the next time."""
    while True:
        for chore in (hall.trim, shelving.receiving.keep_house):
            try:
                await chore()
            except SalonError as error:
                log.error("Keeping house failed: %s", error)
            except Exception:
                log.exception("Keeping house failed.")
        await asyncio.sleep(_HOUSE_SECONDS)


def _on_signals(loop: asyncio.AbstractEventLoop, stopped: asyncio.Event) -> Callable[[], None]:
    """Set `stopped` on SIGTERM and Ctrl-C; what undoes it."""
    numbers = [signal.SIGINT, signal.SIGTERM]
    try:
        for number in numbers:
            loop.add_signal_handler(number, stopped.set)
    except NotImplementedError:  # Windows: the loop cannot; a plain handler that wakes it can
        for number in numbers:
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stopped.set))
        return lambda: None

    def restore() -> None:
        for number in numbers:
            loop.remove_signal_handler(number)

    return restore


def start_journal() -> Journal:
    """Have what happens written: a line per event on standard output, errors on standard error."""
    journal = Journal()
    log.addHandler(journal)
    log.setLevel(logging.INFO)
    journal.start()
    return journal
