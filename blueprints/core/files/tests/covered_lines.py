"""Counts the lines of the package that tests run, and fails a whole run in which too few of them did."""

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
import slipcover
from slipcover.config import read_config

PROJECT = Path(__file__).resolve().parents[1]
CONFIG = read_config(PROJECT / "pyproject.toml")
SOURCE = str(PROJECT / "src" / "ml_platform")


# Modules that are imported from now on count by themselves, until each line was seen once; a tracer would be called for
# every line of every library too.
COUNTER = slipcover.Slipcover(immediate=True, source=[SOURCE], omit=CONFIG["omit"], exclude_also=CONFIG["exclude-also"])
slipcover.ImportManager(COUNTER, slipcover.FileMatcher([SOURCE], CONFIG["omit"])).__enter__()


class CoveredLines:
    """Holds a whole run to the share of lines that pyproject.toml asks for, and shows the lines that are missing."""

    def __init__(self, counter: Any, least: float = CONFIG["fail-under"]) -> None:
        self.counter = counter
        self.least = least
        self.found: dict[str, Any] | None = None

    @property
    def percent(self) -> float | None:
        """Covered lines in percent, once the tests have ended."""
        return None if self.found is None else float(self.found["summary"]["percent_covered"])

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Counts a share below the bound as a failed test."""
        result = yield
        self.found = self.counter.get_coverage()
        session.testsfailed += self.too_few()
        return result

    def too_few(self) -> bool:
        """Whether fewer lines were covered than have to be."""
        return self.percent is not None and self.percent < self.least

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Shows each file with lines that no test ran."""
        if self.found is None:
            return
        slipcover.print_coverage(self.found, outfile=terminalreporter, skip_covered=True)
        verdict = "is below the bound of" if self.too_few() else "reaches the bound of"
        terminalreporter.write_line(f"\nCoverage of {self.percent:.2f} % {verdict} {self.least} %")
