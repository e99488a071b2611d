"""Stage `candidates`: parameters and fold scores of each candidate, in processes of their own where parts are named."""

from ml_platform.context import StageContext, StageHandover
from ml_platform.errors import SettingsInvalid
from ml_platform.stages.train import fit_candidates, prepare
from ml_platform.training.side_by_side import keep


class CandidatesHandover(StageHandover):
    """Mean fold score by candidate; one that the data do not allow is absent."""

    scores: dict[str, float]
    data_version: str


def run(context: StageContext) -> CandidatesHandover:
    """Prepares the candidate that `context.part` names, or all of them. Raises what the train stage raises."""
    names = list(context.settings.training.candidates)
    if context.part is not None and context.part not in names:
        raise SettingsInvalid(f"expected a candidate of {', '.join(names)} as the part, got {context.part!r}")
    rows, found = prepare(context)
    trained = fit_candidates(context, found, names if context.part is None else [context.part])
    kept = [path for one in trained for path in keep(context, one, found.version)]
    return CandidatesHandover(
        inputs=context.hashes([rows]),
        outputs=context.hashes(kept),
        scores={one.name: one.score for one in trained},
        data_version=found.version,
    )
