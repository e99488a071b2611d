"""Nobody trains on data that nobody validated: the gate compares hashes, so that a later change closes it again."""

from pydantic import Field

from ml_platform.context import StageContext, StageHandover, read_handover
from ml_platform.errors import MissingHandover, NotValidated
from ml_platform.tables import table_files

STAGE = "validate"


class ValidateHandover(StageHandover):
    """Outcome of validation; `inputs` are the files that were validated, `warnings` did not stop the run."""

    passed: bool
    issue_share: float = Field(ge=0, le=1)
    rules: int
    warnings: tuple[str, ...] = ()


def require_validated(context: StageContext) -> ValidateHandover:
    """The validation of exactly the data that lie in `paths.processed`; raises NotValidated where there is none."""
    again = f"run `uv run stage {STAGE} --run-id {context.run_id}`"
    try:
        handover = read_handover(context, STAGE, ValidateHandover)
    except MissingHandover as error:
        raise NotValidated(f"the data of run {context.run_id} were not validated: {error}") from error
    if not handover.passed:
        raise NotValidated(f"validation of run {context.run_id} did not pass; correct the data, then {again}")
    present = context.hashes([f for name in context.contract.datasets for f in table_files(context, name)])
    changed = sorted(name for name in {*present, *handover.inputs} if present.get(name) != handover.inputs.get(name))
    if changed or not present:
        raise NotValidated(f"data changed after validation: {', '.join(changed[:5]) or 'there are none'}; {again}")
    return handover
