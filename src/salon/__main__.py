"""`python -m salon` is `salon`."""

import sys

from salon.cli import main

sys.exit(main())
