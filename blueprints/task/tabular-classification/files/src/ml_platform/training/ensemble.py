"""The average of the candidates as one more competitor; it is chosen only where it really ranks better."""

from collections.abc import Sequence

from sklearn.ensemble import VotingClassifier

from ml_platform.evaluation.metrics import Labels
from ml_platform.training.candidates import Estimator
from ml_platform.training.cross_validation import averaged, fold_metrics
from ml_platform.training.fit import Trained

NAME = "ensemble"


def average(members: Sequence[Trained], labels: Labels) -> Trained:
    """Averages the probabilities of `members` with equal weights.

    Learned weights would need another level of held-out data; equal ones are hard to beat with few members. The fold
    scores are those of the members, so that adding the ensemble to the comparison costs no further fit.
    """
    # A copy: the caller's list goes on growing, first of all by this ensemble.
    parts = tuple(members)
    folds = tuple(averaged([member.folds for member in parts]))

    def build() -> Estimator:
        return VotingClassifier([(member.name, member.build()) for member in parts], voting="soft")

    parameters = {f"member_{number}": member.name for number, member in enumerate(parts)}
    return Trained(NAME, parameters, folds, fold_metrics(folds, labels), build)
