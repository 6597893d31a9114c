"""The catalogue of refusals as the web page has it: `python -m tools.web_catalogue` writes it anew.

One sentence belongs to each code, with its advice behind it. The page says refusals by code and fields, in its reader's
language; which codes there are, its type checker learns from here. A test compares the file with the code.
"""

from __future__ import annotations

import json
from pathlib import Path

from salon.errors import CATALOGUE

REFUSALS = Path(__file__).parents[1] / "web" / "src" / "generated" / "refusals.json"


def refusals() -> str:
    """The file as it should be."""
    sentences = {problem.code: f"{problem.sentence} {problem.advice}".rstrip() for problem in CATALOGUE.values()}
    return json.dumps(sentences, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    REFUSALS.parent.mkdir(exist_ok=True)
    REFUSALS.write_text(refusals(), encoding="utf-8")
