#!/usr/bin/env python3
"""The window chat's server: `salon serve` with the files of the folder where it was started, in a window of its own."""

import sys
from pathlib import Path

try:
    from salon.cli import main
    from salon.client.address import parse_address
    from salon.errors import SalonError
    from salon.faces.arguments import parser
except ImportError:
    sys.path.append(str(Path(__file__).resolve().parents[2]))
    from own_python import go_on

    go_on()
    raise

options = parser("The window chat's server.")
options.add_argument("address", metavar="ADDRESS", help="address to listen on, HOST or HOST:PORT (12345)")
options.add_argument("--no-window", action="store_true", help="open no window; the link to it is printed")
given = options.parse_args()
try:
    address = parse_address(given.address)
except SalonError as error:
    options.exit(error.refusal.problem.status, f"{error}\n")
place = ["--host", f"{address.host},127.0.0.1", "--port", str(address.port)]
window = [] if given.no_window else ["--window"]
sys.exit(main(["serve", *place, "--data", ".salon", "--library", ".", "--log-private", *window]))
