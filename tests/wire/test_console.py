"""The console's own documents."""

import json

import pytest

from salon.core.limits import ID_CHARS
from salon.errors import BAD_ID, Refusal
from salon.wire.console import (
    PONG,
    Announce,
    Done,
    Hello,
    Ping,
    Problem,
    SendOut,
    SessionRow,
    State,
    Table,
    Unshelve,
    encode,
    log_of,
    order_of,
    since_of,
)
from salon.wire.happenings import Happening


def test_what_the_page_is_told() -> None:
    row = SessionRow("Leah", "JSON", "127.0.0.1:1", 5, 1, 2, 3, 4, True)
    assert json.loads(encode(State(people=Table(1, [row])))) == {
        "type": "state",
        "payload": {
            "people": {
                "total": 1,
                "rows": [
                    {
                        "name": "Leah",
                        "dialect": "JSON",
                        "address": "127.0.0.1:1",
                        "came": 5,
                        "rooms": 1,
                        "lag": 2,
                        "buffered": 3,
                        "unsettled": 4,
                        "parked": True,
                    }
                ],
            }
        },
    }
    assert json.loads(encode(log_of(9, 4, [(9, Happening("left", 7, "Leah"))]))) == {
        "type": "log",
        "payload": {
            "tip": 9,
            "missed": 4,
            "lines": [{"n": 9, "line": "Leah has left the chat", "what": {"kind": "left", "time": 7, "who": "Leah"}}],
        },
    }
    assert json.loads(encode(Hello("1", 2, 3, 4, False)))["type"] == "hello"
    assert json.loads(encode(Done("a"))) == {"type": "done", "payload": {"id": "a"}}
    assert json.loads(encode(Problem("a", "code", "No.")))["type"] == "error"
    assert json.loads(PONG)["type"] == "pong"


@pytest.mark.parametrize(
    ("document", "order"),
    [
        ('{"type":"send_out","payload":{"name":"Leah","id":"1"}}', SendOut("Leah", "1")),
        ('{"type":"unshelve","payload":{"room":"r1","name":"a.txt"}}', Unshelve("r1", "a.txt")),
        ('{"type":"announce","payload":{"text":"hi"}}', Announce("hi")),
        ('{"type":"ping"}', Ping()),
    ],
)
def test_what_the_operator_does(document: str, order: object) -> None:
    assert order_of(document.encode()) == order


@pytest.mark.parametrize("document", ["", "{", '{"type":"shutdown"}', '{"type":"send_out","payload":{}}', "[]"])
def test_what_is_no_order_is_refused(document: str) -> None:
    assert isinstance(order_of(document.encode()), Refusal)


def test_ids_have_a_bound() -> None:
    refusal = order_of(json.dumps({"type": "ping", "payload": {"id": "x" * (ID_CHARS + 1)}}).encode())
    assert isinstance(refusal, Refusal)
    assert refusal.problem is BAD_ID


@pytest.mark.parametrize(
    ("run", "since", "goes_on"),
    [
        ("5", "7", 7),
        ("5", "0", 0),
        ("4", "7", None),
        ("5", "-1", None),
        ("", "", None),
        ("5", "x", None),
        ("5", "9e99", None),
    ],
)
def test_a_page_goes_on_where_it_was_in_the_same_run(run: str, since: str, goes_on: int | None) -> None:
    assert since_of(run, since, 5) == goes_on
