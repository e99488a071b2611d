"""Settings of validation; bounds that are promises lie in contract.yaml as criteria and service levels."""

from pydantic import Field

from ml_platform.config import Section


class QualitySettings(Section):
    """From which size on a difference counts as an anomaly, and where the findings go."""

    max_missing_share: float = Field(0.1, ge=0, le=1, description="missing values of a column that may have gaps")
    min_history: int = Field(3, ge=1, description="earlier periods that a comparison needs; with fewer none is made")
    max_volume_change: float = Field(
        0.5, gt=0, description="relative difference of the row count to the median of earlier periods"
    )
    max_level_change: float = Field(
        0.5, gt=0, description="difference of a mean to the median of earlier periods, in deviations of the column"
    )
    max_share_change: float = Field(
        0.15, gt=0, le=1, description="difference of a category's share to the median of earlier periods"
    )
    metrics_file: str = Field(
        "reports/metrics/validate.prom", description="metrics in the format of Prometheus' textfile collector"
    )
