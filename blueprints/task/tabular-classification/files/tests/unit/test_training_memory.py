"""One machine holds what training needs: the arithmetic, its bound, and the size that the stated volume leads to."""

from dataclasses import replace
from pathlib import Path

import pytest

from ml_platform.config import Environment
from ml_platform.context import StageContext
from ml_platform.contract import Contract
from ml_platform.errors import DataRefused
from ml_platform.settings import load_settings
from ml_platform.training.config import TrainingSettings
from ml_platform.training.memory import (
    COPIES,
    GIB,
    RESERVED_GIB,
    estimate_memory,
    require_memory,
    row_bytes,
    training_memory,
)

pytestmark = pytest.mark.deliverable("training")


def test_a_row_is_as_wide_as_its_values(contract: Contract) -> None:
    wider = replace_inputs(contract, extra=1)
    assert row_bytes(wider) == row_bytes(contract) + 8
    assert row_bytes(contract) >= 8 * (3 + len(contract.signatures["model"].inputs))


def replace_inputs(contract: Contract, extra: int) -> Contract:
    model = contract.signatures["model"]
    longer = model.model_copy(update={"inputs": (*model.inputs, *model.inputs[:extra])})
    return contract.model_copy(update={"signatures": {**contract.signatures, "model": longer}})


def sized(memory: float | None = 2.0, rows: int = 0) -> TrainingSettings:
    return TrainingSettings(memory_gib=memory, largest_machine_gib=64, expected_rows=rows)


def test_training_is_refused_just_above_the_memory_it_has(contract: Contract) -> None:
    fits = estimate_memory(contract, 0, sized()).fitting_rows
    assert fits == int((2.0 - RESERVED_GIB) * GIB / (row_bytes(contract) * COPIES))
    estimate_memory(contract, fits, sized()).require()
    with pytest.raises(DataRefused, match=rf"hold {fits} rows: raise training\.memory_gib to 2"):
        estimate_memory(contract, fits + 1, sized()).require()


def test_more_than_one_machine_holds_is_not_answered_with_a_larger_one(contract: Contract) -> None:
    most = estimate_memory(contract, 0, sized(64)).fitting_rows
    estimate_memory(contract, most, sized(64)).require()
    with pytest.raises(DataRefused, match=f"a sample of the rest, {most} rows at most"):
        estimate_memory(contract, most + 1, sized(2)).require()


def test_the_machine_grows_with_the_expected_rows_up_to_the_largest(contract: Contract) -> None:
    small = estimate_memory(contract, 0, sized(8)).fitting_rows
    assert training_memory(contract, sized(None, small)) == 8
    assert training_memory(contract, sized(None, small + 1)) == 16
    assert training_memory(contract, sized(None, 1000 * small)) == 64
    assert training_memory(contract, sized(3, small)) == 3


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_the_stated_volume_fits_into_what_training_gets_or_takes_all_there_is(
    contract: Contract, environment: Environment, root: Path
) -> None:
    training = load_settings(environment, root).training
    assert training.expected_rows > 0
    found = estimate_memory(contract, training.expected_rows, training)
    assert found.needed_gib <= found.available_gib or found.available_gib == training.largest_machine_gib


def test_the_stage_asks_before_it_reads(landed: StageContext) -> None:
    assert "ml_platform.training.memory:require_memory" in landed.settings.training.preconditions.values()
    require_memory(landed)
    training = landed.settings.training.model_copy(update={"memory_gib": RESERVED_GIB})
    small = replace(landed, settings=landed.settings.model_copy(update={"training": training}))
    with pytest.raises(DataRefused, match=r"training\.memory_gib"):
        require_memory(small)
