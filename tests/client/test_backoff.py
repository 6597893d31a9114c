"""Waiting for a server that is away."""

from hypothesis import given
from hypothesis import strategies as st

from salon.client.backoff import FIRST_SECONDS, LONGEST_SECONDS, Backoff


def test_it_doubles_up_to_its_bound_and_begins_again() -> None:
    backoff = Backoff(lambda: 1.0)
    assert [backoff.next() for _ in range(8)] == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]
    backoff.reset()
    assert backoff.next() == 0.1


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_chance_shortens_by_half_at_most(lots: list[float]) -> None:
    drawn = iter(lots)
    backoff = Backoff(lambda: next(drawn))
    for n in range(len(lots)):
        longest = min(LONGEST_SECONDS, FIRST_SECONDS * 2**n)
        assert longest / 2 <= backoff.next() <= longest
