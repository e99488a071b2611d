"""Feast's objects made from the contract, so that the store's schema cannot drift away from the features."""

import re
from datetime import timedelta
from pathlib import Path

from ml_platform.contract import Contract
from ml_platform.feature_store.unchecked_feast import (
    Entity,
    FeatureService,
    FeatureView,
    Field,
    FileSource,
    Float64,
    String,
    ValueType,
)
from ml_platform.features.build import category_names, feature_names
from ml_platform.features.config import FeatureSettings

Definition = Entity | FeatureView | FeatureService | FileSource


def project_name(contract: Contract) -> str:
    """Return the project's name as Feast allows it."""
    return re.sub(r"[^a-z0-9]+", "_", contract.project)


def view_name(contract: Contract) -> str:
    """Return the name of the feature view."""
    return f"{project_name(contract)}_features"


def service_name(contract: Contract, settings: FeatureSettings) -> str:
    """Return the name of the feature service that one version of the features is read through."""
    return f"{project_name(contract)}_model_{settings.version}"


def definitions(
    contract: Contract, settings: FeatureSettings, offline: Path
) -> tuple[Entity, FileSource, FeatureView, FeatureService]:
    """Return entity, source, view and service for the features that lie in the parquet file `offline`."""
    dataset = contract.datasets["measures"]
    key = dataset.column(dataset.key)
    entity = Entity(
        name=dataset.key,
        join_keys=[dataset.key],
        value_type=ValueType.INT64 if key.type == "integer" else ValueType.STRING,
        description=key.description,
    )
    source = FileSource(
        name=f"{project_name(contract)}_published",
        path=str(offline),
        timestamp_field=dataset.time,
    )
    categories = set(category_names(contract))
    view = FeatureView(
        name=view_name(contract),
        entities=[entity],
        ttl=timedelta(days=settings.store.time_to_live_days),
        schema=[
            Field(
                name=name,
                dtype=String if name in categories else Float64,
                description=contract.features[name].description,
            )
            for name in feature_names(contract)
        ],
        source=source,
        online=True,
        tags={"version": settings.version},
    )
    service = FeatureService(name=service_name(contract, settings), features=[view])
    return entity, source, view, service
