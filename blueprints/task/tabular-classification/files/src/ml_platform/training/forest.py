"""A third kind of model beside the others: very random trees err differently, which is what an average needs."""

from sklearn.ensemble import ExtraTreesClassifier
from sklearn.pipeline import Pipeline

from ml_platform.features.preprocessing import preprocessor
from ml_platform.training.candidates import Candidate, Estimator, Parameters, Plan


def extra_trees() -> Candidate:
    """Extremely randomised trees over winsorised, imputed numbers and one-hot categories."""

    def build(plan: Plan, parameters: Parameters) -> Estimator:
        model = ExtraTreesClassifier(class_weight=plan.weights, random_state=plan.seed, n_jobs=1, **parameters)
        prepare = preprocessor(plan.contract, plan.features, scale=False)
        return Pipeline([("prepare", prepare), ("model", model)])

    defaults = {"n_estimators": 60, "min_samples_leaf": 8, "max_features": 0.5}
    return Candidate("extra_trees", defaults, build)
