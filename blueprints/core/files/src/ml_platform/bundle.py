"""The model bundle: a directory with all that scoring needs, so that serving needs neither tracker nor registry."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pandas as pd
import skops.io
from pydantic import BaseModel, ConfigDict, ValidationError

from ml_platform.errors import ModelRefused
from ml_platform.files import atomic_write_json, atomic_write_parquet, read_json

MODEL_FILE = "model.skops"
INFO_FILE = "bundle.json"
REFERENCE_FILE = "reference.parquet"
CARD_FILE = "model-card.md"
MISSING = "missing"
SHORT = 16

# A model file may build objects of these types and of no other beyond those that skops itself calls safe: a file from
# outside can then not run code while it is loaded. Extend the list only together with a new kind of candidate.
TRUSTED_TYPES = (
    "functools.partial",
    "ml_platform.features.preprocessing.Winsoriser",
    "ml_platform.training.calibration.CalibratedModel",
    "numpy.dtype",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
    "sklearn.utils.validation.check_array",
)


class Classifier(Protocol):
    """What the platform needs of a fitted model."""

    def predict_proba(self, rows: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Probabilities, one row per row and one column per class."""


class BundleFeature(BaseModel):
    """One model input."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    dtype: str


class BundleInfo(BaseModel):
    """bundle.json: what the model is, what it was made from and how it performed."""

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    model_name: str
    candidate: str
    version: int | None = None
    features: tuple[BundleFeature, ...]
    target: str
    threshold: float
    decision: str
    metrics: dict[str, float] = {}
    parameters: dict[str, str] = {}
    data_version: str
    code_version: str
    dependencies_version: str
    model_version: str = ""
    trained_at: date
    training_until: datetime | None = None
    run_id: str
    tracked_run: str = ""
    training_rows: int
    seed: int

    @property
    def feature_names(self) -> list[str]:
        """Names of the inputs in the model's order."""
        return [feature.name for feature in self.features]

    @property
    def versions(self) -> dict[str, str]:
        """What the model was made from and what it is: changing one of the four changes that one only."""
        return {
            "data_version": self.data_version,
            "code_version": self.code_version,
            "model_version": self.model_version,
            "dependencies_version": self.dependencies_version,
        }


