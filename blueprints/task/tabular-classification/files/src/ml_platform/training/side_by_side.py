"""Candidates that processes of their own have prepared: kept in the run's folder, used only where nothing changed."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ml_platform.context import StageContext
from ml_platform.evaluation.metrics import Labels
from ml_platform.files import atomic_write_json, atomic_write_parquet, read_json, sha256_of
from ml_platform.training.candidates import Candidate, Plan
from ml_platform.training.cross_validation import FoldScores, fold_metrics
from ml_platform.training.fit import Trained
from ml_platform.training.versions import code_version, dependencies_version

FOLDER = "candidates"


def key_of(context: StageContext, data_version: str) -> str:
    """Hash of everything that a candidate's result depends on: data, code, libraries, settings and contract."""
    made_from = {
        "data": data_version,
        "code": code_version(),
        "dependencies": dependencies_version(),
        "settings": context.settings.model_dump_json(include={"training", "tuning", "features"}),
        "contract": context.contract.model_dump_json(),
        "split": sha256_of(context.path(Path(context.settings.features.split_file))),
    }
    return hashlib.sha256(json.dumps(made_from, sort_keys=True).encode()).hexdigest()


def keep(context: StageContext, trained: Trained, data_version: str) -> list[Path]:
    """Writes one candidate's parameters and fold scores; the description comes last and names what they hold for."""
    folder = context.work / FOLDER
    scores = pd.concat(
        [pd.DataFrame({"fold": part.fold, "row": part.rows, "score": part.scores}) for part in trained.folds]
    )
    kept = atomic_write_parquet(folder / f"{trained.name}.parquet", scores)
    description = {
        "key": key_of(context, data_version),
        "scores": sha256_of(kept),
        "parameters": dict(trained.parameters),
        "history": list(trained.history),
    }
    return [kept, atomic_write_json(folder / f"{trained.name}.json", description)]


def find(context: StageContext, candidate: Candidate, plan: Plan, labels: Labels, data_version: str) -> Trained | None:
    """The candidate as an earlier process prepared it; None where there is none for these data, code and settings."""
    folder = context.work / FOLDER
    described, kept = folder / f"{candidate.name}.json", folder / f"{candidate.name}.parquet"
    if not described.is_file() or not kept.is_file():
        return None
    found: dict[str, Any] = read_json(described)
    if found["key"] != key_of(context, data_version) or found["scores"] != sha256_of(kept):
        return None
    parameters = found["parameters"]
    folds = tuple(
        FoldScores(int(number), part["row"].to_numpy(dtype=np.intp), part["score"].to_numpy(dtype=np.float64))
        for number, part in pd.read_parquet(kept).groupby("fold", sort=True)
    )
    context.log.info("candidate taken over", candidate=candidate.name)
    return Trained(
        candidate.name,
        parameters,
        folds,
        fold_metrics(folds, labels),
        lambda: candidate.build(plan, parameters),
        tuple(found["history"]),
    )
