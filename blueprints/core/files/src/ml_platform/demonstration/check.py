"""What a demonstration check says, and the evidence file that outside tools read."""

import json
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Literal

from ml_platform.files import atomic_write_text

TOOLS = ("scikit-learn", "pandas", "numpy")


@dataclass(frozen=True)
class Check:
    """One claim, the deliverable that makes it, and what was seen."""

    name: str
    deliverable: str
    status: Literal["pass", "fail"]
    detail: str


def claim(deliverable: str, name: str, *, holds: bool, detail: str) -> Check:
    """Return a passing check where `holds` is true, else a failing one."""
    return Check(name=name, deliverable=deliverable, status="pass" if holds else "fail", detail=detail)


def evidence_json(checks: Iterable[Check]) -> str:
    """Return the evidence document for `checks` in the format that `verify --level L3` reads."""
    document = {
        "version": 1,
        "level": "L3",
        "checks": [asdict(check) for check in checks],
        "tools": {"python": platform.python_version(), **{name: version(name) for name in TOOLS}},
    }
    return json.dumps(document, indent=2) + "\n"


def write_evidence(path: Path, checks: Iterable[Check]) -> None:
    """Write the evidence document atomically to `path`."""
    atomic_write_text(path, evidence_json(checks))
