"""The names under which monitoring publishes its numbers; contract.yaml declares each of them with type and labels."""

from collections.abc import Mapping
from dataclasses import dataclass, field

FEATURE_PSI = "ml_platform_monitor_feature_psi"
FEATURE_MISSING_SHARE = "ml_platform_monitor_feature_missing_share"
FEATURE_READ_SECONDS = "ml_platform_monitor_feature_read_seconds"
DRIFTED_FEATURES = "ml_platform_monitor_drifted_features"
CONCEPT_DRIFT = "ml_platform_monitor_concept_drift"
LAST_CHECK = "ml_platform_monitor_last_check_timestamp_seconds"
AVERAGE_PRECISION = "ml_platform_monitor_average_precision"
DEGRADATION = "ml_platform_monitor_degradation"
IMPORTANCE_MOVED = "ml_platform_monitor_importance_moved"
KPI_CORRELATION = "ml_platform_monitor_kpi_correlation"
RETRAIN = "ml_platform_monitor_retrain"


@dataclass(frozen=True)
class Measurement:
    """One number with the labels that the contract names for it."""

    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
