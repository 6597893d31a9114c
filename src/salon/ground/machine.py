"""What this process and its disk take, as the system says."""

import shutil
import sys
from pathlib import Path

from salon.core.limits import KIB

_STATUS = Path("/proc/self/status")


def memory_bytes() -> int | None:
    """Resident memory of this process; the most that it ever was where the system tells no more, None where nothing."""
    try:
        status = _STATUS.read_text()
    except OSError:
        return _most_bytes()
    line = next((line for line in status.splitlines() if line.startswith("VmRSS:")), "VmRSS: 0 kB")
    return int(line.split()[1]) * KIB


def _most_bytes() -> int | None:
    try:
        import resource
    except ImportError:  # Windows
        return None
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * KIB


def disk_bytes(folder: Path) -> tuple[int, int] | None:
    """Free bytes and all bytes of the disk that holds this folder; None where the system does not say."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:
        return None
    return usage.free, usage.total
