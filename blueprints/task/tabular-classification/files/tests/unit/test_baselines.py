"""The baselines rank as described and never see an engineered feature."""

import numpy as np
import pytest

from ml_platform.contract import Contract
from ml_platform.errors import SettingsInvalid
from ml_platform.evaluation.baselines import (
    LINEAR,
    RAW,
    RULE,
    baseline_scores,
    linear_baseline,
    load_rule,
    rule_feature,
    rule_scores,
    strongest,
)
from training_support import PROJECT, make_data, make_split

pytestmark = pytest.mark.deliverable("training")


def test_the_rule_ranks_in_its_direction_and_puts_unknown_last(contract: Contract) -> None:
    rule = load_rule(PROJECT)
    name = rule_feature(contract, rule)
    rows = make_data(contract, 50).rows
    rows.loc[0, name] = np.nan
    high = rule_scores(rows, contract, rule.model_copy(update={"direction": "high"}))
    low = rule_scores(rows, contract, rule.model_copy(update={"direction": "low"}))
    assert high.argmin() == low.argmin() == 0
    assert high.argmax() == rows[name].argmax()
    assert low.argmax() == rows[name].argmin()


def test_a_rule_on_a_column_without_feature_is_refused(contract: Contract) -> None:
    rule = load_rule(PROJECT).model_copy(update={"column": "nothing"})
    with pytest.raises(SettingsInvalid, match="no feature carries"):
        rule_feature(contract, rule)


def test_a_missing_rule_file_is_an_error(tmp_path_factory: pytest.TempPathFactory) -> None:
    with pytest.raises(SettingsInvalid, match="does not describe a rule"):
        load_rule(tmp_path_factory.mktemp("empty"))


def test_the_linear_baseline_uses_raw_columns_only(contract: Contract) -> None:
    data = make_data(contract, 200)
    model = linear_baseline(contract, 1).fit(data.rows, data.labels)
    changed = data.rows.copy()
    engineered = [name for name, f in contract.features.items() if f.transformation not in RAW and name in changed]
    for name in engineered:
        changed[name] = 1e3
    assert model.predict_proba(changed) == pytest.approx(model.predict_proba(data.rows))


def test_scores_exist_for_held_out_rows_only(contract: Contract) -> None:
    data, split = make_data(contract, 200), make_split(200)
    found = baseline_scores(data.rows, data.labels, split, contract, load_rule(PROJECT), 1)
    assert np.isnan(found[LINEAR][split.train]).all()
    assert not np.isnan(found[LINEAR][split.test]).any()
    labels = data.labels[split.test]
    assert strongest(labels, {RULE: labels.astype(float), LINEAR: found[LINEAR][split.test]}) == RULE
