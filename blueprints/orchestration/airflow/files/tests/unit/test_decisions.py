"""Branches follow what was handed over, and stop where it is missing."""

import pytest

from ml_platform.context import StageContext, StageHandover, write_handover
from ml_platform.errors import MissingHandover
from ml_platform.orchestration.decisions import Finding, Verdict, release_wanted, retraining_wanted

pytestmark = pytest.mark.deliverable("training")


@pytest.mark.parametrize("value", [True, False])
def test_the_value_decides(context: StageContext, value: bool) -> None:
    write_handover(context, "evaluate", Verdict(passed=value, reasons=()))
    write_handover(context, "monitor", Finding(retrain=value, reasons=()))
    assert release_wanted(context) is value
    assert retraining_wanted(context) is value


@pytest.mark.parametrize(("stage", "decide"), [("evaluate", release_wanted), ("monitor", retraining_wanted)])
def test_a_missing_value_stops_the_run(context: StageContext, stage: str, decide: object) -> None:
    assert callable(decide)
    with pytest.raises(MissingHandover, match="expected the hand-over"):
        decide(context)
    write_handover(context, stage, StageHandover())
    with pytest.raises(MissingHandover, match="lacks"):
        decide(context)
