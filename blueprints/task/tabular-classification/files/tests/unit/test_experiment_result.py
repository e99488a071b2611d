"""Outcomes of an experiment: an effect is acted on at its bound, unless the assignment is broken or a group suffers."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml_platform.errors import DataRefused
from ml_platform.experiments.__main__ import main
from ml_platform.experiments.plan import ExperimentPlan, load_plan
from ml_platform.experiments.result import read_result

pytestmark = pytest.mark.deliverable("experiment-design")
PROJECT = Path(__file__).resolve().parents[2]
ROWS = 8000


@pytest.fixture
def plan() -> ExperimentPlan:
    planned = load_plan(PROJECT / "conf" / "experiment.yaml")
    return planned.model_copy(update={"protected": ("group",), "treatment_share": 0.5})


def outcomes(effect: float = 0.0, against: float = 0.0) -> pd.DataFrame:
    """Outcomes at 20 % without treatment; `against` of the decisions for group b turn into no decision."""
    generator = np.random.default_rng(4)
    treated = np.arange(ROWS) % 2 == 1
    group = generator.choice(["a", "b"], ROWS)
    selected = (generator.random(ROWS) < 0.3) & ~((group == "b") & (generator.random(ROWS) < against))
    outcome = generator.random(ROWS) < np.where(treated, 0.2 - effect, 0.2)
    arms = np.where(treated, "treatment", "control")
    return pd.DataFrame({"arm": arms, "outcome": outcome.astype(int), "selected": selected.astype(int), "group": group})


def test_without_an_effect_nothing_is_done(plan: ExperimentPlan) -> None:
    result = read_result(plan, outcomes(), plan.looks)
    assert not result.act
    assert result.text.endswith("do not act on it")


def test_an_effect_is_acted_on_unless_a_group_is_treated_unequally(plan: ExperimentPlan) -> None:
    result = read_result(plan, outcomes(effect=0.06), plan.looks)
    assert result.act
    assert result.arms.difference == pytest.approx(-0.06, abs=0.02)
    unequal = read_result(plan, outcomes(effect=0.06, against=0.5), plan.looks)
    assert unequal.arms == result.arms
    assert not unequal.act
    assert "group: selection ratio 0.5" in unequal.text


def test_the_same_result_counts_less_at_an_early_look(plan: ExperimentPlan) -> None:
    late, early = (read_result(plan, outcomes(effect=0.03), look) for look in (plan.looks, 1))
    assert early.bound < late.arms.p_value < late.bound
    assert late.act
    assert not early.act


def test_a_broken_assignment_a_strange_look_and_absent_columns_are_refused(plan: ExperimentPlan) -> None:
    table = outcomes(effect=0.06)
    with pytest.raises(DataRefused, match="do not fit the plan"):
        read_result(plan, table[(table["arm"] == "control") | (table.index % 8 == 1)], 1)
    with pytest.raises(DataRefused, match=f"look from 1 to {plan.looks}"):
        read_result(plan, table, plan.looks + 1)
    with pytest.raises(DataRefused, match="missing: group"):
        read_result(plan, table.drop(columns="group"), 1)


def test_the_command_reads_a_file(
    tmp_path: Path, plan: ExperimentPlan, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "outcomes.csv"
    protected = load_plan(PROJECT / "conf" / "experiment.yaml").protected
    table = outcomes(effect=0.06)
    table.assign(**dict.fromkeys(protected, table["group"])).to_csv(path, index=False)
    monkeypatch.chdir(PROJECT)
    assert main([str(path), "--look", str(plan.looks)]) == 0
    assert capsys.readouterr().out.endswith("\nact on it\n")
