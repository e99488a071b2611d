"""The score stage over real files: the list, its alert when late, and nothing published when the gate says no."""

import shutil
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

from ml_platform.context import StageContext
from ml_platform.errors import GateFailed
from ml_platform.files import read_json
from ml_platform.serving.predictor import Predictor
from ml_platform.settings import find_root
from ml_platform.stage import make_context
from ml_platform.stages import score
from serving_support import MemoryStore, feature_rows, project_contract, save_small_bundle

pytestmark = pytest.mark.deliverable("serving")

CONTRACT = project_contract()
MEASURES = CONTRACT.datasets["measures"]


@pytest.fixture
def context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> StageContext:
    project = find_root(Path(__file__).parent)
    shutil.copytree(project / "conf", tmp_path / "conf")
    shutil.copy2(project / "contract.yaml", tmp_path / "contract.yaml")
    monkeypatch.setenv("ML_PLATFORM__BATCH__ALERT_WHEN_LATE", "true")
    found = make_context("local", as_of=date(2026, 1, 5), run_id="test", root=tmp_path)
    save_small_bundle(tmp_path / found.settings.serving.model_dir, CONTRACT)
    return found


def use_store(monkeypatch: pytest.MonkeyPatch, rows: pd.DataFrame) -> MemoryStore:
    store = MemoryStore(rows, MEASURES.key)
    monkeypatch.setattr(score, "open_store", lambda *_: store)
    return store


def test_scores_every_entity_twice_alike_and_reports_that_it_is_late(
    context: StageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = feature_rows(CONTRACT, 300, seed=3)
    store = use_store(monkeypatch, rows)
    first = score.run(context)
    again = score.run(context)
    assert first.outputs == again.outputs
    assert (first.scored, first.unscored, first.model_version, first.late) == (300, 0, "7", True)
    assert store.closed
    ranked = pd.read_csv(context.root / first.folder / "ranked.csv").set_index(MEASURES.key)
    online = Predictor.load(context.path(context.settings.serving.model_dir)).predict(rows.iloc[[17]])[0]
    assert ranked.loc[rows.loc[17, MEASURES.key], "score"] == pytest.approx(online, abs=1e-6)
    reports = context.path(context.settings.paths.reports)
    alerts = (reports / "alerts.jsonl").read_text(encoding="utf-8")
    assert "is late" in alerts
    metrics = (reports / "batch.prom").read_text(encoding="utf-8")
    assert 'ml_platform_batch_rows{outcome="scored"} 300.0' in metrics
    assert "ml_platform_batch_deadline_missed 1.0" in metrics
    named = {line.split()[2] for line in metrics.splitlines() if line.startswith("# TYPE")}
    assert named == {name for name in CONTRACT.prometheus if name.startswith("ml_platform_batch_")}


def test_rows_without_features_are_listed_beside_the_scores(
    context: StageContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = feature_rows(CONTRACT, 300, seed=3).astype(dict.fromkeys(CONTRACT.features, object))
    rows.loc[0, list(CONTRACT.features)] = None
    use_store(monkeypatch, rows)
    handover = score.run(context)
    assert (handover.scored, handover.unscored) == (299, 1)
    assert len(pd.read_csv(context.root / handover.folder / "unscored.csv")) == 1
    assert read_json(context.root / handover.folder / "summary.json")["unscored"] == 1


def test_a_shifted_population_is_not_published(context: StageContext, monkeypatch: pytest.MonkeyPatch) -> None:
    use_store(monkeypatch, feature_rows(CONTRACT, 300, shift=3.0))
    with pytest.raises(GateFailed, match="training scores"):
        score.run(context)
    assert not context.path(context.settings.batch.output).exists()
