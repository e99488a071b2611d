"""Cleaning before features are built: deterministic, and counted so that it is never silent."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from ml_platform.contract import Contract

_NUMERIC = frozenset({"integer", "number"})


@dataclass(frozen=True)
class CleaningReport:
    """How many values each rule touched."""

    rows_in: int
    rows_out: int
    duplicates: int
    without_key: int
    not_finite: int
    out_of_range: int
    unknown_category: int

    def as_dict(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)


def clean_measures(measures: pd.DataFrame, contract: Contract) -> tuple[pd.DataFrame, CleaningReport]:
    """Return the measures with typed columns and one row per (entity, snapshot), and what was changed.

    Values outside the range that the contract gives become unknown instead of being clipped: an
    impossible value says nothing about the real one. The last of several rows for one entity and
    snapshot wins, because ingestion keeps the order of arrival.
    """
    dataset = contract.datasets["measures"]
    rows = measures.copy()
    keyed = rows[dataset.key].notna() & rows[dataset.time].notna()
    rows = rows.loc[keyed]
    rows[dataset.time] = pd.to_datetime(rows[dataset.time], utc=True)
    duplicates = rows.duplicated([dataset.key, dataset.time], keep="last")
    rows = rows.loc[~duplicates].reset_index(drop=True)
    not_finite = out_of_range = unknown_category = 0
    for column in dataset.columns:
        if column.name not in rows.columns or column.name in (dataset.key, dataset.time):
            continue
        if column.type in _NUMERIC:
            values = pd.to_numeric(rows[column.name], errors="coerce").astype("float64")
            infinite = np.isinf(values)
            low = -np.inf if column.minimum is None else column.minimum
            high = np.inf if column.maximum is None else column.maximum
            outside = ~infinite & values.notna() & ~values.between(low, high)
            not_finite += int(infinite.sum())
            out_of_range += int(outside.sum())
            rows[column.name] = values.mask(infinite | outside)
        elif column.type == "category":
            text = rows[column.name].astype("object")
            present = text.notna()
            text = text.where(~present, text.astype(str).str.strip())
            if column.values:
                foreign = present & ~text.isin(column.values)
                unknown_category += int(foreign.sum())
            rows[column.name] = text
    report = CleaningReport(
        rows_in=len(measures),
        rows_out=len(rows),
        duplicates=int(duplicates.sum()),
        without_key=int((~keyed).sum()),
        not_finite=not_finite,
        out_of_range=out_of_range,
        unknown_category=unknown_category,
    )
    return rows, report
