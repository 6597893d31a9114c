"""The command `salon` and its parts."""

import argparse
import asyncio
import atexit
import gc
import sys
from collections.abc import Sequence

from salon import __version__
from salon.core.text import printable
from salon.errors import SalonError
from salon.faces.arguments import port


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; its exit status."""
    atexit.register(gc.freeze)  # what is left then goes with the process; to look for garbage in it takes 10 ms
    arguments = _parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except SalonError as error:
        print(f"salon: {printable(error.refusal.message)}", file=sys.stderr)  # a server may have said it
        return error.refusal.problem.status
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="salon", description="A place to talk in rooms and pass each other files.")
    parser.add_argument("--version", action="version", version=f"salon {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _add_serve(commands)
    _add_chat(commands)
    _add_send(commands)
    _add_get(commands)
    _add_files(commands)
    _add_window(commands)
    return parser


def _add_serve(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    serve = commands.add_parser("serve", help="run a server", description="Run a server until it is told to stop.")
    serve.add_argument("--host", metavar="ADDRESS", help="address to listen on (127.0.0.1), or several: A,B")
    serve.add_argument("--port", metavar="PORT", help="TCP port (12345; 0 takes any free one)")
    serve.add_argument("--data", metavar="FOLDER", help="where the log is kept (this system's place for data)")
    serve.add_argument("--memory", action="store_true", default=None, help="keep nothing on disk")
    serve.add_argument("--retain", metavar="TIME", help="forget messages older than this: 90d, 12h, 3600 (keep all)")
    serve.add_argument("--keep", metavar="N", help="files that each room's shelf keeps: 5, or 5,lobby=20 (all)")
    serve.add_argument("--max-file", metavar="SIZE", help="largest file that is taken: 100MiB, 2GB (no limit)")
    serve.add_argument("--library", metavar="FOLDER", help="offer the files of this folder, read-only")
    serve.add_argument("--by-name", action="store_true", default=None, help="show shelved files as DATA/ROOM/NAME")
    serve.add_argument("--udp", metavar="N", help="files sent over UDP at once (64; 0 opens no UDP port)")
    serve.add_argument("--udp-per-person", metavar="N", help="of these, to one person (8)")
    serve.add_argument("--requests", metavar="N", help="files that one person may get from other people at once (16)")
    serve.add_argument("--relays", metavar="N", help="of all these, how many the server passes on at once (64)")
    serve.add_argument("--names", metavar="NAME,…", help="host names under which browsers may reach the server")
    serve.add_argument("--log-format", metavar="FORM", help="what happens as lines on standard error: text, or json")
    serve.add_argument("--log-private", action="store_true", default=None, help="show what is said in private there")
    serve.add_argument("--no-console", action="store_true", default=None, help="have no operator's console")
    serve.add_argument("--window", action="store_true", default=None, help="show the console in a window; end with it")
    serve.add_argument("--config", metavar="FILE", help="settings in TOML, under [serve]")
    serve.set_defaults(run=_serve)


def _serve(arguments: argparse.Namespace) -> int:
    from salon.app import serve, start_journal
    from salon.config import serve_settings

    settings = serve_settings(vars(arguments))
    journal = start_journal()
    try:
        asyncio.run(serve(settings, journal))
    finally:
        journal.stop()
    return 0


def _add_chat(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    chat = commands.add_parser(
        "chat", help="talk, at a terminal or through pipes", description="Talk in a room. /help tells what one can do."
    )
    chat.add_argument("--server", metavar="HOST:PORT", default="", help="where the server is (127.0.0.1:12345)")
    chat.add_argument("--name", default="", help="who you are (a terminal asks; a pipe takes the login name)")
    chat.add_argument("--room", default="", help="where to talk first (lobby)")
    chat.add_argument("--share", metavar="FOLDER", default="", help="let others get the files of this folder")
    chat.add_argument("--listen", metavar="PORT", type=port, default=0, help="where they come for them (any free port)")
    chat.set_defaults(run=_chat)


def _chat(arguments: argparse.Namespace) -> int:
    from salon.faces.console.start import chat

    sharing = (arguments.share, arguments.listen)
    return asyncio.run(chat(arguments.server, arguments.name, arguments.room, *sharing))


def _add_send(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    send = commands.add_parser(
        "send",
        help="put files on a room's shelf",
        description="Put files on a room's shelf. What was stopped goes on when it is sent again.",
    )
    send.add_argument("files", nargs="+", metavar="FILE", help="a file of this machine's")
    _add_place(send)
    send.add_argument("--name", default="", help="who you are (the login name); nobody's name is taken")
    send.set_defaults(run=_send)


def _add_get(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    get = commands.add_parser(
        "get",
        help="get files of a room's",
        description="Get files of a room's. What was stopped goes on when it is got again.",
    )
    get.add_argument("names", nargs="+", metavar="NAME", help="a file of the shelf, or of the operator's library")
    get.add_argument("-o", "--output", metavar="PATH", default="", help="folder to save in, or name to save as (here)")
    get.add_argument("--from", dest="owner", metavar="PERSON", default="", help="files that this person shares")
    get.add_argument("--udp", action="store_true", help="over UDP, where that goes")
    get.add_argument("--replace", action="store_true", help="replace a file that is there (its name gets a number)")
    _add_place(get)
    get.add_argument("--name", default="", help="who you are; open rooms do not ask")
    get.set_defaults(run=_get)


def _add_files(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    files = commands.add_parser("files", help="list a room's files", description="List a room's files, newest first.")
    _add_place(files)
    files.add_argument("--name", default="", help="who you are; open rooms do not ask")
    files.add_argument("--json", action="store_true", help="one array: name, size, sha256, by, time, downloads")
    files.set_defaults(run=_files)


def _add_window(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    window = commands.add_parser(
        "window",
        help="talk in a window of its own",
        description="Talk in a window of its own, with files that go straight to and from this machine's folders.",
    )
    window.add_argument("server", nargs="?", metavar="ADDRESS", default="", help="where the server is, HOST:PORT")
    window.add_argument("--name", default="", help="who you are (the window asks)")
    window.add_argument("--folder", metavar="FOLDER", default="", help="where downloads go (your downloads)")
    window.add_argument("--print", action="store_true", help="open no window; print the link to it")
    window.set_defaults(run=_window)


def _window(arguments: argparse.Namespace) -> int:
    from salon.faces.window.start import window

    return window(arguments.server, arguments.name, arguments.folder, show=not arguments.print)


def _add_place(command: argparse.ArgumentParser) -> None:
    command.add_argument("--server", metavar="HOST:PORT", default="", help="where the server is (127.0.0.1:12345)")
    command.add_argument("--room", default="", help="the room (lobby)")


def _send(arguments: argparse.Namespace) -> int:
    from salon.faces.shelf.commands import send

    return asyncio.run(send(arguments.server, arguments.name, arguments.room, arguments.files))


def _get(arguments: argparse.Namespace) -> int:
    from salon.faces.shelf.commands import get, get_from

    names, output = arguments.names, arguments.output
    if arguments.owner:
        whose = (arguments.server, arguments.name, arguments.owner)
        return asyncio.run(get_from(*whose, names, output, replace=arguments.replace))
    wishes = {"replace": arguments.replace, "udp": arguments.udp}
    return asyncio.run(get(arguments.server, arguments.room, names, output, **wishes))


def _files(arguments: argparse.Namespace) -> int:
    from salon.faces.shelf.commands import files

    return asyncio.run(files(arguments.server, arguments.room, as_json=arguments.json))


if __name__ == "__main__":
    sys.exit(main())
