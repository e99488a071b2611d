"""Sample sizes agree with published ones and with simulation; looking early keeps the error that was agreed on."""

import runpy
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from ml_platform.experiments.__main__ import main
from ml_platform.experiments.plan import feasibility, load_plan
from ml_platform.experiments.sample_size import power_of, sample_size, smallest_effect
from ml_platform.experiments.sequential import crossing_chance, look_at, sequential_bounds

pytestmark = pytest.mark.deliverable("experiment-design")
PROJECT = Path(__file__).resolve().parents[2]


def test_sample_size_agrees_with_the_textbook() -> None:
    # Fleiss, Levin and Paik (2003), table A.4 without continuity correction: 0.6 against 0.7 needs 356 per arm.
    assert sample_size(baseline=0.6, treated=0.7).control == pytest.approx(356, abs=1)


def test_the_size_gives_the_power_that_was_asked_for() -> None:
    sizes = sample_size(baseline=0.1, treated=0.085, power=0.8, treatment_share=0.3)
    assert sizes.treatment / sizes.control == pytest.approx(3 / 7, rel=0.01)
    found = power_of(baseline=0.1, treated=0.085, control=sizes.control, treatment=sizes.treatment)
    assert found == pytest.approx(0.8, abs=0.005)


def test_the_smallest_effect_is_the_inverse_of_the_sample_size() -> None:
    sizes = sample_size(baseline=0.1, treated=0.085)
    effect = smallest_effect(baseline=0.1, control=sizes.control, treatment=sizes.treatment)
    assert effect == pytest.approx(0.015, rel=0.01)
    assert np.isnan(smallest_effect(baseline=0.01, control=20, treatment=20))


@pytest.mark.parametrize("rates", [(0.1, 0.1), (0.0, 0.1), (0.1, 1.0)])
def test_rates_that_make_no_sense_are_refused(rates: tuple[float, float]) -> None:
    with pytest.raises(ValueError, match="different rates"):
        sample_size(baseline=rates[0], treated=rates[1])


def test_bounds_agree_with_the_published_ones() -> None:
    # Jennison and Turnbull (2000), table 2.3: four looks, alpha 0.05, constant 2.024.
    last = sequential_bounds(4)[-1]
    assert last == pytest.approx(0.0430, abs=0.0005)
    assert sequential_bounds(1)[0] == pytest.approx(0.05, abs=1e-4)
    with pytest.raises(ValueError, match="at least one"):
        sequential_bounds(0)


def test_looking_four_times_keeps_the_error_and_looking_naively_does_not() -> None:
    walks = np.random.default_rng(5).normal(size=(20_000, 4)).cumsum(axis=1) / np.sqrt(np.arange(1, 5))
    from scipy import stats  # noqa: PLC0415

    p_values = 2 * stats.norm.sf(np.abs(walks))
    assert (p_values < np.array(sequential_bounds(4))).any(axis=1).mean() == pytest.approx(0.05, abs=0.006)
    assert (p_values < 0.05).any(axis=1).mean() > 0.1
    assert crossing_chance([1.96] * 4) == pytest.approx(0.126, abs=0.003)


def test_an_early_look_stops_only_on_overwhelming_evidence() -> None:
    assert not look_at(1, 0.01, looks=4).stop
    assert look_at(1, 1e-6, looks=4).stop
    assert look_at(4, 0.04, looks=4).stop


def test_the_plan_of_this_project_says_what_it_needs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = load_plan(PROJECT / "conf" / "experiment.yaml")
    found = feasibility(plan)
    monkeypatch.chdir(PROJECT)
    assert main([]) == (0 if found.feasible else 1)
    printed = capsys.readouterr().out
    assert plan.hypothesis in printed
    assert str(found.control) in printed


def test_too_few_entities_are_said_to_be_too_few() -> None:
    plan = load_plan(PROJECT / "conf" / "experiment.yaml")
    few = feasibility(plan.model_copy(update={"units_available": 10}))
    assert not few.feasible
    assert "too few" in few.text
    many = feasibility(plan.model_copy(update={"units_available": 10**9}))
    assert many.feasible


def test_the_command_of_the_documentation_runs(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    page = (PROJECT / "docs" / "experiment-design.md").read_text(encoding="utf-8")
    assert "python -m ml_platform.experiments" in page
    monkeypatch.chdir(PROJECT)
    monkeypatch.setattr(sys, "argv", ["experiments"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module("ml_platform.experiments", run_name="__main__")
    assert ended.value.code in (0, 1)
    assert "needed" in capsys.readouterr().out


def test_protected_attributes_of_the_plan_are_those_of_the_contract() -> None:
    contract = yaml.safe_load((PROJECT / "contract.yaml").read_text(encoding="utf-8"))
    columns = contract["datasets"]["measures"]["columns"]
    protected = {column["name"] for column in columns if column["role"] == "protected"}
    assert protected == set(load_plan(PROJECT / "conf" / "experiment.yaml").protected)
