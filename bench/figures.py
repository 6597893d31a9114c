"""Figures and what is wanted of them, as values and as lines for people. Pure: nothing is measured here."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

MISSED = "MISSED"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number beside the bound that is wanted of it.

    `bound` says on which side of `wanted` the good numbers lie; None: nothing is wanted, the number is for information.
    """

    name: str
    value: float
    unit: str
    wanted: float | None = None
    bound: Literal["at least", "at most"] = "at most"

    @property
    def met(self) -> bool:
        """Whether the number is as wanted."""
        if self.wanted is None:
            return True
        return self.value >= self.wanted if self.bound == "at least" else self.value <= self.wanted

    def __str__(self) -> str:
        line = f"{self.name:<34} {self.value:>9.2f} {self.unit}"
        if self.wanted is None:
            return line.rstrip()
        return f"{line:<52} wanted: {self.bound} {self.wanted:g}{'' if self.met else f'   {MISSED}'}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Deliveries a second of two servers at the same work, a pair per round, and the least ratio that is wanted.

    A pair is measured one right after the other, so whatever slows the machine down for a while slows both.
    """

    work: str
    ours: Sequence[float]
    theirs: Sequence[float]
    wanted: float | None = None

    @property
    def ratio(self) -> float:
        """The median of the rounds' ratios."""
        return statistics.median(one / other for one, other in zip(self.ours, self.theirs, strict=True))

    @property
    def met(self) -> bool:
        """Whether the ratio is as wanted."""
        return self.wanted is None or self.ratio >= self.wanted


def comparison_table(rows: Sequence[Comparison], our_name: str, their_name: str) -> str:
    """The comparisons for people, one line each: medians of deliveries, ratio, wanted ratio."""
    lines = [f"{'members, senders, window':<26}{our_name:>12}{their_name:>14}{'ratio':>8}{'wanted':>8}"]
    for row in rows:
        ours, theirs = (millions(statistics.median(figures)) for figures in (row.ours, row.theirs))
        wanted = "" if row.wanted is None else f"{row.wanted:g}"
        missed = "" if row.met else f"   {MISSED}"
        lines.append(f"{row.work:<26}{ours:>12}{theirs:>14}{row.ratio:>8.2f}{wanted:>8}{missed}".rstrip())
    return "\n".join(lines)


def millions(number: float) -> str:
    """A number of deliveries as `4.21 M`."""
    return f"{number / 1e6:.2f} M"
