"""The picture of a conversation in the README, drawn from what stood on two screens.

`python -m tools.draw_conversation` reads docs/conversation.txt and writes docs/conversation.svg. In the text,
`=== TITLE` begins a screen; every other line is a line of it. No fonts and no scripts: the picture has the reader's own
fixed-width letters, and is light or dark as they like it.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from html import escape
from pathlib import Path

DOCS = Path(__file__).parents[1] / "docs"
TRANSCRIPT, PICTURE = DOCS / "conversation.txt", DOCS / "conversation.svg"

COLUMNS = 49  # of one screen
CHARACTER, LINE = 8, 20  # pixels; wide enough for the widest of the usual fonts at 13 pixels
MARGIN, BAR, GAP = 16, 34, 16

_STYLE = """
text { font: 13px ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  fill: #24292f }
.window { fill: #ffffff; stroke: #d0d7de } .bar { fill: #f0f2f5 } .dot { fill: #c4ccd4 }
.title { font-family: system-ui, sans-serif; fill: #57606a } .note { fill: #6e7781 } .prompt { fill: #1a7f37 }
.name0 { fill: #0550ae; font-weight: bold } .name1 { fill: #8250df; font-weight: bold }
.name2 { fill: #bc4c00; font-weight: bold }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 }
.window { fill: #161b22; stroke: #30363d } .bar { fill: #21262d } .dot { fill: #484f58 }
.title { fill: #9198a1 } .note { fill: #8b949e } .prompt { fill: #3fb950 }
.name0 { fill: #79c0ff } .name1 { fill: #d2a8ff } .name2 { fill: #ffa657 }
}"""
_NOTE = re.compile(r"(?:\d\d:\d\d )?\* |— |>$|.* · \d+ here\Z")
_SAID = re.compile(r"(?P<before>(?:\d\d:\d\d )?)(?P<name>[^\s:*$/][^:]{0,24}?)(?P<rest>(?: \([^)]*\))?:(?: .*)?)\Z")


@dataclass(frozen=True, slots=True)
class Screen:
    """What stood on one screen, with whose it was."""

    title: str
    lines: list[str]


def screens(transcript: str) -> list[Screen]:
    """The screens of a transcript. Raises ValueError where a line is too long for one."""
    found: list[Screen] = []
    for line in transcript.rstrip().splitlines():
        if line.startswith("=== "):
            found.append(Screen(line[4:], []))
        elif len(line) > COLUMNS:
            raise ValueError(f"More than {COLUMNS} characters: {line}")
        else:
            found[-1].lines.append(line)
    return found


def picture(found: list[Screen]) -> str:
    """The screens side by side, as SVG."""
    rows = max(len(screen.lines) for screen in found)
    width, height = COLUMNS * CHARACTER + 2 * MARGIN, BAR + rows * LINE + 2 * MARGIN - 6
    whole = len(found) * (width + GAP) - GAP
    names: dict[str, int] = {}
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" xml:space="preserve" width="{whole + 2}"'
        f' height="{height + 2}" viewBox="-1 -1 {whole + 2} {height + 2}" role="img"'
        f' aria-label="A conversation on {len(found)} screens">',
        f"<style>{_STYLE}\n</style>",
    ]
    for number, screen in enumerate(found):
        parts += _window(screen, number * (width + GAP), width, height, names)
    return "\n".join([*parts, "</svg>", ""])


def _window(screen: Screen, left: int, width: int, height: int, names: dict[str, int]) -> list[str]:
    dots = [f'<circle class="dot" cx="{20 + 18 * n}" cy="{BAR // 2}" r="5.5"/>' for n in range(3)]
    lines = [
        f'<text x="{MARGIN}" y="{BAR + MARGIN + 9 + row * LINE}">{_spans(line, names)}</text>'
        for row, line in enumerate(screen.lines)
        if line
    ]
    return [
        f'<g transform="translate({left} 0)">',
        f'<rect class="window" width="{width}" height="{height}" rx="8"/>',
        f'<path class="bar" d="M1 {BAR} V8 a7 7 0 0 1 7 -7 H{width - 8} a7 7 0 0 1 7 7 V{BAR} Z"/>',
        *dots,
        f'<text class="title" x="{width // 2}" y="{BAR // 2 + 5}" text-anchor="middle">{escape(screen.title)}</text>',
        *lines,
        "</g>",
    ]


def _spans(line: str, names: dict[str, int]) -> str:
    """The line, coloured: the shell's prompt, notes, and each person's name in a colour of its own."""
    if line.startswith("$ "):
        return f'<tspan class="prompt">$</tspan>{escape(line[1:])}'
    if _NOTE.match(line):
        return f'<tspan class="note">{escape(line)}</tspan>'
    said = _SAID.match(line)
    if said is None:
        return escape(line)
    colour = names.setdefault(said["name"], len(names)) % 3
    before = f'<tspan class="note">{escape(said["before"])}</tspan>' if said["before"] else ""
    return f'{before}<tspan class="name{colour}">{escape(said["name"])}</tspan>{escape(said["rest"])}'


def main() -> int:
    """Draw; 0."""
    PICTURE.write_text(picture(screens(TRANSCRIPT.read_text(encoding="utf-8"))), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
