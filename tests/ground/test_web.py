"""The built page's files as answers."""

from __future__ import annotations

from pathlib import Path

import pytest

from salon.ground.web import POLICY, WebBuild


@pytest.fixture
def build(tmp_path: Path) -> WebBuild:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>", "utf-8")
    (tmp_path / "assets" / "app-1.js").write_bytes(b"plain")
    (tmp_path / "assets" / "app-1.js.br").write_bytes(b"brotli")
    (tmp_path / "assets" / "app-1.js.gz").write_bytes(b"gzip")
    (tmp_path / ".built-from").write_text("0123", "utf-8")
    (tmp_path / "icon.png").write_bytes(b"\x89PNG")
    return WebBuild(tmp_path)


def test_only_what_was_built_is_there(build: WebBuild, tmp_path: Path) -> None:
    (tmp_path / "later.txt").write_text("secret", "utf-8")
    assert sorted(build.files) == ["/assets/app-1.js", "/icon.png", "/index.html"]
    for path in ("/later.txt", "/../index.html", "/assets/../index.html", "/assets/app-1.js.br", "/assets", ""):
        assert build.find(path) is None, path
    assert build.find("/") is build.find("/index.html") is not None


def test_no_build_is_an_empty_one(tmp_path: Path) -> None:
    assert WebBuild(tmp_path / "nowhere").files == {}


@pytest.mark.parametrize(
    ("accepted", "body"),
    [
        (None, b"plain"),
        ("", b"plain"),
        ("identity", b"plain"),
        ("gzip", b"gzip"),
        ("gzip, deflate, br, zstd", b"brotli"),
        ("GZIP;q=0.5, br ; q=0", b"gzip"),
        ("brx", b"plain"),
    ],
)
def test_the_best_encoding_that_is_understood(build: WebBuild, accepted: str | None, body: bytes) -> None:
    file = build.find("/assets/app-1.js")
    assert file is not None
    answer = file.answer(accepted, None)
    assert (answer.status, answer.body) == (200, body)
    assert answer.headers.get("Content-Encoding", "") == {b"plain": "", b"gzip": "gzip", b"brotli": "br"}[body]
    assert answer.headers["Vary"] == "Accept-Encoding"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert file.answer(accepted, None).body == body


def test_names_made_of_contents_last_and_pages_are_asked_for_again(build: WebBuild) -> None:
    script, page, icon = (build.find(path) for path in ("/assets/app-1.js", "/", "/icon.png"))
    assert script is not None
    assert page is not None
    assert icon is not None
    assert "immutable" in script.answer(None, None).headers["Cache-Control"]
    assert page.answer(None, None).headers["Cache-Control"] == "no-cache"
    assert icon.answer(None, None).headers["Content-Type"] == "image/png"


def test_who_has_it_already_gets_no_body(build: WebBuild) -> None:
    script = build.find("/assets/app-1.js")
    assert script is not None
    tags = {script.answer(accepted, None).headers["ETag"] for accepted in (None, "gzip", "br")}
    assert len(tags) == 3  # other bytes, another tag
    tag = script.answer("br", None).headers["ETag"]
    for known in (tag, f'"other", W/{tag}'):
        again = script.answer("br", known)
        assert (again.status, again.body) == (304, b"")
        assert again.headers["ETag"] == tag
    assert script.answer("gzip", tag).status == 200


def test_the_policy_lets_nothing_unsafe_in() -> None:
    assert "unsafe" not in POLICY
    assert "*" not in POLICY
    assert POLICY.startswith("default-src 'none'; script-src 'self'")
