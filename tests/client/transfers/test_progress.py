"""How far a transfer is, and how fast."""

from __future__ import annotations

import pytest

from salon.client.transfers.progress import Meter, State


def test_a_steady_rate_is_that_rate() -> None:
    meter = Meter()
    for second in range(10):
        meter.note(float(second), second * 1000)
    assert meter.rate == pytest.approx(1000)
    assert meter.eta(5000) == pytest.approx(5.0)


def test_a_rate_follows_what_changes_but_not_at_once() -> None:
    meter = Meter()
    for second in range(10):
        meter.note(float(second), second * 1000)
    meter.note(10.0, 19_000)
    assert 1000 < meter.rate < 10_000
    for second in range(11, 60):
        meter.note(float(second), 19_000 + (second - 10) * 10_000)
    assert meter.rate == pytest.approx(10_000, rel=0.01)


def test_what_was_taken_back_is_not_a_rate() -> None:
    meter = Meter()
    meter.note(0.0, 0)
    meter.note(1.0, 5000)
    meter.note(2.0, 1000)
    assert meter.rate == 5000
    meter.note(3.0, 6000)
    assert meter.rate == 5000


def test_no_rate_is_taken_from_a_moment() -> None:
    meter = Meter()
    meter.note(0.0, 0)
    meter.note(0.01, 1_000_000)
    assert meter.rate == 0
    assert meter.eta(1) is None


def test_what_stands_still_has_no_rate() -> None:
    meter = Meter()
    meter.note(0.0, 0)
    meter.note(1.0, 1000)
    meter.stop()
    assert meter.eta(1000) is None
    meter.note(100.0, 1000)
    meter.note(101.0, 3000)
    assert meter.rate == 2000


def test_three_states_are_the_end() -> None:
    assert {state for state in State if state.over} == {State.DONE, State.FAILED, State.CANCELLED}
