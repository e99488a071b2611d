"""Settings of monitoring; bounds that are promises lie in contract.yaml, how surely they are tested lies here."""

from pydantic import Field

from ml_platform.config import Section


class DriftSettings(Section):
    """When a distribution counts as another one."""

    alpha: float = Field(default=0.01, gt=0, lt=0.5, description="Chance of one false alarm over all features.")
    psi_bound: float = Field(
        default=0.15, gt=0, description="Population stability index from which a change is large enough to matter."
    )
    bins: int = Field(default=10, ge=4, le=50, description="Bins of equal size in the reference.")
    rows_min: int = Field(default=100, ge=20, description="Fewer current rows than this are not judged.")
    rows_max: int = Field(default=5000, ge=500, description="At most this many rows of either side are compared.")
    seed: int = 11


class ConceptSettings(Section):
    """When the relation between features and target counts as another one."""

    alpha: float = Field(default=0.001, gt=0, lt=0.5, description="Chance of one false alarm over all windows.")
    loss_increase_min: float = Field(default=0.1, ge=0, description="Smaller relative rises of the loss are ignored.")
    page_hinkley_delta: float = Field(default=0.5, ge=0, description="Tolerated rise per window, in deviations.")
    page_hinkley_bound: float = Field(default=6.0, gt=0, description="Accumulated rise that counts as drift.")


class MonitoringSettings(Section):
    """What the monitoring stage compares, and with what."""

    drift: DriftSettings = DriftSettings()
    concept: ConceptSettings = ConceptSettings()
    window_positives_min: int = Field(default=10, ge=2, description="Windows with fewer positives are not judged.")
    importance_rows: int = Field(default=800, ge=100, description="Rows per side when feature importance is compared.")
    importance_shift_bound: float = Field(
        default=0.6, gt=0, le=1, description="Share of the total importance that has moved to other features."
    )
    serving_metrics: str = Field(
        default="reports/metrics/serving.prom",
        description="File or http address with the metrics of the prediction server; absent means not measured.",
    )
    request_counter: str = Field(
        default="ml_platform_serving_requests_total", description="Counter of requests by outcome in those metrics."
    )
    kpi_file: str = Field(
        default="",
        description="CSV with the columns date and value of a business figure; empty takes the observed target rate.",
    )
    kpi_windows_min: int = Field(default=4, ge=3, description="Fewer windows are not correlated.")
    textfile: str = Field(
        default="reports/metrics/monitor.prom", description="Metrics in the format of Prometheus' textfile collector."
    )
    push_url: str | None = Field(
        default=None, description="Pushgateway that keeps the metrics of a stage that has ended; none leaves the files."
    )
    push_attempts: int = Field(default=3, ge=1, le=5, description="Tries of a push; the wait between them doubles.")
    push_timeout_seconds: float = Field(default=3.0, gt=0, description="Limit of one try.")
    push_backoff_seconds: float = Field(default=0.5, ge=0, description="Wait before the second try.")
