"""Service levels of the data: how fresh they are, and how often validation has passed."""

from datetime import date, datetime
from pathlib import Path

from ml_platform.contract import Contract
from ml_platform.files import atomic_write_json, read_json
from ml_platform.monitoring.criteria import Judgement, judge
from ml_platform.quality.findings import Finding

ISSUES = "SC-DATA-1"
PASSES = "SC-DATA-2"
LINEAGE = "SC-DATA-3"
FRESHNESS = "data_freshness_days"
# One refusal among fewer runs than this already is more than one in a thousand.
HISTORY = 1000


def freshness(dataset: str, latest: datetime, as_of: date, contract: Contract) -> Finding:
    """Whether the latest period is young enough on the run's day."""
    limit = contract.slos[FRESHNESS].value
    age = (as_of - latest.date()).days
    return Finding(
        dataset=dataset,
        rule="latest period is fresh",
        column="",
        passed=age <= limit,
        detail=f"{age} days old, promised {limit:g} at most",
    )


def issue_share(findings: list[Finding], refused: int, rows: int) -> float:
    """Unexpected values and refused records as a share of all records (0..1); of no records, 1."""
    total = rows + refused
    return min(1.0, (sum(f.unexpected for f in findings) + refused) / total) if total else 1.0


def remember(path: Path, run_id: str, *, passed: bool) -> float:
    """Adds a run's outcome to the history (a re-run replaces its own) and returns the share of passed runs (0..1)."""
    known: dict[str, bool] = read_json(path) if path.is_file() else {}
    known.pop(run_id, None)
    known[run_id] = passed
    kept = dict(list(known.items())[-HISTORY:])
    atomic_write_json(path, kept)
    return sum(kept.values()) / len(kept)


def judgements(contract: Contract, issues: float, passes: float, lineage: float) -> list[Judgement]:
    """The three data criteria, judged by the bounds of the contract."""
    return [judge(contract, ISSUES, issues), judge(contract, PASSES, passes), judge(contract, LINEAGE, lineage)]
