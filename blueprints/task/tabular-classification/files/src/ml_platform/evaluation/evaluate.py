"""Judges a trained model on rows that it has not seen: all numbers in one value, computed without touching a file."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_platform.bundle import Bundle
from ml_platform.contract import Contract
from ml_platform.evaluation.baselines import DomainRule, baseline_scores, strongest
from ml_platform.evaluation.bootstrap import Difference, paired_bootstrap
from ml_platform.evaluation.config import EvaluationSettings
from ml_platform.evaluation.fairness import Fairness, measure_fairness
from ml_platform.evaluation.gate import GateResult, apply_gates
from ml_platform.evaluation.importance import permutation_importance
from ml_platform.evaluation.metrics import Floats, Labels, average_precision, compute_metrics
from ml_platform.evaluation.permutation import permuted_difference
from ml_platform.features.split import Split
from ml_platform.training.candidates import Estimator
from ml_platform.training.data import Labelled


@dataclass(frozen=True)
class Evaluation:
    """Everything that was found out about a model; `rows` are positions in the labelled frame."""

    rows: npt.NDArray[np.intp]
    labels: Labels
    scores: Floats
    baseline: str
    baseline_values: dict[str, float]
    baseline_scores: Floats
    metrics: dict[str, float]
    difference: Difference
    permuted: float
    importance: dict[str, float]
    fairness: tuple[Fairness, ...]
    gates: tuple[GateResult, ...]


def evaluate(
    bundle: Bundle,
    data: Labelled,
    split: Split,
    contract: Contract,
    rule: DomainRule,
    settings: EvaluationSettings,
    *,
    capacity_share: float,
    seed: int,
    build: Callable[[], Estimator],
    out_of_fold: pd.DataFrame,
    protected: pd.DataFrame,
) -> Evaluation:
    """Evaluates on the held-out rows, or on the `out_of_fold` scores where data are too few to hold rows out.

    `build` gives an unfitted model of the chosen kind for the check with shuffled labels; `protected` has one column
    per protected attribute and one row per row of the frame.
    """
    if len(split.test):
        rows = split.test
        scores = bundle.score(data.rows.iloc[rows])
    else:
        rows = out_of_fold["position"].to_numpy(dtype=np.intp)
        scores = out_of_fold["score"].to_numpy(dtype=np.float64)
    labels = data.labels[rows]
    whole = pd.concat([data.frame[[contract.datasets["labels"].key]], data.rows], axis=1)
    baselines = {
        name: values[rows] for name, values in baseline_scores(whole, data.labels, split, contract, rule, seed).items()
    }
    best = strongest(labels, baselines)
    difference = paired_bootstrap(
        labels,
        scores,
        baselines[best],
        groups=data.frame[contract.datasets["labels"].key].to_numpy()[rows],
        samples=settings.bootstrap_samples,
        seed=seed,
    )
    permuted = permuted_difference(
        build, whole, data.labels, split, contract, rule, permutations=settings.permutations, seed=seed
    )
    metrics = compute_metrics(labels, scores, share=capacity_share, bins=settings.calibration_bins)
    fairness = tuple(
        measure_fairness(str(name), protected[name].iloc[rows], labels, scores, bundle.info.threshold, settings)
        for name in protected.columns
    )
    return Evaluation(
        rows=rows,
        labels=labels,
        scores=scores,
        baseline=best,
        baseline_values={name: average_precision(labels, values) for name, values in baselines.items()},
        baseline_scores=baselines[best],
        metrics=metrics,
        difference=difference,
        permuted=permuted,
        importance=permutation_importance(bundle.model, data.rows.iloc[rows], labels, seed=seed),
        fairness=fairness,
        gates=tuple(apply_gates(contract, metrics, difference, permuted, settings.standard_errors)),
    )


def fairness_findings(evaluation: Evaluation, settings: EvaluationSettings) -> list[str]:
    """What lies outside the fairness bounds, over all attributes."""
    return [finding for item in evaluation.fairness for finding in item.findings(settings)]
