"""Change data capture: numbered upserts and deletes that correct what was loaded before."""

import pandas as pd

from ml_platform.contract import Dataset
from ml_platform.errors import DataRefused

OPERATION = "_operation"
SEQUENCE = "_sequence"
FOLDER = "changes"
KINDS = ("upsert", "delete")


def split_changes(name: str, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Splits a change file into (sequence and operation, the records); raises DataRefused for unknown operations."""
    if not {OPERATION, SEQUENCE} <= set(frame.columns):
        raise DataRefused(f"expected the columns {OPERATION} and {SEQUENCE} in {name}; see docs/data-preparation.md")
    unknown = sorted(set(frame[OPERATION]) - set(KINDS))
    if unknown:
        raise DataRefused(f"expected the operations {', '.join(KINDS)} in {name}, got {', '.join(map(str, unknown))}")
    head = pd.DataFrame({SEQUENCE: pd.to_numeric(frame[SEQUENCE]).astype("int64"), OPERATION: frame[OPERATION]})
    return head, frame.drop(columns=[OPERATION, SEQUENCE])


def current(deliveries: list[pd.DataFrame], dataset: Dataset) -> pd.DataFrame:
    """The state after all deliveries (records with sequence and operation): per key and time the highest sequence wins.

    Plain loads have the sequence -1, and of two loads the later file wins. The order in which changes arrive does
    not matter, and applying the same ones again changes nothing.
    """
    identity = [dataset.key, dataset.time]
    filled = [frame for frame in deliveries if len(frame)]
    if not filled:
        return pd.DataFrame(columns=[column.name for column in dataset.columns])
    every = pd.concat(filled, ignore_index=True)
    last = every.sort_values(SEQUENCE, kind="stable").drop_duplicates(identity, keep="last")
    kept = last[last[OPERATION] != "delete"].drop(columns=[SEQUENCE, OPERATION])
    return kept.sort_values(identity[::-1], ignore_index=True)
