"""What a run of tests leaves behind: which deliverable each test holds, and how it ended."""

import json
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

STATUS = {"passed": "pass", "failed": "fail", "skipped": "skip"}


class Evidence:
    """Collects outcomes and writes them as a document; a skipped test is not a passed one."""

    def __init__(self, target: Path, measured: Callable[[], dict[str, float | None]], deliverable: str = "") -> None:
        """`measured` gives what is only known at the end; `deliverable` is that of tests that name none."""
        self.target = target
        self.measured = measured
        self.deliverable = deliverable
        self.checks: dict[str, dict[str, str]] = {}

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(self, item: pytest.Item) -> Generator[None, Any, Any]:
        """Keeps the worst outcome over set-up, call and tear-down."""
        report: Any = yield
        marker = item.get_closest_marker("deliverable")
        known = self.checks.get(item.nodeid)
        if report.when == "call" or report.outcome != "passed" or known is None:
            status = STATUS[report.outcome]
            if known is None or known["status"] == "pass":
                self.checks[item.nodeid] = {
                    "name": item.nodeid,
                    "deliverable": marker.args[0] if marker else self.deliverable,
                    "status": status,
                    "detail": str(report.longrepr)[-500:] if report.outcome != "passed" else "",
                }
        return report

    def pytest_unconfigure(self) -> None:
        """Writes the document once everything is known, or nothing where nothing ran."""
        if not self.checks:
            return
        document = {
            "version": 1,
            "level": "L2",
            "checks": sorted(self.checks.values(), key=lambda check: check["name"]),
            **self.measured(),
            "tools": {"pytest": pytest.__version__},
        }
        self.target.parent.mkdir(exist_ok=True)
        self.target.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
