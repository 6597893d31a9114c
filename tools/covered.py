"""A pytest plugin that measures a whole run and judges it: ``pytest -p tools.covered``.

The measuring could be left to ``coverage run``, but then the verdict would come after pytest's summary, or in a second
program that has to pass both exit codes on. Here a file under its floor fails the run like a failed test, the
table stands above the summary, and the summary stays the last thing that is printed.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import coverage
import pytest

from tools import coverage_gate

# Measuring begins when the plugin is loaded, before any test or conftest imports salon.
_measuring = coverage.Coverage()
_measuring.erase()
_measuring.start()

_verdict = pytest.StashKey[str]()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Join what this process and its subprocesses recorded, and fail a good run if a file is under its floor."""
    _measuring.stop()
    _measuring.save()
    _close(_measuring)
    report = _joined_report()
    if exitstatus != pytest.ExitCode.OK:
        # What a failed test left out says nothing about the tests' reach.
        return
    found = coverage_gate.shortfalls(report)
    if found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        session.config.stash[_verdict] = coverage_gate.table(found)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the table of the files under their floors, if there are any."""
    verdict = config.stash.get(_verdict, None)
    if verdict is not None:
        terminalreporter.section("coverage is under the floor", red=True, bold=True)
        terminalreporter.write_line(verdict)


def _joined_report() -> coverage_gate.Report:
    joined = coverage.Coverage()
    joined.combine()
    joined.save()
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "coverage.json")
        joined.json_report(outfile=str(target))
        report: coverage_gate.Report = json.loads(target.read_text(encoding="utf-8"))
    _close(joined)
    return report


def _close(measured: coverage.Coverage) -> None:
    # Coverage keeps its SQLite file open until the end; since Python 3.13 that is a warning, and so an error.
    measured.get_data().close(force=True)
