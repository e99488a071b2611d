"""The joined training rows, computed once per content of their sources."""

import pandas as pd

from ml_platform.context import StageContext
from ml_platform.performance.cache import cached_frame, content_key
from ml_platform.performance.loading import read_compact
from ml_platform.tables import LABELS, MEASURES, table_files
from ml_platform.training.data import join_labels, protected_names
from ml_platform.training.versions import code_version

CACHE = "cache"


def training_rows(context: StageContext) -> pd.DataFrame:
    """What `with_protected(join_labels(context), context)` gives, read back where nothing has changed."""
    settings = context.settings.performance
    files = [*table_files(context, LABELS), *table_files(context, MEASURES)]
    # The code is part of the key: a changed transformation must not find rows of the old one.
    parts = [context.contract.model_dump_json(), context.as_of.isoformat(), code_version()]
    return cached_frame(
        context.path(context.settings.paths.work, CACHE),
        content_key(parts, files),
        lambda: _joined(context),
        keep=settings.cached_frames,
    )


def _joined(context: StageContext) -> pd.DataFrame:
    frame = join_labels(context)
    names = protected_names(context.contract)
    if not names:
        return frame
    definition = context.contract.datasets[MEASURES]
    on = [definition.key, definition.time]
    measures = read_compact(table_files(context, MEASURES), [*on, *names])
    # Keys in the frame's own types: a text key would otherwise have become a category.
    measures = measures.astype({name: frame[name].dtype for name in on})
    return frame.merge(measures, on=on, how="left", validate="many_to_one")
