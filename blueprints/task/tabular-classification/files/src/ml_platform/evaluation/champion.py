"""Champion against challenger on the same rows, none of which the champion was trained on."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_platform.bundle import Bundle
from ml_platform.contract import Contract
from ml_platform.evaluation.bootstrap import Difference, paired_bootstrap
from ml_platform.evaluation.config import EvaluationSettings
from ml_platform.tables import LABELS


@dataclass(frozen=True)
class Comparison:
    """The outcome; `difference` is challenger minus champion, None where no common unseen rows exist."""

    rows: int
    difference: Difference | None
    challenger_wins: bool
    reason: str


def compare_with_champion(
    champion: Bundle,
    predictions: pd.DataFrame,
    features: pd.DataFrame,
    contract: Contract,
    settings: EvaluationSettings,
    *,
    min_improvement: float,
    seed: int,
) -> Comparison:
    """Scores the champion on the rows of the challenger's `predictions` (key, time, target, score).

    `features` hold the model inputs of the same rows in the same order. Rows up to the champion's last training moment
    are left out: a model looks too good on what it was trained on.
    """
    definition = contract.datasets[LABELS]
    unseen = _after(predictions[definition.time], champion.info.training_until)
    labels = predictions[str(definition.target)].to_numpy(dtype=np.int64)[unseen]
    if len(labels) < settings.min_slice_rows or min(labels.sum(), len(labels) - labels.sum()) < 1:
        return Comparison(
            len(labels),
            None,
            False,
            f"only {len(labels)} common rows that the champion has not seen: a person has to decide",
        )
    difference = paired_bootstrap(
        labels,
        predictions["score"].to_numpy(dtype=np.float64)[unseen],
        champion.score(features.iloc[np.flatnonzero(unseen)]),
        groups=predictions[definition.key].to_numpy()[unseen],
        samples=settings.bootstrap_samples,
        seed=seed,
    )
    wins = difference.value >= min_improvement
    reason = (
        f"average precision {difference.candidate:.4f} against the champion's {difference.baseline:.4f} "
        f"on the same {len(labels)} rows, needed {min_improvement:+.4f}"
    )
    return Comparison(len(labels), difference, wins, reason)


def _after(times: pd.Series, until: datetime | None) -> npt.NDArray[np.bool_]:
    if until is None:
        return np.zeros(len(times), dtype=bool)
    return np.asarray(pd.to_datetime(times, utc=True) > pd.Timestamp(until), dtype=bool)
