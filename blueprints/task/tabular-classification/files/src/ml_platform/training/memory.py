"""Which memory training needs, and whether one machine has it: said before it starts, with what to do where not."""

from dataclasses import dataclass

import pyarrow.parquet as pq

from ml_platform.context import StageContext
from ml_platform.contract import Contract
from ml_platform.errors import DataRefused
from ml_platform.tables import LABELS, MEASURES, table_files
from ml_platform.training.config import TrainingSettings

GIB = 1024**3
# A number is eight bytes, and so is the reference to a category's text, of which there are few.
VALUE_BYTES = 8
# A key that is text has one object for each row.
KEY_TEXT_BYTES = 64
# Joined frame, model inputs, the rows of a fold, their prepared copy and the solver's own live at the same time.
# Measured at the peak of fitting the linear model, the hungriest candidate: 7.6.
COPIES = 8.0
# The interpreter and its libraries, before the first row.
RESERVED_GIB = 1.0
SMALLEST_GIB = 8.0


@dataclass(frozen=True)
class MemoryEstimate:
    """What `rows` rows of `row_bytes` bytes need, against the memory of this machine and of the largest one."""

    rows: int
    row_bytes: int
    available_gib: float
    largest_gib: float

    @property
    def needed_gib(self) -> float:
        """GiB for all rows with their copies."""
        return RESERVED_GIB + self.rows * self.row_bytes * COPIES / GIB

    @property
    def fitting_rows(self) -> int:
        """How many rows fit into the memory that training has."""
        return self._rows_in(self.available_gib)

    def require(self) -> None:
        """Raises DataRefused where the rows do not fit, with what to do."""
        if self.needed_gib <= self.available_gib:
            return
        advice = f"raise training.memory_gib to {self.needed_gib:.1f}"
        if self.needed_gib > self.largest_gib:
            advice = (
                f"no machine of training.largest_machine_gib ({self.largest_gib:g}) holds them: keep fewer periods, or "
                f"all positives and a sample of the rest, {self._rows_in(self.largest_gib)} rows at most"
            )
        raise DataRefused(
            f"training on {self.rows} rows of {self.row_bytes} bytes needs about {self.needed_gib:.1f} GiB, "
            f"{self.available_gib:g} GiB are allowed, which hold {self.fitting_rows} rows: {advice}"
        )

    def _rows_in(self, gib: float) -> int:
        return max(0, int((gib - RESERVED_GIB) * GIB / (self.row_bytes * COPIES)))


def row_bytes(contract: Contract) -> int:
    """Bytes of one training row: its key, time, target and every model input."""
    measures = contract.datasets[MEASURES]
    text = KEY_TEXT_BYTES if measures.column(measures.key).type == "string" else 0
    return VALUE_BYTES * (3 + len(contract.signatures["model"].inputs)) + text


def training_memory(contract: Contract, training: TrainingSettings) -> float:
    """GiB of the machine that trains: the one set, else the smallest doubling of 8 that holds the expected rows."""
    if training.memory_gib is not None:
        return training.memory_gib
    needed = MemoryEstimate(training.expected_rows, row_bytes(contract), 0.0, 0.0).needed_gib
    size = SMALLEST_GIB
    while size < needed:
        size *= 2
    return min(size, training.largest_machine_gib)


def estimate_memory(contract: Contract, rows: int, training: TrainingSettings) -> MemoryEstimate:
    """The estimate for `rows` training rows of this contract on the machine of these settings."""
    available = training_memory(contract, training)
    return MemoryEstimate(rows, row_bytes(contract), available, training.largest_machine_gib)


def require_memory(context: StageContext) -> None:
    """Precondition of training: counts the labels without reading them; raises DataRefused where they do not fit."""
    rows = sum(pq.read_metadata(file).num_rows for file in table_files(context, LABELS))
    estimate = estimate_memory(context.contract, rows, context.settings.training)
    needed, available = round(estimate.needed_gib, 2), estimate.available_gib
    context.log.info("training memory", rows=rows, needed_gib=needed, available_gib=available)
    estimate.require()
