"""The floor that each file's test coverage must reach.

The pure code has no excuse for an untested branch; everything else meets the operating system, where a few branches
cannot be provoked. A floor per file, unlike one for the whole, cannot be paid for by another file's surplus.

By hand, after a run of the tests: ``coverage json && python tools/coverage_gate.py coverage.json``.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

Report = Mapping[str, Any]
"""What ``coverage json`` writes."""

PURE = (PurePosixPath("src/salon/core"), PurePosixPath("src/salon/wire"), PurePosixPath("src/salon/errors.py"))
PURE_FLOOR = 100.0
FLOOR = 90.0

# A table is read by people; past this many gaps they will open the file anyway.
GAPS_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Shortfall:
    """A file under its floor; ``gaps`` are lines (``12``, ``14-17``) and branches (``20->22``) that no test took."""

    path: str
    percent: float
    floor: float
    gaps: tuple[str, ...]


def floor_of(path: str) -> float:
    """Percent of lines and branches together that the tests of the file at ``path`` must reach."""
    file = PurePosixPath(path)
    return PURE_FLOOR if any(file.is_relative_to(pure) for pure in PURE) else FLOOR


def shortfalls(report: Report) -> list[Shortfall]:
    """The files of a coverage report under their floors, the worst first."""
    found = [
        Shortfall(path, percent, floor_of(path), tuple(_gaps(file)))
        for path, file in report["files"].items()
        if (percent := _percent(file["summary"])) < floor_of(path)
    ]
    return sorted(found, key=lambda shortfall: (shortfall.percent - shortfall.floor, shortfall.path))


def table(found: Iterable[Shortfall]) -> str:
    """The shortfalls for people, one line each."""
    rows = [(f"{s.percent:.1f} %", f"{s.floor:.0f} %", s.path, _shown(s.gaps)) for s in found]
    heads = ("covered", "floor", "file", "not covered")
    widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(3)]
    return "\n".join(
        f"{covered:>{widths[0]}}  {floor:>{widths[1]}}  {path:<{widths[2]}}  {gaps}".rstrip()
        for covered, floor, path, gaps in (heads, *rows)
    )


def _percent(summary: Mapping[str, Any]) -> float:
    # Not coverage's own figure: that one may be rounded, and 99.96 % is not all.
    total = summary["num_statements"] + summary.get("num_branches", 0)
    covered = summary["covered_lines"] + summary.get("covered_branches", 0)
    return 100.0 * covered / total if total else 100.0


def _gaps(file: Mapping[str, Any]) -> Iterable[str]:
    missing = set(file["missing_lines"])
    yield from _ranges(sorted(missing))
    for start, end in file.get("missing_branches", ()):
        # A branch from or to a line that never ran is told by the line.
        if start not in missing and end not in missing:
            yield f"{start}->{'exit' if end < 0 else end}"


def _ranges(lines: list[int]) -> Iterable[str]:
    start = 0
    for index, line in enumerate(lines):
        if index + 1 == len(lines) or lines[index + 1] != line + 1:
            yield f"{lines[start]}-{line}" if index > start else f"{line}"
            start = index + 1


def _shown(gaps: tuple[str, ...]) -> str:
    more = f" and {len(gaps) - GAPS_SHOWN} more" if len(gaps) > GAPS_SHOWN else ""
    return ", ".join(gaps[:GAPS_SHOWN]) + more


def main(arguments: list[str]) -> int:
    """Judge the report at the path in ``arguments``: 0 if every file reaches its floor, else 1 with the table."""
    report: Report = json.loads(Path(arguments[0] if arguments else "coverage.json").read_text(encoding="utf-8"))
    found = shortfalls(report)
    if found:
        print(table(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
