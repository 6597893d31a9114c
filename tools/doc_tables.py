"""The tables in docs/protocol.md that the code knows better than anybody: errors and limits.

`python -m tools.doc_tables` writes them anew, each between its two markers; a test compares them with the code.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from salon.core import limits
from salon.core.limits import KIB, MIB
from salon.errors import CATALOGUE

PROTOCOL = Path(__file__).parents[1] / "docs" / "protocol.md"
_UNITS = ("KIB", "MIB")
_CONSTANT = re.compile(r"^(?P<name>[A-Z_]+) = [^#\n]+?(?:  # (?P<reason>.+))?$", re.MULTILINE)


def errors_table() -> str:
    """Every problem of the catalogue: code, sentence with its advice, whether a retry may help."""
    rows = [
        f"| `{problem.code}` | {problem.sentence} {problem.advice}".rstrip()
        + f" | {'yes' if problem.retry else 'no'} |"
        for problem in CATALOGUE.values()
    ]
    return "\n".join(["| code | sentence | retry |", "|---|---|---|", *rows])


def limits_table() -> str:
    """Every bound, with the reason that stands beside it in the code."""
    source = Path(limits.__file__).read_text(encoding="utf-8")
    rows = [
        f"| `{found['name']}` | {quantity(found['name'], getattr(limits, found['name']))} | {found['reason'] or ''} |"
        for found in _CONSTANT.finditer(source)
        if found["name"] not in _UNITS
    ]
    return "\n".join(["| limit | value | of what |", "|---|---|---|", *rows])


def quantity(name: str, value: int) -> str:
    """The value for people, in the unit that the constant's name tells; bytes are the default of the module."""
    if name.endswith("_SECONDS"):
        return f"{value:,} s"
    if name.endswith(("_BYTES", "_WATER")):
        for unit, size in (("MiB", MIB), ("KiB", KIB)):
            if value % size == 0:
                return f"{value // size:,} {unit}"
        return f"{value:,} bytes"
    return f"{value:,}"


def written_anew(text: str) -> str:
    """The document with its tables as the code has them now. Raises ValueError where a marker is missing."""
    for name, table in (("errors", errors_table()), ("limits", limits_table())):
        begin, end = f"<!-- table: {name} -->\n", f"\n<!-- end of table: {name} -->"
        head, found_begin, rest = text.partition(begin)
        _, found_end, tail = rest.partition(end)
        if not (found_begin and found_end):
            raise ValueError(f"The markers of the table {name} are missing.")
        text = head + begin + table + end + tail
    return text


def main() -> int:
    """Write the tables; 0."""
    text = PROTOCOL.read_text(encoding="utf-8")
    PROTOCOL.write_text(written_anew(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
