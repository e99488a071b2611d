"""Where a pipeline parts: the values come from hand-overs that must be there, never from a default."""

from pydantic import ConfigDict

from ml_platform import storage
from ml_platform.context import StageContext, StageHandover, read_handover


class Verdict(StageHandover):
    """What of the evaluation's hand-over decides on release; whether the metrics passed is evaluate's to say."""

    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())

    passed: bool
    reasons: tuple[str, ...]


class Finding(StageHandover):
    """What of the monitor's hand-over decides on training again."""

    model_config = ConfigDict(frozen=True, extra="ignore", protected_namespaces=())

    retrain: bool
    reasons: tuple[str, ...]


def release_wanted(context: StageContext) -> bool:
    """Whether the model of this run passed its gates; raises MissingHandover where evaluate has not ended well."""
    storage.pull(context, layers=("work",))
    verdict = read_handover(context, "evaluate", Verdict)
    context.log.info("release decided", release=verdict.passed, reasons=list(verdict.reasons))
    return verdict.passed


def retraining_wanted(context: StageContext) -> bool:
    """Whether monitoring asks for a new model; raises MissingHandover where monitor has not ended well."""
    storage.pull(context, layers=("work",))
    finding = read_handover(context, "monitor", Finding)
    context.log.info("retraining decided", retrain=finding.retrain, reasons=list(finding.reasons))
    return finding.retrain
