"""What lies on a disk; and small ones in memory, to be filled up, which need root."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def mounted(folder: Path, kib: int) -> Iterator[Path]:
    """A tmpfs of so many KiB on this folder, taken away in the end."""
    folder.mkdir(parents=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", str(folder)], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """Leave no room at all; the file that took it, to be removed."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            pass
    return ballast


def files(place: Path) -> list[str]:
    """All files below this folder, by their paths from there."""
    return sorted(str(path.relative_to(place)) for path in place.rglob("*") if path.is_file())
