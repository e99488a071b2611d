"""Champion and challenger meet on the same rows, and never on rows that the champion was trained on."""

from datetime import datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from ml_platform.bundle import Bundle, load_bundle, rewrite_info
from ml_platform.contract import Contract
from ml_platform.evaluation.champion import Comparison, compare_with_champion
from ml_platform.evaluation.config import EvaluationSettings
from serving_support import save_small_bundle
from training_support import make_frame

pytestmark = pytest.mark.deliverable("registry")


def champion(directory: Path, contract: Contract, until: datetime | None) -> Bundle:
    save_small_bundle(directory, contract)
    info = load_bundle(directory).info
    rewrite_info(directory, info.model_copy(update={"training_until": until}))
    return load_bundle(directory)


def compared(bundle: Bundle, contract: Contract, quality: float, needed: float = 0.0) -> Comparison:
    frame = make_frame(contract)
    target = str(contract.datasets["labels"].target)
    noise = np.random.default_rng(1).random(len(frame))
    return compare_with_champion(
        bundle,
        frame.assign(score=quality * frame[target] + (1 - quality) * noise),
        frame.drop(columns=target),
        contract,
        EvaluationSettings(bootstrap_samples=100),
        min_improvement=needed,
        seed=1,
    )


def test_the_better_model_wins(tmp_path: Path, contract: Contract) -> None:
    bundle = champion(tmp_path / "model", contract, pd.Timestamp("2026-01-01", tz="UTC").to_pydatetime())
    better = compared(bundle, contract, 0.6)
    assert better.rows == 800
    assert better.challenger_wins
    assert not compared(bundle, contract, 0.6, needed=0.99).challenger_wins
    assert "on the same 800 rows" in better.reason


def test_rows_known_to_the_champion_are_left_out(tmp_path: Path, contract: Contract) -> None:
    bundle = champion(tmp_path / "model", contract, pd.Timestamp("2026-02-10", tz="UTC").to_pydatetime())
    assert compared(bundle, contract, 0.6).rows == 400


@pytest.mark.parametrize("until", [None, pd.Timestamp("2027-01-01", tz="UTC").to_pydatetime()])
def test_without_unseen_rows_a_person_decides(tmp_path: Path, contract: Contract, until: datetime | None) -> None:
    found = compared(champion(tmp_path / "model", contract, until), contract, 1.0)
    assert (found.challenger_wins, found.difference) == (False, None)
    assert "a person has to decide" in found.reason
