"""Starting the file room's client."""

import asyncio

from salon.faces.arguments import parser, port
from salon.faces.file_room.chat import FileRoom
from salon.faces.program import run


def main() -> int:
    """Read the command line and talk; the exit status."""
    options = parser("The file room's client.")
    options.add_argument("host", metavar="HOST", nargs="?", default="", help="the server's machine (asked for)")
    options.add_argument("port", metavar="PORT", nargs="?", type=port, default=0, help="the server's port (asked for)")
    given = options.parse_args()
    return asyncio.run(run(lambda streams: FileRoom(streams, given.host, given.port)))
