"""The shelf as rules: what a file pushes out, who may take one away, and that a replayed log has the same shelf."""

from hypothesis import given
from hypothesis import strategies as st

from salon.core.batch import Submission, decide_batch
from salon.core.commands import Shelve, Unshelve
from salon.core.events import Entry, Shelved, Unshelved
from salon.core.filenames import SafeName
from salon.core.people import OPERATOR, Person
from salon.core.room import RoomState, replay
from salon.core.rules import decide
from salon.core.shelf import find
from salon.errors import NO_SUCH_FILE, NOT_YOUR_FILE, Refusal

ANN, BOB = Person("ann", 1), Person("bob", 2)
HASH = "0" * 64


def shelve(name: str, keep: int = 0, sha256: str = HASH) -> Shelve:
    return Shelve(SafeName(name), 3, sha256, keep)


def after(*commands: Shelve | Unshelve, author: Person = ANN) -> tuple[RoomState, list[Entry]]:
    batch = decide_batch(RoomState(), 0, 7, [Submission(author, command) for command in commands], {})
    return batch.state, batch.entries


def names(state: RoomState) -> list[str]:
    return [mark.name for mark in state.shelf]


def test_the_newest_is_in_front_and_a_sixth_pushes_out_the_oldest() -> None:
    state, entries = after(*(shelve(f"f{n}", keep=5) for n in range(1, 7)))
    assert names(state) == ["f6", "f5", "f4", "f3", "f2"]
    assert entries[-1].event == Unshelved(SafeName("f1"), HASH, 5)
    assert entries[-2].event == Shelved(SafeName("f6"), 3, HASH)
    assert [entry.seq for entry in entries] == [1, 2, 3, 4, 5, 6, 7]


def test_the_same_name_again_is_newly_received_and_pushes_nothing_out() -> None:
    state, entries = after(shelve("a", 2), shelve("b", 2), shelve("a", 2, "1" * 64))
    assert names(state) == ["a", "b"]
    assert len(entries) == 3
    mark = find(state.shelf, "a")
    assert mark is not None
    assert (mark.sha256, mark.seq, mark.time, mark.by) == ("1" * 64, 3, 7, "ann")


def test_a_shelf_that_keeps_fewer_than_it_holds_lets_all_the_others_go() -> None:
    state, entries = after(shelve("a"), shelve("b"), shelve("c"), shelve("d", keep=1))
    assert names(state) == ["d"]
    assert [entry.event.name for entry in entries[4:] if isinstance(entry.event, Unshelved)] == ["c", "b", "a"]


def test_only_its_sender_takes_a_file_away() -> None:
    state, _ = after(shelve("a"))
    theirs = decide(BOB, Unshelve("a"), {}, state)
    assert isinstance(theirs, Refusal)
    assert theirs.problem is NOT_YOUR_FILE
    missing = decide(ANN, Unshelve("b"), {}, state)
    assert isinstance(missing, Refusal)
    assert missing.problem is NO_SUCH_FILE
    assert missing.message == "The b doesn't exist"
    assert decide(ANN, Unshelve("a"), {}, state) == Unshelved(SafeName("a"), HASH)
    assert decide(OPERATOR, Unshelve("a"), {}, state) == Unshelved(SafeName("a"), HASH)


FILES = st.sampled_from(["a", "b", "c", "d"])


@given(st.lists(st.one_of(st.builds(shelve, FILES, st.integers(0, 3)), st.builds(Unshelve, FILES)), max_size=30))
def test_a_replayed_log_has_the_same_shelf(commands: list[Shelve | Unshelve]) -> None:
    state, entries = after(*commands)
    assert replay(entries) == state
    assert len(set(names(state))) == len(state.shelf)
    last = next((c for c in reversed(commands) if isinstance(c, Shelve)), None)
    if last is not None and last.keep:
        assert len(state.shelf) <= last.keep


def test_one_id_stands_for_all_that_a_command_caused() -> None:
    first = Submission(ANN, Shelve(SafeName("a"), 1, HASH, 1, id="x"))
    second = Submission(ANN, Shelve(SafeName("b"), 1, HASH, 1, id="y"))
    batch = decide_batch(RoomState(), 0, 1, [first, second, second], {})
    assert [kept.seq for kept in batch.keys.values()] == [1, 2]
    assert batch.outcomes[1] == batch.outcomes[2]
    assert len(batch.entries) == 3
