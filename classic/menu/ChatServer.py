#!/usr/bin/env python3
"""The menu chat's server: `salon serve` for this machine; it keeps nothing."""

import sys
from pathlib import Path

try:
    from salon.cli import main
    from salon.faces.arguments import parser, port
except ImportError:
    sys.path.append(str(Path(__file__).resolve().parents[1]))
    from own_python import go_on

    go_on()
    raise

options = parser("The menu chat's server.")
options.add_argument("port", metavar="PORT", type=port, help="TCP port to listen on")
given = options.parse_args()
sys.exit(main(["serve", "--host", "127.0.0.1", "--port", str(given.port), "--memory"]))
