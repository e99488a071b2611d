"""Says before a large training whether it fits into memory, from the measured size of a sample."""

from dataclasses import dataclass

import pandas as pd

from ml_platform.contract import Contract
from ml_platform.errors import DataRefused

GIB = 1024**3
# Joined frame, model inputs and one copy inside the preparation live at the same time.
COPIES = 3.0
USUAL_TEXT = 12


@dataclass(frozen=True)
class MemoryEstimate:
    """What `rows` rows need, in bytes, and how many rows would fit into `available` bytes."""

    rows: int
    bytes_per_row: float
    available: int

    @property
    def needed(self) -> int:
        """Bytes for all rows with their copies."""
        return round(self.rows * self.bytes_per_row * COPIES)

    @property
    def fitting_rows(self) -> int:
        """How many rows fit."""
        return int(self.available / (self.bytes_per_row * COPIES))

    def require(self) -> None:
        """Raises DataRefused where the rows do not fit, with what to do."""
        if self.needed > self.available:
            raise DataRefused(
                f"{self.rows} rows need about {self.needed / GIB:.1f} GiB, {self.available / GIB:.1f} GiB are allowed: "
                f"train on at most {self.fitting_rows} rows, drop columns, or raise performance.memory_gib"
            )


def estimate_memory(sample: pd.DataFrame, rows: int, available_gib: float) -> MemoryEstimate:
    """The estimate for `rows` rows like those of `sample`, text included; an empty sample costs nothing."""
    per_row = float(sample.memory_usage(deep=True, index=False).sum()) / max(1, len(sample))
    return MemoryEstimate(rows=rows, bytes_per_row=max(per_row, 1.0), available=int(available_gib * GIB))


def typical_row(contract: Contract) -> pd.DataFrame:
    """One row as wide as a training row: key, time, target and every model input, texts of a usual length."""
    columns: dict[str, object] = {"key": 0, "time": pd.Timestamp(0, tz="UTC"), "target": 0}
    for port in contract.signatures["model"].inputs:
        columns[port.name] = "x" * USUAL_TEXT if port.dtype in {"category", "string"} else 0.0
    return pd.DataFrame([columns])
