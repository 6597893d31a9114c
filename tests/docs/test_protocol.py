"""docs/protocol.md says of the wire what the code does: documents, fields, examples, errors, limits, first bytes."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, get_args

import msgspec
import pytest

from salon.core import limits
from salon.edges.welcome import LIMITS, VERSION
from salon.wire.answers import AnyDocument, ConnectAck, Notification, decode_answer, encode
from salon.wire.dialect import DOCUMENTS
from salon.wire.documents import VOCABULARY, Refused, decode
from salon.wire.fetching import decode_fetch, decode_found
from salon.wire.fetching import encode as encode_fetching
from salon.wire.handshake import Language, language_of
from salon.wire.opening import UdpTicket
from tests.docs.reading import blocks, read, sections, tables
from tools.doc_tables import quantity, written_anew

PROTOCOL = read("docs/protocol.md")
CHAPTERS = sections(PROTOCOL, 2)
FROM_CLIENT = sections(CHAPTERS["From the client"], 3)
FROM_SERVER = sections(CHAPTERS["From the server"], 3)
ANSWERS: dict[str, Any] = {str(kind.__struct_config__.tag): kind for kind in get_args(AnyDocument)}


def described(section: str) -> dict[str, str]:
    """The fields that a section's first table names, with their types."""
    return {name.strip("`"): kind for name, kind, _ in tables(section)[0][1:]}


def examples(chapter: dict[str, str], side: str) -> list[tuple[str, str]]:
    return [(kind, block.strip()) for kind, section in chapter.items() for block in blocks(section, f"json {side}")]


def test_every_document_of_either_side_is_described_and_no_other() -> None:
    assert FROM_CLIENT.keys() == VOCABULARY.keys()
    assert FROM_SERVER.keys() == ANSWERS.keys()


@pytest.mark.parametrize("kind", VOCABULARY)
def test_a_client_documents_table_has_its_fields(kind: str) -> None:
    fields = msgspec.structs.fields(VOCABULARY[kind])
    table = described(FROM_CLIENT[kind])
    assert table.keys() == {field.encode_name for field in fields}
    assert {name for name, type_ in table.items() if "needed" in type_} == {
        field.encode_name for field in fields if field.required
    }


@pytest.mark.parametrize("kind", ANSWERS)
def test_a_server_documents_table_has_its_fields(kind: str) -> None:
    payload = msgspec.structs.fields(ANSWERS[kind])[0].type
    assert described(FROM_SERVER[kind]).keys() == {field.encode_name for field in msgspec.structs.fields(payload)}


def test_every_document_has_an_example() -> None:
    assert {kind for kind, _ in examples(FROM_CLIENT, "client")} == VOCABULARY.keys()
    assert {kind for kind, _ in examples(FROM_SERVER, "server")} == ANSWERS.keys()


@pytest.mark.parametrize(("kind", "example"), examples(FROM_CLIENT, "client"))
def test_a_client_example_means_what_it_says(kind: str, example: str) -> None:
    document = json.loads(example)
    payload = decode(example.encode())
    assert document["type"] == kind
    assert type(payload) is VOCABULARY[kind]
    assert not isinstance(payload, Refused)
    meant = msgspec.to_builtins(payload)
    assert {name: meant.get(name) for name in document["payload"]} == document["payload"]


@pytest.mark.parametrize(("kind", "example"), examples(FROM_SERVER, "server"))
def test_a_server_example_is_what_the_server_would_send(kind: str, example: str) -> None:
    assert json.loads(example)["type"] == kind
    assert encode(decode_answer(example.encode())) == example.encode() + b"\n"


def test_the_greeting_has_the_limits_and_the_version_of_this_server() -> None:
    (example,) = blocks(FROM_SERVER["connect_ack"], "json server")
    payload = decode_answer(example.encode()).payload
    assert isinstance(payload, ConnectAck)
    assert payload.limits == LIMITS
    assert payload.version == VERSION


def test_what_is_in_no_log_has_no_number_that_a_client_would_take_for_its_place() -> None:
    notice = decode_answer(DOCUMENTS.notice("read", "Read up to 3.", "garden", "Ann", 3)).payload
    assert isinstance(notice, Notification)
    assert (notice.seq, notice.time, notice.target) == (0, 0, 3)


