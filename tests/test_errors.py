from __future__ import annotations

import string

import pytest

from salon import errors
from salon.errors import (
    CATALOGUE,
    DISK_FULL,
    NAME_TAKEN,
    STATUS_FAILED,
    STATUS_USAGE,
    Problem,
    SalonError,
    refuse,
    retold,
)
from salon.wire.answers import Error

PROBLEMS = sorted(CATALOGUE.values(), key=lambda problem: problem.code)

# Older clients know these, letter for letter.
FIXED = (errors.NO_SUCH_FILE, errors.NO_LOCAL_FILE, errors.TOO_LARGE)


class Anything(dict[str, str]):
    """Fields for every sentence."""

    def __missing__(self, name: str) -> str:
        return f"<{name}>"


def fields_of(problem: Problem) -> set[str]:
    texts = (problem.sentence, problem.advice)
    return {name for text in texts for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("problem", PROBLEMS, ids=lambda problem: str(problem.code))
def test_every_problem_is_told_in_sentences(problem: Problem) -> None:
    assert CATALOGUE[problem.code] is problem
    assert problem.code == problem.code.lower().replace(" ", "_")
    refusal = refuse(problem, **Anything({name: f"<{name}>" for name in fields_of(problem)}))
    assert refusal.code == problem.code
    assert refusal.message[0].isupper() or refusal.message[0] == "<"
    assert refusal.message.endswith(".") or problem in FIXED
    assert "  " not in refusal.message
    assert "{" not in refusal.message
    assert problem.status in (STATUS_FAILED, STATUS_USAGE)


def test_every_problem_is_in_the_catalogue_and_has_a_name() -> None:
    named = {value.code: value for value in vars(errors).values() if isinstance(value, Problem)}
    assert named == CATALOGUE


def test_a_refusal_is_its_sentence_and_its_advice() -> None:
    assert refuse(NAME_TAKEN, name="ann").message == 'Name "ann" is taken. Try another.'


def test_what_a_client_says_is_not_taken_for_a_format() -> None:
    assert refuse(NAME_TAKEN, name="{name} {0} {").message == 'Name "{name} {0} {" is taken. Try another.'


def test_an_error_carries_its_refusal() -> None:
    refusal = refuse(DISK_FULL)
    error = SalonError(refusal)
    assert error.refusal is refusal
    assert str(error) == refusal.message


def test_what_fills_the_sentence_is_told_as_numbers_and_texts() -> None:
    refusal = refuse(errors.TOO_LONG, length=1_000_001, limit=1_000_000)
    assert refusal.plain_fields == {"length": 1_000_001, "limit": 1_000_000}
    assert refuse(NAME_TAKEN, name=PROBLEMS).plain_fields == {"name": str(PROBLEMS)}
    assert refuse(DISK_FULL).plain_fields == {}


def test_what_another_program_refused_keeps_its_words() -> None:
    known = retold(Error("bad_name", "So {not}."))
    assert (known.code, known.message, known.problem.status) == ("bad_name", "So {not}.", STATUS_USAGE)
    unknown = retold(Error("of_tomorrow", "Not {yet}.", retry=True))
    assert (unknown.message, unknown.problem.retry, unknown.problem.status) == ("Not {yet}.", True, STATUS_FAILED)
