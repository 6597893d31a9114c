#!/usr/bin/env python3
"""The window chat's client."""

import sys
from pathlib import Path

try:
    from salon.faces.window.start import plain
except ImportError:
    sys.path.append(str(Path(__file__).resolve().parents[2]))
    from own_python import go_on

    go_on()
    raise

sys.exit(plain())
