"""The labelled rows that a model is trained and judged on: every label joined to the features known at its moment."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ml_platform.bundle import BundleFeature, model_inputs
from ml_platform.context import StageContext
from ml_platform.contract import Contract
from ml_platform.errors import DataRefused
from ml_platform.evaluation.metrics import Labels
from ml_platform.feature_store.adapter import open_store
from ml_platform.tables import LABELS, MEASURES, read_table


@dataclass(frozen=True)
class Labelled:
    """The frame as it was joined, the model's inputs in their types, and the labels: equally many rows, equal order."""

    frame: pd.DataFrame
    rows: pd.DataFrame
    labels: Labels


def signature(contract: Contract) -> tuple[BundleFeature, ...]:
    """The model's inputs as the contract lists them."""
    return tuple(BundleFeature(name=port.name, dtype=port.dtype) for port in contract.signatures["model"].inputs)


def protected_names(contract: Contract) -> list[str]:
    """The protected attributes: no model inputs, but compared by group in every evaluation."""
    return contract.datasets[MEASURES].named("protected")


def join_labels(context: StageContext) -> pd.DataFrame:
    """Labels known on the run's day with the features known at each label's moment, ordered by time and key.

    Raises DataRefused where no label finds its features.
    """
    store = open_store(context.settings, context.contract)
    try:
        frame = store.training_frame(read_table(context, LABELS))
    finally:
        store.close()
    return usable_rows(frame, context.contract)


def usable_rows(frame: pd.DataFrame, contract: Contract) -> pd.DataFrame:
    """The rows that carry at least one feature, ordered by time and key; a label without features teaches nothing."""
    definition = contract.datasets[LABELS]
    names = [port.name for port in contract.signatures["model"].inputs]
    known = frame[frame[names].notna().any(axis=1)]
    if known.empty:
        raise DataRefused(f"none of {len(frame)} labels finds features in the store; run `uv run stage features`")
    columns = [definition.key, definition.time, str(definition.target), *names]
    return known.sort_values([definition.time, definition.key], ignore_index=True)[columns]


def with_protected(frame: pd.DataFrame, context: StageContext) -> pd.DataFrame:
    """The same rows with the protected attributes of their moment, unknown where there is no measure."""
    names = protected_names(context.contract)
    if not names:
        return frame
    definition = context.contract.datasets[MEASURES]
    on = [definition.key, definition.time]
    measures = read_table(context, MEASURES, names)[[*on, *names]]
    return frame.merge(measures, on=on, how="left", validate="many_to_one")


def labelled(frame: pd.DataFrame, contract: Contract) -> Labelled:
    """Splits a joined frame into model inputs and labels."""
    target = str(contract.datasets[LABELS].target)
    return Labelled(frame, model_inputs(frame, signature(contract)), frame[target].to_numpy(dtype=np.int64))
