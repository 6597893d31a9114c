#!/usr/bin/env python3
"""The file room's client."""

import sys
from pathlib import Path

try:
    from salon.faces.file_room.start import main
except ImportError:
    sys.path.append(str(Path(__file__).resolve().parents[1]))
    from own_python import go_on

    go_on()
    raise

sys.exit(main())
