"""Settings of feature building, kept beside their users so that a new knob touches one folder."""

from typing import Literal

from pydantic import Field

from ml_platform.config import Section


class StoreSettings(Section):
    """Where the feature store keeps its state; URIs are relative to the project unless they carry a scheme."""

    repository: str = "feature_repo"
    definition: str = "feature_store.local.yaml"
    offline: str = "data/features/offline"
    online: str = "data/features/online.db"
    time_to_live_days: int = Field(default=400, ge=1)
    read_samples: int = Field(default=20, ge=1)


class FeatureSettings(Section):
    """Bounds of cleaning, validation and splitting; every default is safe for a first run."""

    version: str = "v1"
    split_file: str = "conf/split.yaml"
    data_needs_file: str = "conf/model-requirements.yaml"
    missing_share_max: float = Field(default=0.6, ge=0.0, le=1.0)
    unseen_category_share_max: float = Field(default=0.02, ge=0.0, le=1.0)
    leakage_auc_max: float = Field(default=0.98, gt=0.5, le=1.0)
    constant_features: Literal["refuse", "report"] = "report"
    winsorise_lower: float = Field(default=0.005, ge=0.0, lt=0.5)
    winsorise_upper: float = Field(default=0.995, gt=0.5, le=1.0)
    store: StoreSettings = StoreSettings()