def test_tables_of_errors_and_limits_are_those_of_the_code() -> None:
    assert written_anew(PROTOCOL) == PROTOCOL, "run: python -m tools.doc_tables"


def test_a_document_without_its_markers_is_not_written() -> None:
    with pytest.raises(ValueError, match="markers"):
        written_anew("# Another document\n")


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("NAME_CHARS", 64, "64"),
        ("TEXT_CHARS", 1_000_000, "1,000,000"),
        ("HIGH_WATER", 256 * limits.KIB, "256 KiB"),
        ("DOCUMENT_BYTES", 8 * limits.MIB, "8 MiB"),
        ("NAME_BYTES", 255, "255 bytes"),
        ("GRACE_SECONDS", 5, "5 s"),
    ],
)
def test_quantities_have_their_units(name: str, value: int, shown: str) -> None:
    assert quantity(name, value) == shown


@pytest.mark.parametrize(
    "sentence",
    [
        f"1 to {limits.TEXT_CHARS:,} characters",
        f"at most {limits.TOPIC_CHARS:,} characters",
        f"at most {limits.ID_CHARS} characters of its own choice",
        f"1 to {limits.NAME_CHARS} characters, no control characters",
        f"at most {limits.NAME_BYTES} bytes, no separators",
        f"1 to {limits.HISTORY_ENTRIES}, 50 unless given",
        f"after {limits.GRACE_SECONDS} s, in case the person comes back",
        f"at least {limits.IDEMPOTENCY_SECONDS // 86400} days",
        f"while {limits.UNSETTLED_COMMANDS:,} of its commands or {quantity('_BYTES', limits.UNSETTLED_BYTES)} of them",
        f"not read {quantity('_BYTES', limits.REPLY_BYTES)} of answers",
        f"has {limits.FIRST_WORDS_SECONDS} s from its first byte",
        f"silent for {limits.SILENCE_SECONDS // 60} minutes",
        f"one document at a time, {limits.READ_SECONDS * 1000:g} ms apart and under {limits.READ_BYTES:,} bytes",
        f"more than {limits.PACED_BEHIND} entries behind it goes on with the newest {limits.PACED_NEWEST}",
    ],
)
def test_a_limit_in_the_text_is_that_of_the_code(sentence: str) -> None:
    assert sentence in " ".join(PROTOCOL.split())


def first_bytes() -> list[list[str]]:
    return tables(CHAPTERS["First bytes"])[0][1:]


@pytest.mark.parametrize(("begins", "language"), [(row[0], row[1]) for row in first_bytes()])
def test_first_bytes_are_taken_for_what_the_table_says(begins: str, language: str) -> None:
    first = begins.strip("`").encode().decode("unicode_escape").encode("latin-1")
    assert language_of(first) is Language(language)


def test_every_language_is_in_the_table() -> None:
    assert {row[1] for row in first_bytes()} == {language.value for language in Language}


def test_the_client_in_20_lines_talks(tmp_path: Path, server_port: int) -> None:
    (program,) = blocks(CHAPTERS["A client in 20 lines"], "python")
    assert len([line for line in program.splitlines() if line.strip()]) <= 20
    file = tmp_path / "client.py"
    file.write_text(program, encoding="utf-8")
    command = [sys.executable, str(file), "127.0.0.1", str(server_port), "Ann", "hello"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as client:
        assert client.stdout is not None
        assert client.stdout.readline() == "Ann: hello\n"
        client.terminate()


@pytest.mark.parametrize(
    ("kind", "decode_line"), [("fetch", decode_fetch), ("found", decode_found), ("missing", decode_found)]
)
def test_the_lines_of_a_fetch_are_those_that_are_sent(kind: str, decode_line: Any) -> None:
    (line,) = blocks(CHAPTERS["Fetches"], f"json {kind}")
    assert encode_fetching(decode_line(line.strip().encode())).decode() == line.strip() + "\n"


def test_where_to_fetch_over_udp_is_told_as_it_is_sent() -> None:
    (body,) = blocks(CHAPTERS["Fetches"], "json udp")
    assert msgspec.json.encode(msgspec.json.decode(body, type=UdpTicket)).decode() == body.strip()
