"""What a model has to beat: the rule that people use today, and a regularised linear model on the raw columns."""

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
import yaml
from pydantic import BaseModel, ConfigDict, ValidationError
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from ml_platform.contract import Contract
from ml_platform.errors import SettingsInvalid
from ml_platform.evaluation.metrics import Floats, Labels, average_precision
from ml_platform.features.split import Fold, Split

RULE_FILE = Path("conf/baseline.yaml")
RULE = "domain_rule"
LINEAR = "linear_on_raw_columns"
RAW = ("identity", "flag", "category", "days_since")


class DomainRule(BaseModel):
    """conf/baseline.yaml: rank by one feature."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str
    direction: Literal["high", "low"]
    description: str


def load_rule(root: Path) -> DomainRule:
    """Reads the rule of thumb; raises SettingsInvalid."""
    try:
        content = yaml.safe_load((root / RULE_FILE).read_text(encoding="utf-8"))
        return DomainRule.model_validate(content)
    except (OSError, yaml.YAMLError, ValidationError) as error:
        raise SettingsInvalid(f"{RULE_FILE} does not describe a rule: {error}") from error


def rule_feature(contract: Contract, rule: DomainRule) -> str:
    """The feature that carries the rule's column as it was recorded; raises SettingsInvalid where there is none."""
    for name, feature in contract.features.items():
        if feature.transformation in RAW and feature.inputs == (rule.column,):
            return name
    raise SettingsInvalid(
        f"{RULE_FILE} ranks by {rule.column}, which no feature carries unchanged; name another column"
    )


def rule_scores(rows: pd.DataFrame, contract: Contract, rule: DomainRule) -> Floats:
    """Ranks of the rule's column in [0, 1], shape (rows,); unknown values rank lowest."""
    values = pd.to_numeric(rows[rule_feature(contract, rule)])
    signed = values if rule.direction == "high" else -values
    return np.asarray(signed.rank(method="average", pct=True, na_option="top").to_numpy(dtype=np.float64))


def linear_baseline(contract: Contract, seed: int) -> Pipeline:
    """Unfitted regularised logistic regression on the columns as they were recorded, without engineered features."""
    raw = {name: f for name, f in contract.features.items() if f.transformation in RAW}
    numbers = [name for name, feature in raw.items() if feature.dtype != "category"]
    categories = [name for name, feature in raw.items() if feature.dtype == "category"]
    prepare = ColumnTransformer(
        [
            (
                "number",
                Pipeline(
                    [
                        ("impute", SimpleImputer(strategy="median", keep_empty_features=True)),
                        ("scale", StandardScaler()),
                    ]
                ),
                numbers,
            ),
            ("category", OneHotEncoder(handle_unknown="ignore"), categories),
        ]
    )
    model = LogisticRegression(C=1.0, max_iter=500, random_state=seed)
    return Pipeline([("prepare", prepare), ("model", model)])


def baseline_scores(
    rows: pd.DataFrame, labels: Labels, split: Split, contract: Contract, rule: DomainRule, seed: int
) -> dict[str, Floats]:
    """Scores of every baseline for all rows of the frame that are evaluated, NaN elsewhere, shape (rows,) each.

    Held-out rows are scored by a model fitted on the training rows; without held-out rows, out of fold.
    """
    folds = [Fold(split.train, split.test)] if len(split.test) else list(split.folds)
    total, count = np.zeros(len(rows)), np.zeros(len(rows))
    for fold in folds:
        model = linear_baseline(contract, seed).fit(rows.iloc[fold.train], labels[fold.train])
        total[fold.valid] += model.predict_proba(rows.iloc[fold.valid])[:, 1]
        count[fold.valid] += 1
    linear = np.divide(total, count, out=np.full(len(rows), np.nan), where=count > 0)
    return {RULE: rule_scores(rows, contract, rule), LINEAR: linear}


def strongest(labels: Labels, baselines: dict[str, Floats]) -> str:
    """Name of the baseline with the higher average precision on the evaluated rows.

    Choosing on these rows favours the baseline, so the comparison errs on the strict side.
    """
    return max(baselines, key=lambda name: average_precision(labels, baselines[name]))
