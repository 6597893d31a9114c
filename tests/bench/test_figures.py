"""Ratios, bounds and the lines that show them."""

from __future__ import annotations

import pytest

from figures import Comparison, Figure, comparison_table


def test_the_ratio_is_the_median_of_the_rounds_ratios_not_the_ratio_of_medians() -> None:
    row = Comparison("100, 10, 10", ours=[4e6, 1e6, 3e6], theirs=[2e6, 4e6, 1e6], wanted=0.9)
    assert row.ratio == 2.0
    assert row.met


def test_a_missed_ratio_is_marked_and_a_met_one_is_not() -> None:
    table = comparison_table(
        [
            Comparison("missed", [1e6], [2e6], 0.6),
            Comparison("met", [2e6], [1e6], 0.6),
            Comparison("free", [1e6], [9e6]),
        ],
        "Salon",
        "nats-server",
    )
    heads, missed, met, free = table.splitlines()
    assert heads.split() == ["members,", "senders,", "window", "Salon", "nats-server", "ratio", "wanted"]
    assert missed.split() == ["missed", "1.00", "M", "2.00", "M", "0.50", "0.6", "MISSED"]
    assert met.split() == ["met", "2.00", "M", "1.00", "M", "2.00", "0.6"]
    assert free.split() == ["free", "1.00", "M", "9.00", "M", "0.11"]


def test_a_figure_is_met_on_its_own_side_of_the_bound() -> None:
    assert Figure("p50", 2.0, "ms", 2.0).met
    assert not Figure("p50", 2.1, "ms", 2.0).met
    assert Figure("ratio", 0.9, "", 0.9, "at least").met
    assert not Figure("ratio", 0.8, "", 0.9, "at least").met
    assert Figure("memory", 1e9, "MB").met


@pytest.mark.parametrize(
    ("figure", "line"),
    [
        (Figure("idle server", 61.0, "MB", 60.0), "idle server 61.00 MB wanted: at most 60 MISSED"),
        (Figure("idle server", 31.0, "MB", 60.0), "idle server 31.00 MB wanted: at most 60"),
        (Figure("more memory", 1.5, "MB"), "more memory 1.50 MB"),
    ],
)
def test_a_figure_says_what_is_wanted_and_whether_it_was_missed(figure: Figure, line: str) -> None:
    assert str(figure).split() == line.split()
