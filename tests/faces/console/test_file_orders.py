"""What a typed line asks of files."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salon.errors import MISUSED_COMMAND, Refusal
from salon.faces.console.file_orders import (
    Cancel,
    Download,
    FileOrder,
    Files,
    Moving,
    Pause,
    Proceed,
    Request,
    Share,
    TakeDown,
    Upload,
)
from salon.faces.console.files import local_path
from salon.faces.console.orders import Speak, order_of


@pytest.mark.parametrize(
    ("line", "order"),
    [
        ("upload: a b.txt", Upload("a b.txt")),
        ("upload:a:b", Upload("a:b")),
        ('upload: "a b.txt"', Upload('"a b.txt"')),
        ("download: a b.txt", Download("a b.txt")),
        ("download: a as b", Download("a as b")),
        ("download: 'a b'", Download("a b")),
        ("/download a b.txt", Download("a b.txt")),
        ("/download a b.txt as c d.txt", Download("a b.txt", "c d.txt")),
        ('/download "a as b" as "c d"', Download("a as b", "c d")),
        ("/download a as b as c", Download("a as b", "c")),
        ("/files", Files()),
        ("/unshelve a b", TakeDown("a b")),
        ('/unshelve "a b"', TakeDown("a b")),
        ("/request bob fish.jpg", Request("bob", "fish.jpg")),
        ("/request  bob a b.txt ", Request("bob", "a b.txt")),
        ('/request "bob b" "a b.txt"', Request("bob b", "a b.txt")),
        ("/share", Share(None)),
        ("/share -", Share("")),
        ("/share ~/a b", Share("~/a b")),
        ("/transfers", Moving()),
        ("/pause", Pause(0)),
        ("/pause 3", Pause(3)),
        ("/proceed", Proceed(0)),
        ("/proceed 12", Proceed(12)),
        ("/cancel 1", Cancel(1)),
        ("/cancel", Cancel(0)),
    ],
)
def test_orders(line: str, order: FileOrder) -> None:
    assert order_of(line) == order


@pytest.mark.parametrize(
    ("line", "usage"),
    [
        ("upload:", "upload: PATH"),
        ("upload:  ", "upload: PATH"),
        ("download:", "download: NAME"),
        ("/download", "/download NAME as OTHER.ext"),
        ("/unshelve", "/unshelve NAME"),
        ("/request", "/request NAME FILE"),
        ("/request bob", "/request NAME FILE"),
        ("/request bob  ", "/request NAME FILE"),
        ("/pause x", "/pause [N]"),
        ("/pause 0", "/pause [N]"),
        ("/cancel ²", "/cancel [N]"),
        ("/proceed -1", "/proceed [N]"),
    ],
)
def test_orders_that_are_not_whole(line: str, usage: str) -> None:
    refusal = order_of(line)
    assert isinstance(refusal, Refusal)
    assert refusal.problem is MISUSED_COMMAND
    assert usage in refusal.message


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("\\upload: x", "upload: x"),
        ("\\\\upload: x", "\\upload: x"),
        ("\\download: x", "download: x"),
        ("\\other", "\\other"),
        ("Upload: x", "Upload: x"),
        (" upload: x", " upload: x"),
        ("uploads: x", "uploads: x"),
        ("please upload: x", "please upload: x"),
    ],
)
def test_what_only_looks_like_an_order_is_said(line: str, said: str) -> None:
    assert order_of(line) == Speak(said)


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_everything_can_be_said_somehow(text: str) -> None:
    if text.strip():
        escaped = f"\\{text}" if text.lstrip("\\").startswith(("upload:", "download:")) else text
        escaped = f"/{escaped}" if escaped.startswith("/") else escaped
        assert order_of(escaped) == Speak(text)


def test_a_path_as_it_is_typed_or_dropped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("a b", "'quoted'", "it's"):
        (tmp_path / name).write_bytes(b"")
    assert local_path("~/a b") == tmp_path / "a b"
    assert local_path(f'"{tmp_path}/a b"') == tmp_path / "a b"
    assert local_path("'~/a b'") == tmp_path / "a b"
    assert local_path(f"{tmp_path}/a\\ b") == tmp_path / "a b"
    assert local_path(f"{tmp_path}/it\\'s") == tmp_path / "it's"
    monkeypatch.chdir(tmp_path)
    assert local_path("'quoted'") == Path("'quoted'")
    assert local_path('"nothing here"') == Path("nothing here")
    assert local_path("~nobody-is-called-so/x") == Path("~nobody-is-called-so/x")
