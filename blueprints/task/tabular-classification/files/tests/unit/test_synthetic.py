"""Demonstration data: as many as asked for, the same every time, with the signal that was planted."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score

from ml_platform.context import StageContext
from ml_platform.contract import Column, Contract
from ml_platform.errors import SettingsInvalid
from ml_platform.stage import run_stage
from ml_platform.synthetic.config import SyntheticSettings, load_synthetic
from ml_platform.synthetic.panel import make_panel
from ml_platform.synthetic.signal import outcome_probabilities
from ml_platform.synthetic.source import Demonstration, synthesize

pytestmark = pytest.mark.deliverable("ingestion")
AS_OF = date(2026, 11, 20)


@pytest.fixture(scope="module")
def planted(contract: Contract) -> SyntheticSettings:
    return load_synthetic(Path(__file__).resolve().parents[2])


@pytest.fixture(scope="module")
def made(contract: Contract, planted: SyntheticSettings) -> Demonstration:
    return synthesize(contract, planted, AS_OF, entities=800)


def test_equal_seeds_give_equal_data(contract: Contract, planted: SyntheticSettings, made: Demonstration) -> None:
    again = synthesize(contract, planted, AS_OF, entities=800)
    pd.testing.assert_frame_equal(again.measures, made.measures)
    pd.testing.assert_frame_equal(again.labels, made.labels)
    other = synthesize(contract, planted, AS_OF, entities=800, seed=1)
    assert not other.labels.equals(made.labels)


def test_labels_are_late_and_measures_begin_before_them(contract: Contract, made: Demonstration) -> None:
    time = contract.datasets["labels"].time
    wait = timedelta(days=sum(contract.slos[n].value for n in ("label_horizon_days", "label_delay_days")))
    assert made.labels[time].max() <= pd.Timestamp(AS_OF, tz="UTC") - wait
    assert made.measures[time].max() >= made.labels[time].max()
    assert made.measures[time].min() < made.labels[time].min()
    assert 0 < made.labels[str(contract.datasets["labels"].target)].mean() < 0.6


def test_the_planted_signal_orders_the_outcomes(contract: Contract, planted: SyntheticSettings) -> None:
    dataset = contract.datasets["measures"]
    periods = pd.date_range(end="2026-08-31", periods=4, freq="ME")
    panel = make_panel(dataset, planted.typical, 2000, periods, np.random.default_rng(0))
    weight = planted.signal.strength
    chance = outcome_probabilities(panel, dataset, planted.signal, weight, 0.1)
    assert chance.mean() == pytest.approx(0.1, abs=1e-4)
    drawn = np.random.default_rng(1).random(len(chance)) < chance
    assert roc_auc_score(drawn, chance) > 0.75
    turned = outcome_probabilities(panel, dataset, planted.signal, weight, 0.1, concept=-1.0)
    assert roc_auc_score(drawn, turned) < 0.6


def test_a_shift_moves_the_measures(contract: Contract, planted: SyntheticSettings, made: Demonstration) -> None:
    shifted = synthesize(contract, planted, AS_OF, entities=800, shift=0.5)
    moved = shifted.measures[planted.signal.lag].mean() / made.measures[planted.signal.lag].mean()
    assert moved > 1.2


def test_a_small_study_has_one_labelled_row_per_entity(contract: Contract, planted: SyntheticSettings) -> None:
    small = planted.model_copy(update={"rows": 600, "positive_rate": 0.2})
    made = synthesize(contract, small, AS_OF)
    assert len(made.labels) == 600
    assert made.labels[contract.datasets["labels"].key].is_unique


@pytest.mark.parametrize(
    ("kind", "role", "typical", "low", "high"),
    [
        ("boolean", "attribute", None, None, None),
        ("boolean", "measure", None, None, None),
        ("timestamp", "attribute", None, None, None),
        ("string", "attribute", None, None, None),
        ("category", "measure", None, None, None),
        ("number", "measure", None, 0, 10),
        ("number", "attribute", None, 5, None),
        ("integer", "attribute", 3, 0, 9),
        ("number", "measure", None, None, None),
    ],
)
def test_every_kind_of_column_can_be_made(
    contract: Contract, kind: str, role: str, typical: float | None, low: float | None, high: float | None
) -> None:
    column = Column.model_validate(
        {
            "name": "x",
            "type": kind,
            "role": role,
            "description": "x",
            "nullable": False,
            "minimum": low,
            "maximum": high,
        }
    )
    base = contract.datasets["measures"]
    identity = tuple(c for c in base.columns if c.role in ("key", "time"))
    dataset = base.model_copy(update={"columns": (*identity, column)})
    periods = pd.date_range(end="2026-08-31", periods=3, freq="ME")
    values = make_panel(dataset, {"x": typical} if typical else {}, 50, periods, np.random.default_rng(0))["x"]
    assert len(values) == 150
    assert values.notna().all()
    if low is not None:
        assert values.min() >= low
    if high is not None:
        assert values.max() <= high


def test_the_stage_writes_the_same_files_for_the_same_day(context: StageContext) -> None:
    path = context.root / "conf" / "synthetic.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("most_entities: 6000", "most_entities: 200"), "utf-8")
    first = run_stage("synthesize", context).outputs
    assert first == run_stage("synthesize", context).outputs
    assert any("/changes/" in path for path in first)


def test_settings_that_do_not_hold_together_are_refused(root: Path) -> None:
    path = root / "conf" / "synthetic.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("positive_rate", "positive_rat"), encoding="utf-8")
    with pytest.raises(SettingsInvalid, match="positive_rat"):
        load_synthetic(root)
