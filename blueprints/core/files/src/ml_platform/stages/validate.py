"""Stage `validate`: expectations, anomalies and service levels over the current tables; closed gate, no training."""

from collections.abc import Sequence
from typing import Any

from ml_platform import lineage
from ml_platform.alerts import notify
from ml_platform.context import StageContext, read_handover
from ml_platform.errors import GateFailed
from ml_platform.files import atomic_write_json, atomic_write_text
from ml_platform.monitoring.criteria import Judgement
from ml_platform.monitoring.exporter import export
from ml_platform.monitoring.measurements import Measurement
from ml_platform.monitoring.report import ReportSection, Table, render_report
from ml_platform.quality import sla
from ml_platform.quality.anomalies import find_anomalies
from ml_platform.quality.findings import Finding
from ml_platform.quality.gate import ValidateHandover
from ml_platform.quality.profile import Profile, profile
from ml_platform.quality.suite import check_suite
from ml_platform.stages.ingest import IngestHandover
from ml_platform.tables import MEASURES, read_table, table_files

REPORT = "quality.json"
PAGE = "quality.html"
HISTORY = "validation-history.json"
ISSUE_SHARE = "ml_platform_quality_issue_share"
PASS_SHARE = "ml_platform_quality_pass_share"  # noqa: S105 - a metric's name
LINEAGE_SHARE = "ml_platform_quality_lineage_share"
PASSED = "ml_platform_quality_passed"


def run(context: StageContext) -> ValidateHandover:
    """Validates every dataset of the contract; raises GateFailed with the broken rules, after writing the report."""
    ingested = read_handover(context, "ingest", IngestHandover)
    findings, profiles, rows = _examine(context)
    issues = sla.issue_share(findings, sum(load.refused for load in ingested.datasets.values()), rows)
    broken = [finding for finding in findings if not finding.passed]
    reports = context.path(context.settings.paths.reports)
    passes = sla.remember(reports / HISTORY, context.run_id, passed=not broken)
    complete = lineage.completeness(context).share
    judged = sla.judgements(context.contract, issues, passes, complete)
    _publish(context, findings, profiles, judged)
    fired = [judgement for judgement in judged if judgement.fired]
    if broken or any(judgement.criterion == sla.ISSUES for judgement in fired):
        reasons = [finding.line() for finding in broken] + [judgement.text for judgement in fired]
        raise GateFailed(f"validation failed on {len(reasons)} rules: {'; '.join(reasons[:5])}; see {reports / PAGE}")
    for judgement in fired:
        # The data of this run are good; that earlier runs were not, or a file without origin, is for people to look at.
        notify(context.settings, f"{context.contract.project}: {judgement.criterion}", judgement.text, "warning")
    inputs = context.hashes([path for name in context.contract.datasets for path in table_files(context, name)])
    return ValidateHandover(
        inputs=inputs,
        outputs=context.hashes([reports / REPORT, reports / PAGE]),
        passed=True,
        issue_share=issues,
        rules=len(findings),
        warnings=tuple(judgement.text for judgement in fired),
    )


def _examine(context: StageContext) -> tuple[list[Finding], dict[str, Profile], int]:
    settings = context.settings.quality
    findings: list[Finding] = []
    profiles: dict[str, Profile] = {}
    rows = 0
    for name, dataset in context.contract.datasets.items():
        frame = read_table(context, name)
        rows += len(frame)
        findings += check_suite(name, dataset, frame, settings.max_missing_share)
        findings += find_anomalies(name, dataset, frame, settings)
        if name == MEASURES:
            latest = frame[dataset.time].max().to_pydatetime()
            findings.append(sla.freshness(name, latest, context.as_of, context.contract))
        profiles[name] = profile(frame, dataset)
        context.log.info("dataset validated", dataset=name, rows=len(frame))
    return findings, profiles, rows


def _publish(
    context: StageContext, findings: Sequence[Finding], profiles: dict[str, Profile], judged: Sequence[Judgement]
) -> None:
    reports = context.path(context.settings.paths.reports)
    passed = all(finding.passed for finding in findings)
    report: dict[str, Any] = {
        "project": context.contract.project,
        "as_of": context.as_of.isoformat(),
        "passed": passed,
        "findings": [finding.model_dump() for finding in findings],
        "criteria": {j.criterion: {"value": j.value, "fired": j.fired} for j in judged},
        "profiles": profiles,
    }
    atomic_write_json(reports / REPORT, report)
    atomic_write_text(reports / PAGE, _page(context, findings, profiles, judged))
    values = dict(zip((ISSUE_SHARE, PASS_SHARE, LINEAGE_SHARE), (j.value for j in judged), strict=True))
    measured = [Measurement(name, value) for name, value in {**values, PASSED: float(passed)}.items()]
    export(context.root / context.settings.quality.metrics_file, context.contract, measured)


def _page(
    context: StageContext, findings: Sequence[Finding], profiles: dict[str, Profile], judged: Sequence[Judgement]
) -> str:
    ordered = sorted(findings, key=lambda finding: finding.passed)
    rules = Table(
        ("dataset", "column", "rule", "passed", "seen"),
        [(f.dataset, f.column, f.rule, "yes" if f.passed else "no", f.detail) for f in ordered],
        frozenset(i for i, finding in enumerate(ordered) if not finding.passed),
    )
    columns = Table(
        ("dataset", "column", "missing", "distinct", "median"),
        [
            (name, column, f"{values['missing_share']:.2%}", str(values["distinct"]), str(values.get("median", "")))
            for name, found in profiles.items()
            for column, values in found.items()
        ],
    )
    sections = [
        ReportSection("Promises", [judgement.text for judgement in judged]),
        ReportSection("Rules", table=rules),
        ReportSection("Columns", table=columns),
    ]
    return render_report(f"Data quality of {context.contract.project}, as of {context.as_of}", sections)
