"""Stage `synthesize`: demonstration data in the landing folder, on a developer's machine only."""

from ml_platform.context import StageContext, StageHandover
from ml_platform.synthetic.source import write_source


class SynthesizeHandover(StageHandover):
    """The files that were written, as `outputs`."""


def run(context: StageContext) -> SynthesizeHandover:
    """Writes demonstration data as of the run's day; the same day gives the same files."""
    files = write_source(context)
    configuration = [context.root / "conf" / "synthetic.yaml"]
    return SynthesizeHandover(inputs=context.hashes(configuration), outputs=context.hashes(files))