@dataclass(frozen=True)
class Bundle:
    """A loaded bundle."""

    directory: Path
    info: BundleInfo
    model: Classifier

    def score(self, rows: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Probability of the target for each row; raises ModelRefused where a feature is missing."""
        return positive_scores(self.model, model_inputs(rows, self.info.features))

    def reference(self) -> pd.DataFrame:
        """Features and scores of a sample of training rows, the reference for drift."""
        return pd.read_parquet(self.directory / REFERENCE_FILE)


def positive_scores(model: Classifier, rows: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Probability of the positive class, shape (rows,)."""
    return np.asarray(model.predict_proba(rows), dtype=np.float64)[:, 1]


def model_inputs(rows: pd.DataFrame, features: Sequence[BundleFeature]) -> pd.DataFrame:
    """The features in the model's order: numbers as float64 with NaN, categories as text, absent ones as `missing`.

    Training and serving both go through here, which is what keeps them from disagreeing.
    """
    missing = [feature.name for feature in features if feature.name not in rows.columns]
    if missing:
        raise ModelRefused(
            f"expected the features {missing}, got {sorted(map(str, rows.columns))}; "
            "build the rows with the feature store or ml_platform.features"
        )
    columns: dict[str, pd.Series] = {}
    for feature in features:
        values = rows[feature.name]
        if feature.dtype in {"category", "string"}:
            # Through a list, because extension types keep their own missing value.
            texts = [MISSING if pd.isna(value) else str(value) for value in values.tolist()]
            columns[feature.name] = pd.Series(texts, index=rows.index, dtype=object)
        else:
            columns[feature.name] = pd.Series(
                pd.to_numeric(values).to_numpy(dtype=np.float64, na_value=np.nan), index=rows.index
            )
    return pd.DataFrame(columns, index=rows.index)


def save_bundle(
    directory: Path,
    model: Classifier,
    info: BundleInfo,
    reference: pd.DataFrame,
    texts: Mapping[str, str] | None = None,
) -> Path:
    """Writes a bundle to `directory`, replacing what was there only when everything is complete.

    `texts` are further documents by file name, e.g. the model card. Raises ModelRefused where the model holds a type
    that could not be loaded again.
    """
    building = directory.with_name(f".{directory.name}.part")
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    skops.io.dump(model, building / MODEL_FILE)
    _refuse_untrusted(building / MODEL_FILE)
    known = info.model_copy(update={"model_version": model_version(building / MODEL_FILE)})
    atomic_write_json(building / INFO_FILE, known.model_dump(mode="json"))
    atomic_write_parquet(building / REFERENCE_FILE, reference)
    for name, text in (texts or {}).items():
        (building / name).write_text(text, encoding="utf-8")
    return install(building, directory)


def load_info(directory: Path) -> BundleInfo:
    """Reads only bundle.json; raises ModelRefused where it is missing or of another shape."""
    try:
        return BundleInfo.model_validate(read_json(directory / INFO_FILE))
    except (OSError, ValueError, ValidationError) as error:
        raise ModelRefused(
            f"expected a model bundle with {INFO_FILE} in {directory.name}; run the train and deploy stages"
        ) from error


def load_bundle(directory: Path) -> Bundle:
    """Loads a bundle; raises ModelRefused where it is incomplete or holds a type outside TRUSTED_TYPES."""
    info = load_info(directory)
    path = directory / MODEL_FILE
    if not path.is_file():
        raise ModelRefused(f"expected {MODEL_FILE} in {directory.name}; train or download it again")
    _refuse_untrusted(path)
    if info.model_version not in {"", model_version(path)}:
        raise ModelRefused(f"{MODEL_FILE} in {directory.name} is not the model that {INFO_FILE} describes: download it")
    try:
        model = skops.io.load(path, trusted=list(TRUSTED_TYPES))
    except Exception as error:
        raise ModelRefused(f"{MODEL_FILE} in {directory.name} cannot be read: {error}") from error
    return Bundle(directory=directory, info=info, model=model)


def rewrite_info(directory: Path, info: BundleInfo) -> None:
    """Replaces bundle.json, e.g. when the registry has given the version its number."""
    atomic_write_json(directory / INFO_FILE, info.model_dump(mode="json"))


def model_version(path: Path) -> str:
    """Hash of what a model file holds, the same for equal models, whose files differ in memory addresses and times."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: hashlib.sha256(archive.read(name)).hexdigest() for name in archive.namelist()}
        content = _without_addresses(json.loads(archive.read("schema.json")), parts)
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:SHORT]


def _without_addresses(node: Any, parts: Mapping[str, str]) -> Any:
    if isinstance(node, list):
        return [_without_addresses(item, parts) for item in node]
    if isinstance(node, dict):
        return {name: _without_addresses(item, parts) for name, item in node.items() if name != "__id__"}
    # Arrays lie in files of their own, which are named by address.
    return parts.get(node, node) if isinstance(node, str) else node


def install(source: Path, target: Path) -> Path:
    """Moves the complete directory `source` to `target`; what was at `target` disappears only then."""
    target.parent.mkdir(parents=True, exist_ok=True)
    previous = target.with_name(f".{target.name}.previous")
    shutil.rmtree(previous, ignore_errors=True)
    if target.exists():
        target.rename(previous)
    source.rename(target)
    shutil.rmtree(previous, ignore_errors=True)
    return target


def _refuse_untrusted(path: Path) -> None:
    try:
        types = skops.io.get_untrusted_types(file=path)
    except Exception as error:
        raise ModelRefused(f"{path.name} is not a model file: {error}") from error
    unknown = sorted(set(types) - set(TRUSTED_TYPES))
    if unknown:
        raise ModelRefused(
            f"{path.name} holds types that are not trusted: {', '.join(unknown)}; "
            "do not load it unless you know where it comes from"
        )
