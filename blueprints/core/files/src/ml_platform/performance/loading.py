"""Reads large tables in pieces, only the columns that are needed, in types no wider than their content."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.dataset as ds

MOST_CATEGORIES = 0.5


def read_batches(files: Sequence[Path], columns: Sequence[str], batch_rows: int) -> Iterator[pd.DataFrame]:
    """Frames of at most `batch_rows` rows with just `columns`; memory holds one of them at a time."""
    scanner = ds.dataset(list(files)).scanner(columns=list(columns), batch_size=batch_rows)
    for batch in scanner.to_batches():
        if batch.num_rows:
            yield batch.to_pandas()


def read_compact(files: Sequence[Path], columns: Sequence[str], batch_rows: int = 200_000) -> pd.DataFrame:
    """All rows of `columns` in compact types; raises FileNotFoundError where there are no files."""
    if not files:
        raise FileNotFoundError("expected parquet files to read, got none")
    parts = [downcast(part) for part in read_batches(files, columns, batch_rows)]
    if not parts:
        return pd.DataFrame(columns=list(columns))
    # Parts may have chosen different widths or category lists; after joining, the widest one is narrowed once more.
    whole = pd.concat([part.astype(dict.fromkeys(_texts(part), object)) for part in parts], ignore_index=True)
    return downcast(whole)


def downcast(frame: pd.DataFrame) -> pd.DataFrame:
    """The same values in narrower types: integers by range, floats where nothing is lost, texts as categories."""
    return pd.DataFrame({name: _narrow(frame[name]) for name in frame.columns})


def _texts(frame: pd.DataFrame) -> list[str]:
    return [str(name) for name in frame.columns if isinstance(frame[name].dtype, pd.CategoricalDtype)]


def _narrow(values: pd.Series) -> pd.Series:
    if pd.api.types.is_bool_dtype(values) or pd.api.types.is_datetime64_any_dtype(values):
        return values
    if pd.api.types.is_integer_dtype(values):
        return pd.to_numeric(values, downcast="integer")
    if pd.api.types.is_float_dtype(values):
        narrow = values.astype(np.float32)
        # Amounts beyond seven digits would change, so they stay wide.
        same = np.array_equal(narrow.astype(np.float64), values.astype(np.float64), equal_nan=True)
        return narrow if same else values
    if values.dtype == object and values.nunique() <= max(1, len(values) * MOST_CATEGORIES):
        return values.astype("category")
    return values
