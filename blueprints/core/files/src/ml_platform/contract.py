"""contract.yaml as typed, frozen data: columns, features, names, bounds. Nothing in the code repeats them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ml_platform.errors import SettingsInvalid

Dtype = Literal["float", "integer", "category", "boolean", "string", "timestamp"]
ColumnType = Literal["integer", "number", "category", "boolean", "timestamp", "string"]
Role = Literal["key", "time", "measure", "attribute", "protected", "target"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())


class _Owned(_Frozen):
    owner: str


class Column(_Frozen):
    """One column of a dataset; `values` closes a category, `minimum` and `maximum` bound a number."""

    name: str
    type: ColumnType
    role: Role
    description: str
    nullable: bool
    values: tuple[str, ...] | None = None
    minimum: float | None = None
    maximum: float | None = None


class Dataset(_Owned):
    """A table with one row per (key, time)."""

    description: str
    key: str
    time: str
    target: str | None = None
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name; raises KeyError."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    def named(self, *roles: Role) -> list[str]:
        """Names of the columns that have one of the roles, in contract order."""
        return [column.name for column in self.columns if column.role in roles]


class Feature(_Owned):
    """How one model input is computed from columns of the datasets."""

    dtype: Dtype
    transformation: str
    inputs: tuple[str, ...]
    parameters: Mapping[str, float | str | bool] = Field(default_factory=dict)
    description: str
    monotonic: Literal["increasing", "decreasing", "none"] = "none"


class ModelPort(_Frozen):
    """A named, typed input or output of a model."""

    name: str
    dtype: Dtype


class Signature(_Owned):
    """What a model takes and gives."""

    inputs: tuple[ModelPort, ...]
    outputs: tuple[ModelPort, ...]


class Metric(_Owned):
    """A model metric and, for the primary and the guards, the value that it must reach."""

    direction: Literal["higher", "lower"]
    role: Literal["primary", "guard", "report"]
    threshold: float | None
    description: str


class Endpoint(_Owned):
    """A port and path that a process listens on."""

    protocol: Literal["http", "grpc"]
    port: int
    path: str
    description: str


class Image(_Owned):
    """A container image's repository name."""

    repository: str
    description: str


class Described(_Owned):
    """An entry whose name is all that has to agree: a chart or a namespace."""

    description: str


class Identity(_Owned):
    """A service account of the cluster; `access` says what the cloud lets it use, such as `raw:read`."""

    namespace: str
    access: tuple[str, ...]
    description: str


class Service(_Owned):
    """An address inside the cluster: `<service>.<namespace>.svc.cluster.local:<port>`."""

    service: str
    namespace: str
    port: int
    description: str


class Size(_Owned):
    """What manifests request, with the arithmetic that gave it."""

    value: float
    unit: str
    arithmetic: str


class Bucket(_Owned):
    """A storage location outside this machine; the setting `storage.suffix` ends its name in each account."""

    uri: str
    description: str


class Topic(_Owned):
    """A message topic."""

    name: str
    description: str


class PrometheusMetric(_Owned):
    """A metric that some process exposes."""

    type: Literal["counter", "gauge", "histogram", "summary"]
    labels: tuple[str, ...]
    unit: str
    description: str


class Secret(_Owned):
    """A secret by the environment variable that carries it; the value is never in a file."""

    environment: str
    # Identities and services whose pods get it.
    readers: tuple[str, ...] = ()
    description: str


class Slo(_Owned):
    """A promised number."""

    value: float
    unit: str
    description: str


class Criterion(_Owned):
    """A success criterion: it holds while `metric comparison bound` is true."""

    area: Literal["data", "model", "operations", "velocity", "cost"]
    statement: str
    metric: str
    comparison: Literal["<", "<=", ">", ">=", "=="]
    bound: float
    unit: str
    status: Literal["applicable", "not applicable"] = "applicable"
    reason: str | None = None


class NotApplicable(_Owned):
    """A promise that the requirements rule out, with the words that do."""

    phrase: str
    reason: str
    because: str
    origin: Literal["stated", "assumed", "edited"]
    quote: str | None = None
    req: str | None = None
    basis: str | None = None


class Contract(_Frozen):
    """The whole of contract.yaml."""

    version: Literal[1]
    project: str
    datasets: Mapping[str, Dataset] = Field(default_factory=dict)
    features: Mapping[str, Feature] = Field(default_factory=dict)
    signatures: Mapping[str, Signature] = Field(default_factory=dict)
    metrics: Mapping[str, Metric] = Field(default_factory=dict)
    endpoints: Mapping[str, Endpoint] = Field(default_factory=dict)
    images: Mapping[str, Image] = Field(default_factory=dict)
    charts: Mapping[str, Described] = Field(default_factory=dict)
    namespaces: Mapping[str, Described] = Field(default_factory=dict)
    identities: Mapping[str, Identity] = Field(default_factory=dict)
    services: Mapping[str, Service] = Field(default_factory=dict)
    sizing: Mapping[str, Size] = Field(default_factory=dict)
    buckets: Mapping[str, Bucket] = Field(default_factory=dict)
    topics: Mapping[str, Topic] = Field(default_factory=dict)
    prometheus: Mapping[str, PrometheusMetric] = Field(default_factory=dict)
    secrets: Mapping[str, Secret] = Field(default_factory=dict)
    slos: Mapping[str, Slo] = Field(default_factory=dict)
    criteria: Mapping[str, Criterion] = Field(default_factory=dict)
    not_applicable: Mapping[str, NotApplicable] = Field(default_factory=dict)


def load_contract(root: Path) -> Contract:
    """Reads `root`/contract.yaml; raises SettingsInvalid where it is missing or not of the expected shape."""
    path = root / "contract.yaml"
    try:
        return _parsed(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise SettingsInvalid(
            f"expected contract.yaml in {root}; start in the project's folder or set ML_PLATFORM_ROOT"
        ) from error
    except (yaml.YAMLError, ValidationError) as error:
        raise SettingsInvalid(f"{path.name} is not a valid contract: {error}") from error


@cache
def _parsed(text: str) -> Contract:
    # It is frozen, so that whoever reads the same text may have the same contract. Every process reads it; the loader
    # that is written in Python takes eight times as long.
    return Contract.model_validate(yaml.load(text, Loader=yaml.CSafeLoader))
