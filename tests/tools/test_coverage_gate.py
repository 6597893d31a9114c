from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tools.coverage_gate import Shortfall, floor_of, main, shortfalls, table


def file(lines: int, missing: list[int], branches: int = 0, untaken: list[list[int]] | None = None) -> dict[str, Any]:
    untaken = untaken or []
    return {
        "summary": {
            "num_statements": lines,
            "covered_lines": lines - len(missing),
            "num_branches": branches,
            "covered_branches": branches - len(untaken),
        },
        "missing_lines": missing,
        "missing_branches": untaken,
    }


@pytest.mark.parametrize(
    ("path", "floor"),
    [
        ("src/salon/core/room.py", 100),
        ("src/salon/wire/framing.py", 100),
        ("src/salon/errors.py", 100),
        ("src/salon/corelike.py", 90),
        ("src/salon/edges/door.py", 90),
    ],
)
def test_pure_code_has_the_highest_floor(path: str, floor: float) -> None:
    assert floor_of(path) == floor


def test_one_untaken_branch_is_too_much_for_pure_code_and_little_elsewhere() -> None:
    almost = file(lines=80, missing=[], branches=20, untaken=[[7, 9]])
    report = {"files": {"src/salon/core/room.py": almost, "src/salon/hall/submit.py": almost}}
    assert shortfalls(report) == [Shortfall("src/salon/core/room.py", 99.0, 100.0, ("7->9",))]


def test_a_little_less_than_all_is_not_rounded_up() -> None:
    report = {"files": {"src/salon/core/room.py": file(lines=100_000, missing=[5])}}
    assert [shortfall.gaps for shortfall in shortfalls(report)] == [("5",)]


def test_the_floor_itself_and_an_empty_file_are_enough() -> None:
    report = {
        "files": {
            "src/salon/app.py": file(lines=10, missing=[3]),
            "src/salon/core/__init__.py": file(lines=0, missing=[]),
        }
    }
    assert shortfalls(report) == []


def test_gaps_are_ranges_of_lines_and_the_branches_beside_them() -> None:
    gappy = file(lines=10, missing=[3, 4, 5, 9], branches=4, untaken=[[2, 3], [6, 8], [7, -1]])
    (shortfall,) = shortfalls({"files": {"src/salon/app.py": gappy}})
    assert shortfall.gaps == ("3-5", "9", "6->8", "7->exit")


def test_the_worst_comes_first() -> None:
    report = {
        "files": {
            "src/salon/app.py": file(lines=10, missing=[1, 2]),
            "src/salon/core/room.py": file(lines=10, missing=[1, 2]),
        }
    }
    assert [shortfall.path for shortfall in shortfalls(report)] == ["src/salon/core/room.py", "src/salon/app.py"]


def test_the_table_is_short() -> None:
    many = Shortfall("src/salon/app.py", 12.34, 90.0, tuple(str(line) for line in range(1, 21, 2)))
    assert table([many]).splitlines() == [
        "covered  floor  file              not covered",
        " 12.3 %   90 %  src/salon/app.py  1, 3, 5, 7, 9, 11, 13, 15 and 2 more",
    ]


def test_the_exit_code_tells(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = tmp_path / "coverage.json"
    report.write_text(json.dumps({"files": {"src/salon/app.py": file(lines=2, missing=[2])}}), encoding="utf-8")
    assert main([str(report)]) == 1
    assert "src/salon/app.py" in capsys.readouterr().out
    report.write_text(json.dumps({"files": {"src/salon/app.py": file(lines=2, missing=[])}}), encoding="utf-8")
    assert main([str(report)]) == 0
    assert capsys.readouterr().out == ""
