"""Reading the documents: sections, tables, fenced blocks, links."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\((?P<target>[^)\s]+)\)|<(?:img|source)[^>]*?(?:src|srcset)=\"(?P<source>[^\"]+)\"")


def read(path: str) -> str:
    """A document of the project, by its path from the root."""
    return (ROOT / path).read_text(encoding="utf-8")


def documents() -> list[Path]:
    """Every document that is kept with the project."""
    return sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("classic/**/*.md")])


def sections(text: str, level: int) -> dict[str, str]:
    """The text under each heading of this level, by heading without its backticks."""
    parts = re.split(rf"^{'#' * level} (.+)$", text, flags=re.MULTILINE)[1:]
    return {title.strip("`"): body for title, body in zip(parts[::2], parts[1::2], strict=True)}


def tables(text: str) -> list[list[list[str]]]:
    """Every table, as rows of cells, the heads first."""
    found = re.findall(r"(?:^\|.*\|\n?)+", text, flags=re.MULTILINE)
    return [[_cells(line) for line in table.splitlines() if not re.match(r"^\|[-|]+$", line)] for table in found]


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip()[1:-1].split("|")]


def blocks(text: str, info: str) -> list[str]:
    """The fenced blocks with this info string."""
    return [found["body"] for found in _FENCE.finditer(text) if found["info"] == info]


def links(text: str) -> list[str]:
    """Where links and pictures of a document point to, code left out."""
    text = re.sub(r"`[^`\n]*`", "", _FENCE.sub("", text))
    return [found["target"] or found["source"] for found in _LINK.finditer(text)]


def anchors(text: str) -> set[str]:
    """What a document's headings are called in links, as GitHub makes it: a second one of a name ends in -1."""
    found: list[str] = []
    for heading in re.findall(r"^#+ (.+)$", _FENCE.sub("", text), flags=re.MULTILINE):
        name = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        again = sum(re.fullmatch(rf"{re.escape(name)}(-\d+)?", other) is not None for other in found)
        found.append(f"{name}-{again}" if again else name)
    return set(found)
