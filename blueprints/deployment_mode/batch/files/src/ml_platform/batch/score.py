"""Scores many entities with the predictor that also answers requests, and says which rows have no score."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import ks_2samp

from ml_platform.batch.config import BatchSettings
from ml_platform.errors import GateFailed
from ml_platform.serving.predictor import Predictor

NO_FEATURES = "every feature is missing"
NO_SCORE = "the model gave no finite score"


@dataclass(frozen=True)
class Scored:
    """Scores, ranked from the highest, and the rows that have none with the reason."""

    ranked: pd.DataFrame
    unscored: pd.DataFrame

    @property
    def unscored_share(self) -> float:
        """Share of rows without a score, 0 to 1."""
        total = len(self.ranked) + len(self.unscored)
        return len(self.unscored) / total if total else 0.0


def score_rows(rows: pd.DataFrame, predictor: Predictor, *, key: str, time: str, chunk_rows: int) -> Scored:
    """Score `rows`, one per entity with the key, the feature time and the model's features.

    Returns columns key, time, score, decision, rank (1 is the highest score; ties go by key, so that equal inputs
    give equal lists). Memory is bounded by `chunk_rows`.
    """
    chunks = [rows.iloc[start : start + chunk_rows] for start in range(0, len(rows), chunk_rows)]
    scores = np.concatenate([predictor.predict(chunk) for chunk in chunks]) if chunks else np.empty(0)
    empty = rows[predictor.features].isna().all(axis=1).to_numpy()
    bad = ~np.isfinite(scores)
    reasons = np.where(empty, NO_FEATURES, np.where(bad, NO_SCORE, ""))
    frame = rows[[key, time]].assign(score=scores, decision=scores >= predictor.threshold, reason=reasons)
    usable = frame["reason"] == ""
    ranked = frame[usable].drop(columns="reason").sort_values(["score", key], ascending=[False, True])
    ranked = ranked.reset_index(drop=True).assign(rank=np.arange(1, int(usable.sum()) + 1))
    return Scored(ranked=ranked, unscored=frame.loc[~usable, [key, time, "reason"]].reset_index(drop=True))


def score_shift(scores: pd.Series, predictor: Predictor) -> float:
    """Return the Kolmogorov-Smirnov distance, 0 to 1, of `scores` to the scores of the model's reference rows."""
    return float(ks_2samp(scores.to_numpy(), predictor.reference_scores()).statistic)


def require_sane(scored: Scored, shift: float, settings: BatchSettings) -> None:
    """Refuse a list that nobody should act on; raises GateFailed, and nothing is published.

    The distance is judged only from `min_rows_for_shift` rows on, because a short list differs by chance.
    """
    if scored.ranked.empty:
        raise GateFailed("no row could be scored; look at the features stage and at the unscored rows")
    if scored.unscored_share > settings.max_unscored_share:
        raise GateFailed(
            f"{scored.unscored_share:.1%} of the rows have no score, at most {settings.max_unscored_share:.1%} may; "
            "compare the feature store with the source data, or raise batch.max_unscored_share"
        )
    if len(scored.ranked) >= settings.min_rows_for_shift and shift > settings.max_score_shift:
        raise GateFailed(
            f"today's scores are {shift:.2f} away from the training scores, at most {settings.max_score_shift:.2f} "
            "is published; look at the drift report, retrain, or raise batch.max_score_shift"
        )
