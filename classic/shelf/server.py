#!/usr/bin/env python3
"""The file room's server: `salon serve` for all machines, with a shelf that keeps the five newest files."""

import sys
from pathlib import Path

try:
    from salon.cli import main
    from salon.faces.arguments import parser
except ImportError:
    sys.path.append(str(Path(__file__).resolve().parents[1]))
    from own_python import go_on

    go_on()
    raise

options = parser("The file room's server.")
options.add_argument("port", metavar="PORT", nargs="?", default="12345", help="TCP port (12345)")
given = options.parse_args()
everywhere = "0.0.0.0"  # noqa: S104 -- the file room is for all machines
shelf = ["--data", "SERVER_FILES", "--by-name", "--keep", "5", "--max-file", "100MiB"]
sys.exit(main(["serve", "--host", everywhere, "--port", given.port, *shelf]))
