#!/usr/bin/env python3
"""The lab chat's server: `salon serve` for this machine, with everything in SERVER_MEDIA where it was started."""

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

options = parser("The lab chat's server.")
options.add_argument("--host", metavar="ADDRESS", default="127.0.0.1", help="address to listen on (127.0.0.1)")
options.add_argument("--port", metavar="PORT", default="12345", help="TCP port (12345)")
given = options.parse_args()
sys.exit(main(["serve", "--host", given.host, "--port", given.port, "--data", "SERVER_MEDIA", "--by-name"]))
