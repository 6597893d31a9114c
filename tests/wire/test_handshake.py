from __future__ import annotations

import pytest

from salon.wire.handshake import UNDECIDED_BYTES, Language, language_of

TLS_HELLO = bytes.fromhex("16030100c4010000c00303")


@pytest.mark.parametrize(
    ("first", "language"),
    [
        (b"{", Language.DOCUMENTS),
        (b'{"type": "connect"}', Language.DOCUMENTS),
        (b"54        {", Language.DOCUMENTS),
        (b"0000000054{", Language.DOCUMENTS),
        (b"GET / HTTP/1.1\r\n", Language.HTTP),
        (b"OPTIONS * HTTP/1.1\r\n", Language.HTTP),
        (b"POST /uploads", Language.HTTP),
        (b"CONNECT /", Language.HTTP),
        (TLS_HELLO, Language.TLS),
        (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", Language.HTTP2),
        (b"SSH-2.0-OpenSSH_9.6\r\n", Language.SSH),
        (b"NICK ann\r\n", Language.IRC),
        (b"CAP LS 302\r\n", Language.IRC),
        (b"USER ann 0 * :Ann\r\n", Language.IRC),
        (b"PASS secret\r\n", Language.IRC),
        (b"2pac\n", Language.LINES),
        (b"OPTIMUS\n", Language.LINES),
        (b"POSTMAN\n", Language.LINES),
        (b"GETTY\r\n", Language.LINES),
        (b"GET away\n", Language.LINES),
        (b"nick ann\n", Language.LINES),
        (b"PASSION\n", Language.LINES),
        (b"\n", Language.LINES),
        (b"\x16\n", Language.LINES),
        (b"12345\n", Language.LINES),
        (b"123456789{\n", Language.LINES),
        (b"12345678901{\n", Language.LINES),
        (b"x" * UNDECIDED_BYTES, Language.LINES),
        ("Zoë\n".encode(), Language.LINES),
        (b"\xff\xfe\n", Language.LINES),
    ],
)
def test_whose_language_it_is(first: bytes, language: Language) -> None:
    assert language_of(first) is language


@pytest.mark.parametrize(
    "first", [b"", b"G", b"GET", b"GET ", b"OPTIONS ", b"PRI ", b"SSH", b"NICK", b"\x16", b"54   ", b"x" * 15]
)
def test_too_little_to_know(first: bytes) -> None:
    assert language_of(first) is None


@pytest.mark.parametrize(
    ("stream", "language", "needed"),
    [
        (b"GET / HTTP/1.1\r\n", Language.HTTP, 5),
        (b"OPTIONS * HTTP/1.1\r\n", Language.HTTP, 9),
        (TLS_HELLO, Language.TLS, 2),
        (b"PRI * HTTP/2.0\r\n", Language.HTTP2, 6),
        (b"54        {", Language.DOCUMENTS, 11),
        (b"OPTIMUS\n", Language.LINES, 8),
        (b"a name without an end", Language.LINES, UNDECIDED_BYTES),
    ],
)
def test_one_byte_at_a_time_it_is_decided_once_and_for_all(stream: bytes, language: Language, needed: int) -> None:
    said = [language_of(stream[:length]) for length in range(len(stream) + 1)]
    assert said == [None] * needed + [language] * (len(stream) + 1 - needed)
