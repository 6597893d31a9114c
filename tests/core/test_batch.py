from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from salon.core.batch import Kept, fingerprint
from salon.core.commands import ChangeTopic, Command, Delete, Edit, Say
from salon.core.events import Edited, Entry, Redacted, Said
from salon.core.people import Person
from salon.core.room import RoomState, apply, replay
from salon.errors import ID_REUSED, NO_SUCH_MESSAGE, NOT_YOURS, REDACTED, Refusal
from tests.support.paper import ANN, BOB, Outcome, Paper


def problem_of(outcome: Outcome) -> object:
    return outcome.problem if isinstance(outcome, Refusal) else None


def seq_of(outcome: Outcome) -> int:
    assert isinstance(outcome, Kept)
    return outcome.seq


def test_a_batch_is_numbered_from_the_head_on() -> None:
    paper = Paper()
    paper.take((ANN, Say("one")))
    batch = paper.decide((ANN, Say("two", id="x")), (BOB, Say("")), (BOB, Say("three")))
    assert batch.entries == [
        Entry(2, paper.now, "ann", 1, Said("two"), "x"),
        Entry(3, paper.now, "bob", 2, Said("three")),
    ]
    assert batch.keys == {(1, "x"): Kept(2, paper.now, fingerprint(Say("two")))}
    assert [problem_of(outcome) is None for outcome in batch.outcomes] == [True, False, True]


def test_an_id_twice_in_one_batch_is_one_entry() -> None:
    paper = Paper()
    first, again, other = paper.take(
        (ANN, Say("hi", id="x")), (ANN, Say("hi", id="x")), (ANN, Say("something else", id="x"))
    )
    assert first == again
    assert problem_of(other) is ID_REUSED
    assert paper.head == 1


def test_a_known_id_is_one_entry_later_too() -> None:
    paper = Paper()
    (first,) = paper.take((ANN, Say("hi", id="x")))
    again, other = paper.take((ANN, Say("hi", id="x")), (ANN, Say("ho", id="x")))
    assert first == again
    assert problem_of(other) is ID_REUSED
    assert paper.head == 1


def test_an_id_belongs_to_its_person() -> None:
    paper = Paper()
    anns, bobs = paper.take((ANN, Say("hi", id="x")), (BOB, Say("hi", id="x")))
    assert (seq_of(anns), seq_of(bobs)) == (1, 2)


def test_without_an_id_the_same_words_are_two_entries() -> None:
    assert [seq_of(outcome) for outcome in Paper().take((ANN, Say("hi")), (ANN, Say("hi")))] == [1, 2]


def test_ids_count_for_changes_too() -> None:
    paper = Paper()
    paper.take((ANN, Say("hi")))
    edited, again = paper.take((ANN, Edit(1, "ho", id="e")), (ANN, Edit(1, "ho", id="e")))
    assert edited == again
    assert [problem_of(one) for one in paper.take((ANN, Edit(1, "hu", id="e")), (ANN, Delete(1, id="e")))] == [
        ID_REUSED,
        ID_REUSED,
    ]


def test_an_edit_replaces_the_text() -> None:
    paper = Paper()
    paper.take((ANN, Say("tpyo")))
    paper.take((ANN, Edit(1, "typo")))
    assert paper.entries[1].event == Said("typo", edited=2)
    assert paper.entries[2].event == Edited(1, "typo")


def test_a_second_edit_takes_the_text_out_of_the_first() -> None:
    paper = Paper()
    paper.take((ANN, Say("a")))
    paper.take((ANN, Edit(1, "b")))
    paper.take((ANN, Edit(1, "c")))
    assert [paper.entries[seq].event for seq in (1, 2, 3)] == [Said("c", edited=3), Edited(1), Edited(1, "c")]


def test_edited_twice_and_deleted_in_one_batch_leaves_nothing() -> None:
    paper = Paper()
    paper.take((ANN, Say("a")))
    outcomes = paper.take((ANN, Edit(1, "b")), (ANN, Edit(1, "c")), (ANN, Delete(1)), (ANN, Edit(1, "d")))
    assert [problem_of(one) for one in outcomes] == [None, None, None, REDACTED]
    assert [paper.entries[seq].event for seq in (1, 2, 3, 4)] == [
        Said("", redacted=4),
        Edited(1),
        Edited(1),
        Redacted(1),
    ]


