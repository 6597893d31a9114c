"""Going on with the project's own Python, for launchers that were started with one that does not have Salon.

Standard library only: it has to run under whatever Python there is.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".venv" / ("Scripts" if os.name == "nt" else "bin")
PYTHON = FOLDER / ("python.exe" if os.name == "nt" else "python")


def go_on(windows: bool = os.name == "nt") -> None:
    """Start this very command line again with the Python in `.venv`. Comes back only where this is that Python.

    The process stays the same one, with its streams, options, signals and exit status. Windows has no such thing:
    there it is a child's status that this process ends with.
    """
    if Path(sys.executable).parent.resolve() == FOLDER.resolve():
        return
    if not PYTHON.exists():
        sys.exit(f"Salon is not set up yet: run `make setup` in {ROOT} and try again.")
    command = [str(PYTHON), *sys.orig_argv[1:]]
    if not windows:
        os.execv(PYTHON, command)  # noqa: S606 -- no shell is just what is wanted
    with subprocess.Popen(command) as child:
        while True:
            try:
                sys.exit(child.wait())
            except KeyboardInterrupt:
                pass  # the child was told so too, and ends as it sees fit
