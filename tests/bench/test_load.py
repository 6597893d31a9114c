"""Reading what the load generator says, and what is asked of it."""

from __future__ import annotations

import socket

import pytest

from load import Result, Work, load_generator, parse
from servers import BenchError, pinned

LINE = (
    "salon members=100 senders=10 window=10 size=64 rate=0 join_s=0.05 sent_per_s=41500 deliveries_per_s=4150000"
    " p50_ms=2.104 p99_ms=4.250 load_cpu=61%\n"
)


def test_a_line_is_read() -> None:
    assert parse(LINE) == Result(deliveries=4_150_000.0, p50_ms=2.104, p99_ms=4.25)


@pytest.mark.parametrize(
    "line", ["", "only 3 of 50 joined", LINE.replace("p99_ms", "other"), LINE.replace("2.104", ".")]
)
def test_any_other_line_is_an_error_that_shows_it(line: str) -> None:
    with pytest.raises(BenchError, match="chatload said"):
        parse(line)


def test_a_command_is_pinned_where_a_core_is_given() -> None:
    assert pinned(1, ["nats-server"]) == ["taskset", "-c", "1", "nats-server"]
    assert pinned(None, ["nats-server"]) == ["nats-server"]


@pytest.mark.slow
def test_the_load_generator_builds_and_says_why_it_cannot_run() -> None:
    try:
        generator = load_generator()
        with generator as load, socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))  # bound and not listening: whoever connects is refused
            with pytest.raises(BenchError, match="Connection refused"):
                load.run("salon", closed.getsockname()[1], Work(1, 1, 1), seconds=0.1)
    except BenchError as error:
        pytest.skip(str(error))