def test_an_entry_keeps_its_place_and_author_when_its_text_changes() -> None:
    paper = Paper()
    paper.take((ANN, Say("a", id="x")))
    before = paper.entries[1]
    paper.take((Person("Ann", 1), Edit(1, "b")))
    after = paper.entries[1]
    assert (after.seq, after.time, after.author, after.person, after.id) == (1, before.time, "ann", 1, "x")


def test_others_messages_are_not_changed() -> None:
    paper = Paper()
    paper.take((ANN, Say("a")))
    assert [problem_of(one) for one in paper.take((BOB, Edit(1, "b")), (BOB, Delete(1)), (BOB, Delete(7)))] == [
        NOT_YOURS,
        NOT_YOURS,
        NO_SUCH_MESSAGE,
    ]
    assert paper.head == 1


def test_a_topic_is_state_and_all_else_leaves_the_state_alone() -> None:
    paper = Paper()
    state = paper.state
    paper.take((ANN, Say("a")), (ANN, Edit(1, "b")), (ANN, Delete(1)))
    assert paper.state is state
    paper.take((ANN, ChangeTopic("tea")), (ANN, Say("b")))
    assert paper.state == RoomState("lobby", topic="tea")


def test_replaying_nothing_is_the_state_at_first() -> None:
    assert replay([]) == RoomState()
    assert apply(RoomState("x"), Entry(1, 0, "ann", 1, Said("hi"))) == RoomState("x")


_people = st.sampled_from([ANN, BOB])
_seqs = st.integers(0, 12)
_ids = st.sampled_from(["", "", "a", "b", "c"])
_commands = st.one_of(
    st.builds(Say, st.text(max_size=3), id=_ids),
    st.builds(Edit, _seqs, st.text(max_size=3), id=_ids),
    st.builds(Delete, _seqs, id=_ids),
    st.builds(ChangeTopic, st.text(max_size=3), id=_ids),
)
_histories = st.lists(st.lists(st.tuples(_people, _commands), min_size=1, max_size=8), max_size=6)


@given(_histories)
def test_replaying_any_history_gives_the_state_kept_while_deciding(history: list[list[tuple[Person, Command]]]) -> None:
    paper = Paper()
    for orders in history:
        head = paper.head
        batch = paper.decide(*orders)
        assert [entry.seq for entry in batch.entries] == list(range(head + 1, head + 1 + len(batch.entries)))
        assert all(seq <= head for seq in batch.rewrites)
        assert len(batch.outcomes) == len(orders)
        paper.keep(batch)
        assert replay(paper.entries.values(), RoomState("lobby")) == paper.state


def _unique_texts(orders: list[tuple[Person, Command]], number: int) -> list[tuple[Person, Command]]:
    """Every text said or edited is one that stands nowhere else; nothing is sent again."""
    made: list[tuple[Person, Command]] = []
    for n, (who, command) in enumerate(orders):
        if isinstance(command, Say):
            command = Say(f"said {number}.{n}")
        elif isinstance(command, Edit):
            command = Edit(command.seq, f"edited {number}.{n}")
        elif isinstance(command, Delete):
            command = Delete(command.seq)
        made.append((who, command))
    return made


@given(_histories)
def test_no_old_text_stays_readable(history: list[list[tuple[Person, Command]]]) -> None:
    paper = Paper()
    current: dict[int, str] = {}
    for number, orders in enumerate(history):
        orders = [one for one in _unique_texts(orders, number) if not isinstance(one[1], ChangeTopic)]
        for (_, command), outcome in zip(orders, paper.take(*orders), strict=True):
            if isinstance(outcome, Refusal):
                continue
            if isinstance(command, Say):
                current[outcome.seq] = command.text
            elif isinstance(command, Edit):
                current[command.seq] = command.text
            elif isinstance(command, Delete):
                del current[command.seq]
        assert paper.texts() == set(current.values())
        assert all(getattr(paper.entries[seq].event, "text", None) == text for seq, text in current.items())
