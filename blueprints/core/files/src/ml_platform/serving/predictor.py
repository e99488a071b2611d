"""The one way from features to scores: REST, gRPC, KServe and batch all score through it, so they cannot disagree."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from ml_platform.bundle import Bundle, load_bundle

WARM_UP_ROWS = 5


class Predictor:
    """A loaded model bundle; loading accepts only the types on the bundle's closed list."""

    def __init__(self, bundle: Bundle) -> None:
        self._bundle = bundle

    @classmethod
    def load(cls, model_dir: Path) -> "Predictor":
        """Load the bundle in `model_dir`; raises ModelRefused where it is incomplete or not to be trusted."""
        return cls(load_bundle(model_dir))

    @property
    def name(self) -> str:
        """Registered name of the model."""
        return self._bundle.info.model_name

    @property
    def version(self) -> str:
        """Registered version, or `unregistered` for a bundle that came from no registry."""
        version = self._bundle.info.version
        return "unregistered" if version is None else str(version)

    @property
    def features(self) -> list[str]:
        """Names of the model's inputs, in its order."""
        return self._bundle.info.feature_names

    @property
    def threshold(self) -> float:
        """Score from which on the decision is yes."""
        return self._bundle.info.threshold

    def predict(self, rows: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Return the probability of the target for each row, shape (rows,); other columns are ignored.

        Raises ModelRefused where a feature is missing.
        """
        if rows.empty:
            return np.empty(0, dtype=np.float64)
        return self._bundle.score(rows)

    def decide(self, score: float) -> bool:
        """Say whether `score` reaches the threshold."""
        return score >= self.threshold

    def warm_up(self) -> None:
        """Score a few rows one by one, as requests will, so that libraries have built what they reuse."""
        rows = self._bundle.reference().head(WARM_UP_ROWS)
        for position in range(len(rows)):
            self.predict(rows.iloc[[position]])

    def reference_scores(self) -> npt.NDArray[np.float64]:
        """Return the scores of the reference sample that the bundle carries, computed by this very model."""
        return self.predict(self._bundle.reference())
