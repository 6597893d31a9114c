"""Who is asked for a file, who hears the answer, and who may meet whom: in the hall, without a socket."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from salon.errors import CLOSING, NO_SUCH_REQUEST, NOT_HERE, RELAYS_FULL, Refusal, refuse
from salon.hall.requests import Limits
from salon.hall.wishes import End
from salon.wire import answers
from salon.wire.passing import Reach, Relay, Request, Share, Supplied, Supply, Withdraw
from tests.support.party import Guest, Party, rest

pytestmark = pytest.mark.anyio

HASH = "ab" * 32


class Somebody:
    """One end of a relay."""

    def __init__(self) -> None:
        self.other: End | None = None
        self.refused: Refusal | None = None

    def join(self, other: End, moved: Callable[[int], None]) -> None:
        self.other, self.moved = other, moved

    def refuse(self, why: Refusal) -> None:
        self.refused = why


async def say(party: Party, guest: Guest, said: Share | Request | Supply | Reach | Withdraw) -> Refusal | None:
    refusal = party.hall.requests.hear(guest.session, said)
    await rest()
    return refusal


async def sharing(party: Party, name: str) -> Guest:
    guest = await party.guest(name)
    assert await say(party, guest, Share()) is None
    return guest


def asked(owner: Guest) -> list[tuple[str, str]]:
    return [(one.payload.by, one.payload.name) for one in owner.of(answers.AskedDocument)]


def request_of(owner: Guest) -> str:
    return owner.of(answers.AskedDocument)[-1].payload.request


def errors(guest: Guest) -> list[tuple[str, str]]:
    return [(one.payload.code, one.payload.id) for one in guest.of(answers.ErrorDocument)]


def withdrawn(guest: Guest) -> list[str]:
    return [one.payload.request for one in guest.of(answers.WithdrawnDocument)]


async def agreed(party: Party) -> tuple[Guest, Guest, Supplied]:
    """Ann has asked Bob, and he has answered."""
    ann, bob = await party.guest("ann"), await sharing(party, "bob")
    await say(party, ann, Request("bob", "fish.jpg", "q1"))
    await say(party, bob, Supply(request_of(bob), 6, HASH, port=7, addresses=["10.0.0.5", "127.0.0.2"]))
    (supplied,) = ann.of(answers.SuppliedDocument)
    return ann, bob, supplied.payload


async def test_the_owner_is_asked_and_the_answer_comes_back(party: Party) -> None:
    ann, bob, supplied = await agreed(party)
    assert asked(bob) == [("ann", "fish.jpg")]
    assert (supplied.owner, supplied.name, supplied.size, supplied.sha256) == ("bob", "fish.jpg", 6, HASH)
    assert (supplied.id, supplied.port, supplied.addresses) == ("q1", 7, ["127.0.0.1", "10.0.0.5", "127.0.0.2"])
    (told,) = bob.of(answers.AskedDocument)
    assert (told.payload.secret, told.payload.request) == (supplied.secret, supplied.request)
    assert told.payload.ticket != supplied.ticket
    (transfer,) = party.hall.transfers
    assert (transfer.who, transfer.file, transfer.place, transfer.size) == ("ann", "fish.jpg", "bob", 6)
    await say(party, ann, Withdraw(supplied.request))
    assert not len(party.hall.transfers)


async def test_where_the_owner_listens_nowhere_nothing_is_told(party: Party) -> None:
    ann, bob = await party.guest("ann"), await sharing(party, "bob")
    await say(party, ann, Request("bob", "fish.jpg"))
    await say(party, bob, Supply(request_of(bob), 6, HASH, addresses=["10.0.0.5"], endpoint="e"))
    (supplied,) = ann.of(answers.SuppliedDocument)
    assert (supplied.payload.port, supplied.payload.addresses, supplied.payload.endpoint) == (0, [], "")


async def test_one_more_way_is_told_once_and_by_the_owner(party: Party) -> None:
    ann, bob = await party.guest("ann"), await sharing(party, "bob")
    await say(party, ann, Request("bob", "fish.jpg", "q1"))
    reach = Reach(request_of(bob), 8, ["10.0.0.5", "8.8.8.8"], "e")
    await say(party, bob, reach)  # nothing is answered yet
    await say(party, bob, Supply(reach.request, 6, HASH, more=True))
    assert [one.payload.more for one in ann.of(answers.SuppliedDocument)] == [True]
    await say(party, ann, reach)
    assert not ann.of(answers.ReachDocument)
    for _ in range(2):
        await say(party, bob, reach)
    (told,) = ann.of(answers.ReachDocument)
    assert told.payload == Reach(reach.request, 8, ["127.0.0.1", "10.0.0.5"], "e")
    await say(party, bob, Reach("another", 8, [], "e"))
    assert len(ann.of(answers.ReachDocument)) == 1


async def test_no_way_after_all_is_told_too(party: Party) -> None:
    ann, bob, supplied = await agreed(party)
    await say(party, bob, Reach(supplied.request, endpoint="e"))
    assert [one.payload for one in ann.of(answers.ReachDocument)] == [Reach(supplied.request)]


async def test_hashing_is_told_and_does_not_settle_it(party: Party) -> None:
    ann, bob = await party.guest("ann"), await sharing(party, "bob")
    await say(party, ann, Request("bob", "fish.jpg", "q1"))
    await say(party, bob, Supply(request_of(bob), 6, hashed=9))
    (preparing,) = ann.of(answers.PreparingDocument)
    assert (preparing.payload.owner, preparing.payload.hashed, preparing.payload.id) == ("bob", 6, "q1")
    assert party.hall.requests.come(Relay(request_of(bob), "?"), Somebody()) == refuse(NO_SUCH_REQUEST)
    refusal = await say(party, bob, Supply(request_of(bob), 6, "no hash"))
    assert refusal is not None
    assert refusal.code == "bad_document"
    await say(party, bob, Supply(request_of(bob), 6, HASH))
    await say(party, bob, Supply(request_of(bob), 7, HASH))  # said and done
    assert [one.payload.size for one in ann.of(answers.SuppliedDocument)] == [6]


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("no_such_file", "no_such_file"),
        ("not_sharing", "not_sharing"),
        ("supplies_full", "supplies_full"),
        ("unreadable", "not_supplied"),
        ("whatever a stranger says", "not_supplied"),
    ],
)
async def test_why_not_in_our_own_words(party: Party, code: str, told: str) -> None:
    ann, bob = await party.guest("ann"), await sharing(party, "bob")
    await say(party, ann, Request("bob", "fish.jpg", "q1"))
    await say(party, bob, Supply(request_of(bob), code=code))
    assert errors(ann) == [(told, "q1")]
    assert not party.hall.requests._wishes
    assert not party.hall.requests._of


async def test_another_session_of_the_owners_is_asked_where_one_does_not_have_it(party: Party) -> None:
    ann = await party.guest("ann")
    first, second, third = [await sharing(party, "bob") for _ in range(3)]
    await say(party, third, Share(False))
    await say(party, third, Share())
    await say(party, ann, Request("bob", "fish.jpg", "q1"))
    assert (asked(first), asked(second), asked(third)) == ([("ann", "fish.jpg")], [], [])
    await say(party, second, Share(False))
    await say(party, first, Supply(request_of(first), code="no_such_file"))
    assert (len(asked(second)), len(asked(third))) == (0, 1)
    await say(party, first, Supply(request_of(third), 6, HASH))  # whose turn is over
    assert not ann.of(answers.SuppliedDocument)
    await party.goodbye(third)
    assert errors(ann) == [("not_here", "q1")]


async def test_one_is_not_asked_oneself_but_in_another_session(party: Party) -> None:
    ann, other = await sharing(party, "ann"), await party.guest("ann")
    refusal = await say(party, ann, Request("ann", "fish.jpg"))
    assert refusal is not None
    assert refusal.code == "yourself"
    assert await say(party, other, Request("ann", "fish.jpg")) is None
    assert asked(ann) == [("ann", "fish.jpg")]


async def test_only_who_asked_withdraws(party: Party) -> None:
    ann, bob, supplied = await agreed(party)
    await say(party, bob, Withdraw(supplied.request))
    assert not withdrawn(bob)
    await say(party, ann, Withdraw(supplied.request))
    assert withdrawn(bob) == [supplied.request]
    await say(party, ann, Withdraw(supplied.request))
    assert len(withdrawn(bob)) == 1


@pytest.mark.parametrize("leaves", ["ann", "bob"])
async def test_who_leaves_takes_the_request_with_them(party: Party, leaves: str) -> None:
    ann, bob, supplied = await agreed(party)
    end = Somebody()
    assert party.hall.requests.come(Relay(supplied.request, supplied.ticket), end) is None
    await party.goodbye(ann if leaves == "ann" else bob)
    assert withdrawn(bob if leaves == "ann" else ann) == [supplied.request]
    assert end.refused == refuse(NO_SUCH_REQUEST)  # nobody will come there any more
    assert party.hall.requests.come(Relay(supplied.request, supplied.ticket), Somebody()) == refuse(NO_SUCH_REQUEST)


async def test_one_person_asks_for_so_many_at_once(party: Party) -> None:
    party.hall.requests.limits = Limits(per_person=2)
    ann, again, bob = await party.guest("ann"), await party.guest("ann"), await sharing(party, "bob")
    assert await say(party, ann, Request("bob", "one")) is None
    assert await say(party, again, Request("bob", "two")) is None
    refusal = await say(party, again, Request("bob", "three"))
    assert refusal is not None
    assert refusal.code == "too_many_requests"
    await say(party, ann, Withdraw(request_of(bob)))  # hers it is not
    await say(party, again, Withdraw(request_of(bob)))
    assert await say(party, ann, Request("bob", "three")) is None


async def test_the_two_meet_at_the_relay_as_often_as_they_like(party: Party) -> None:
    _, bob, supplied = await agreed(party)
    requests = party.hall.requests
    ticket = bob.of(answers.AskedDocument)[0].payload.ticket
    assert requests.come(Relay(supplied.request, ticket), Somebody()) == refuse(NO_SUCH_REQUEST)  # nobody waits
    ends: list[Somebody] = []
    (transfer,) = party.hall.transfers
    for times in (1, 2):
        near, far = Somebody(), Somebody()
        assert requests.come(Relay(supplied.request, supplied.ticket), near) is None
        await rest()
        assert len(bob.of(answers.ComeDocument)) == times
        assert requests.come(Relay(supplied.request, "é"), Somebody()) == refuse(NO_SUCH_REQUEST)
        assert requests.come(Relay(supplied.request, ticket), far) is None
        assert (near.other, far.other) == (far, near)
        near.moved(100)  # what was asked
        far.moved(4)
        assert (transfer.who, transfer.place, transfer.path) == ("ann", "bob", "through the server")
        assert transfer.offset == min(4 * times, 6)
        assert requests.come(Relay(supplied.request, ticket), Somebody()) == refuse(NO_SUCH_REQUEST)
        ends.append(near)
    assert ends[0].refused is not None  # the newer one took its place
    assert requests.relayed == 2
    for end in ends:
        requests.left(end)
    assert transfer.path == "direct"
    requests.left(Somebody())
    assert requests.relayed == 0


async def test_the_server_passes_so_many_on_and_none_at_its_end(party: Party) -> None:
    party.hall.requests.limits = Limits(relays=1)
    ann, bob, supplied = await agreed(party)
    await say(party, ann, Request("bob", "other.jpg", "q2"))
    await say(party, bob, Supply(request_of(bob), 6, HASH))
    other = ann.of(answers.SuppliedDocument)[-1].payload
    end = Somebody()
    assert party.hall.requests.come(Relay(supplied.request, supplied.ticket), end) is None
    assert party.hall.requests.come(Relay(other.request, other.ticket), Somebody()) == refuse(RELAYS_FULL, limit=1)
    party.hall.requests.close(refuse(CLOSING))
    assert end.refused == refuse(CLOSING)


async def test_a_name_in_its_grace_is_nobody_to_ask(party: Party) -> None:
    ann, bob = await party.guest("ann"), await sharing(party, "bob")
    party.hall.end(bob.session, broken=True)
    assert await say(party, ann, Request("bob", "fish.jpg")) == refuse(NOT_HERE, name="bob")
