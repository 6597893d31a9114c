#!/usr/bin/env python3
"""The lab chat's client."""

import sys
from pathlib import Path

try:
    from salon.faces.lab.start import main
except ImportError:
    sys.path.append(str(Path(__file__).resolve().parents[1]))
    from own_python import go_on

    go_on()
    raise

sys.exit(main())
