"""Starting the lab chat's client."""

import asyncio

from salon.client.address import Address
from salon.config import PORT
from salon.faces.arguments import parser, port
from salon.faces.lab.chat import LabChat
from salon.faces.program import run


def main() -> int:
    """Read the command line and talk; the exit status."""
    options = parser("The lab chat's client.")
    options.add_argument("--host", metavar="HOST", default="127.0.0.1", help="the server's machine (this one)")
    options.add_argument("--port", metavar="PORT", type=port, default=PORT, help="the server's port (12345)")
    given = options.parse_args()
    return asyncio.run(run(lambda streams: LabChat(streams, Address(given.host, given.port))))
