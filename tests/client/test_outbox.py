"""What was asked and not answered yet."""

from hypothesis import given
from hypothesis import strategies as st

from salon.client.outbox import Outbox


def test_ids_grow_and_bear_the_prefix() -> None:
    outbox: Outbox[str, int] = Outbox("run-")
    ids = [outbox.new_id() for _ in range(300)]
    assert ids == sorted(set(ids))
    assert all(id_.startswith("run-") for id_ in ids)


def test_it_is_full_by_number() -> None:
    by_number: Outbox[str, int] = Outbox("", count=2, size=100)
    by_number.add("1", "a", b"x", 0)
    assert not by_number.full
    by_number.add("2", "b", b"x", 0)
    assert by_number.full


def test_it_is_full_by_size() -> None:
    by_size: Outbox[str, int] = Outbox("", count=2, size=100)
    by_size.add("1", "a", bytes(100), 0)
    assert by_size.full
    assert by_size.settle("1") is not None
    assert not by_size.full


def test_nobody_is_answered_twice() -> None:
    outbox: Outbox[str, int] = Outbox("")
    outbox.add("1", "a", b"x", 7)
    asked = outbox.settle("1")
    assert asked is not None
    assert (asked.id, asked.request, asked.waiter) == ("1", "a", 7)
    assert outbox.settle("1") is None
    assert outbox.settle("never") is None


def test_giving_up_empties_it() -> None:
    outbox: Outbox[str, int] = Outbox("", size=2)
    outbox.add("1", "a", b"xx", 7)
    assert [asked.waiter for asked in outbox.clear()] == [7]
    assert (len(outbox), outbox.full) == (0, False)


@given(st.lists(st.booleans() | st.integers(0, 30), max_size=60))
def test_what_is_left_is_what_was_asked_less_what_was_answered_in_order(steps: list[bool | int]) -> None:
    outbox: Outbox[int, None] = Outbox("")
    left: list[str] = []
    for n, step in enumerate(steps):
        if isinstance(step, bool) or not left:
            left.append(outbox.new_id())
            outbox.add(left[-1], n, b"data", None)
        else:
            outbox.settle(left.pop(step % len(left)))
        assert [asked.id for asked in outbox.unanswered()] == left
        assert len(outbox) == len(left)
