"""Starting the menu chat's client."""

import asyncio

from salon.client.address import Address
from salon.faces.arguments import parser, port
from salon.faces.menu.chat import MenuChat
from salon.faces.program import run


def main() -> int:
    """Read the command line and talk; the exit status."""
    options = parser("The menu chat's client.")
    options.add_argument("-l", dest="own", metavar="PORT", type=port, required=True, help="port for others' requests")
    options.add_argument("-p", dest="port", metavar="PORT", type=port, required=True, help="the server's port")
    options.add_argument("-s", dest="host", metavar="HOST", default="127.0.0.1", help="the server's machine (this one)")
    given = options.parse_args()
    return asyncio.run(run(lambda streams: MenuChat(streams, str(Address(given.host, given.port)), given.own)))
