"""Metrics of a batch run, left as a file for the node exporter, because the process ends before it is scraped."""

from datetime import datetime
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

FILE = "batch.prom"


def write_metrics(
    path: Path, *, scored: int, unscored: int, seconds: float, late: bool, shift: float, finished: datetime
) -> None:
    """Write the metrics of one finished run atomically to `path`; `finished` needs a time zone."""
    registry = CollectorRegistry()
    rows = Gauge("ml_platform_batch_rows", "Rows of the last batch run.", ["outcome"], registry=registry)
    rows.labels("scored").set(scored)
    rows.labels("unscored").set(unscored)
    Gauge("ml_platform_batch_duration_seconds", "Duration of the last batch run.", registry=registry).set(seconds)
    Gauge("ml_platform_batch_deadline_missed", "1 if the last list came after its deadline.", registry=registry).set(
        1 if late else 0
    )
    Gauge(
        "ml_platform_batch_score_shift", "Distance of the scores to the training scores, 0 to 1.", registry=registry
    ).set(shift)
    Gauge("ml_platform_batch_last_success_timestamp_seconds", "End of the last batch run.", registry=registry).set(
        finished.timestamp()
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    write_to_textfile(str(path), registry)
