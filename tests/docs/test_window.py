"""The errands that docs/window.md tells are those that there are."""

from __future__ import annotations

import re

from salon.faces.window import words
from tests.docs.reading import read, sections, tables


def test_every_errand_is_told() -> None:
    rows = tables(sections(read("docs/window.md"), 2)["Errands"])[0][1:]
    told = {name for row in rows for name in re.findall(r"`(\w+)`", row[0])}
    assert told == set(words._TYPES)
