"""Starting the lab chat's client."""

import asyncio

from salon import PORT
from salon.client.address import Address
from salon.faces.arguments import parser, port
from salon.faces.lab.chat import LabChat
from salon.faces.lab.files import ENCODINGS
from salon.faces.program import run


def main() -> int:
    """Read the command line and talk; the exit status."""
    options = parser("The lab chat's client.")
    options.add_argument("--host", metavar="HOST", default="127.0.0.1", help="the server's machine (this one)")
    options.add_argument("--port", metavar="PORT", type=port, default=PORT, help="the server's port (12345)")
    options.add_argument(
        "--encoding", choices=ENCODINGS, default="", help="how files travel (.txt as base64, all else raw)"
    )
    options.add_argument("--clean", action="store_true", help="remove what was downloaded at the end (it is kept)")
    given = options.parse_args()
    address = Address(given.host, given.port)
    return asyncio.run(run(lambda streams: LabChat(streams, address, encoding=given.encoding, clean=given.clean)))
