"""The build of the web page: when it is done, by whose Node, and what a wheel holds."""

from __future__ import annotations

import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from tools import build_web

ROOT = Path(__file__).parents[2]
FIRST_LOAD_BYTES = 120_000


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A tree whose page is built."""
    web, built = tmp_path / "web", tmp_path / "src/salon/web"
    (web / "src").mkdir(parents=True)
    built.mkdir(parents=True)
    (web / "package.json").write_text("{}", "utf-8")
    (web / "src" / "main.ts").write_text("one", "utf-8")
    (built / build_web.STAMP).write_text(build_web.digest(web), "utf-8")
    return tmp_path


def test_a_page_that_is_fresh_is_left_alone_and_needs_no_node(tree: Path) -> None:
    assert build_web.is_fresh(tree)
    assert build_web.build(tree) is False
    assert build_web.requirements(tree) == []


@pytest.mark.parametrize("change", ["src/main.ts", "src/other.ts", "package-lock.json", ".npmrc"])
def test_any_source_makes_it_stale(tree: Path, change: str) -> None:
    (tree / "web" / change).write_text("two", "utf-8")
    assert not build_web.is_fresh(tree)


@pytest.mark.parametrize("change", ["src/main.test.ts", "README.md", "src/main.ts~", "node_modules/x/index.js"])
def test_what_is_not_built_from_does_not(tree: Path, change: str) -> None:
    path = tree / "web" / change
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("two", "utf-8")
    assert build_web.is_fresh(tree)


def test_a_source_by_another_name_makes_it_stale(tree: Path) -> None:
    (tree / "web/src/main.ts").rename(tree / "web/src/start.ts")
    assert not build_web.is_fresh(tree)


def test_without_sources_there_is_nothing_to_build(tmp_path: Path) -> None:
    assert build_web.is_fresh(tmp_path)


@pytest.mark.parametrize(
    ("version", "enough"),
    [
        ("v20.19.0", True),
        ("v20.18.1", False),
        ("v21.7.0", False),
        ("v22.11.0", False),
        ("v22.12.0", True),
        ("v26.1", True),
    ],
)
def test_which_node_is_new_enough(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, enough: bool
) -> None:
    for name in ("node", "npm"):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho {version}\n", "utf-8")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    (tree / "web/src/main.ts").write_text("two", "utf-8")
    assert build_web.requirements(tree) == ([] if enough else [build_web.NODE_REQUIREMENT])


def test_no_node_at_all_is_a_sentence(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tree / "web/src/main.ts").write_text("two", "utf-8")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(build_web, "packages_node", lambda: None)
    with pytest.raises(build_web.BuildFailed, match="made with Node"):
        build_web.build(tree)


@pytest.mark.slow
def test_a_wheel_holds_the_built_page(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation", "-q", "-w", str(tmp_path)]
    done = subprocess.run([*command, str(ROOT)], check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = tmp_path.glob("salon-*.whl")
    with zipfile.ZipFile(path) as wheel:
        names = set(wheel.namelist())
        page = wheel.read("salon/web/index.html").decode()
        asked = [f"salon/web{ref}" for ref in re.findall(r'(?:src|href)="(/[^"]+)"', page)]
        scripts = [ref for ref in asked if re.search(r"/assets/[\w-]+-[\w-]{8}\.js$", ref)]
        assert scripts
        assert set(asked) <= names
        # What would not become smaller has no packed form.
        sent = [f"{ref}.gz" if f"{ref}.gz" in names else ref for ref in asked if ref.endswith((".js", ".css"))]
        sizes = [wheel.getinfo(ref).file_size for ref in sent]
        assert sum(sizes) + len(page) <= FIRST_LOAD_BYTES
    assert any(f"{ref}.br" in names for ref in scripts)
    assert not [name for name in names if name.startswith("web/") or "node_modules" in name or name.endswith(".ts")]
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)


@pytest.mark.slow
def test_a_source_archive_holds_the_sources_and_nothing_installed(tmp_path: Path) -> None:
    build = "from hatchling.build import build_sdist; print(build_sdist(__import__('sys').argv[1]))"
    done = subprocess.run(
        [sys.executable, "-c", build, str(tmp_path)], cwd=ROOT, check=True, capture_output=True, text=True
    )
    with tarfile.open(tmp_path / done.stdout.split()[-1]) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    assert {"web/src/main.ts", "web/package-lock.json", "hatch_build.py", "tools/build_web.py"} <= set(names)
    # Whoever installs from the archive needs no Node: the page is in it, and fresh.
    assert f"src/salon/web/{build_web.STAMP}" in names
    assert not [name for name in names if "node_modules" in name]
