"""Feast, loaded without checks of types in its functions: each process that loads it would wait two seconds more."""

import os
from typing import Any

# Feast makes prometheus_client count in a folder that all processes share, unless it was loaded before: numbers of
# another process, or of another registry, would then stand in the metrics of this one.
import prometheus_client  # noqa: F401
import typeguard

__all__ = [
    "Entity",
    "FeatureService",
    "FeatureServiceNotFoundException",
    "FeatureView",
    "Field",
    "FileSource",
    "Float64",
    "RepoConfig",
    "String",
    "ValueType",
    "feast",
]


def _as_written(target: Any = None, **_: object) -> Any:
    return _as_written if target is None else target


# Usage statistics are switched off before the library is loaded, because it decides at import.
os.environ.setdefault("FEAST_USAGE", "False")

# Feast decorates its functions, and typeguard then reads and rewrites the source of each while it is being loaded; it
# leaves them as they are under `python -O`, which would take our own assertions along. Only what is loaded here goes
# unchecked: whatever else uses typeguard gets the real one.
_checked = typeguard.typechecked
typeguard.typechecked = _as_written
try:
    import feast
    from feast import Entity, FeatureService, FeatureView, Field, FileSource, ValueType
    from feast.errors import FeatureServiceNotFoundException
    from feast.repo_config import RepoConfig
    from feast.types import Float64, String
finally:
    typeguard.typechecked = _checked
