"""Stage `ingest`: landed files become checked, current tables."""

from pydantic import BaseModel, ConfigDict

from ml_platform.context import StageContext, StageHandover
from ml_platform.errors import DataRefused
from ml_platform.ingestion.load import State, load_dataset
from ml_platform.retention import expire_records
from ml_platform.tables import table_files


class DatasetLoad(BaseModel):
    """What is known of a dataset after ingestion; periods are dates, `sequence` is the last change applied."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: int
    refused: int
    periods: int
    watermark: str
    sequence: int | None


class IngestHandover(StageHandover):
    """All deliveries that the current state was made from, and the files that hold it."""

    datasets: dict[str, DatasetLoad]


def run(context: StageContext) -> IngestHandover:
    """Loads every dataset of the contract; raises DataRefused when one is absent or a file is not acceptable."""
    loads: dict[str, DatasetLoad] = {}
    inputs: dict[str, str] = {}
    outputs: dict[str, str] = {}
    for dataset in context.contract.datasets:
        state = expire_records(context, dataset, load_dataset(context, dataset))
        if not state:
            raise DataRefused(
                f"expected files of {dataset} in {context.path(context.settings.paths.landing, dataset)}; "
                "deliver them, or make demonstration data with `uv run stage synthesize`"
            )
        loads[dataset] = _summary(state)
        landing = context.settings.paths.landing.as_posix()
        inputs |= {f"{landing}/{name}": delivery.sha256 for name, delivery in state.items()}
        outputs |= context.hashes(table_files(context, dataset))
    return IngestHandover(inputs=inputs, outputs=outputs, datasets=loads)


def _summary(state: State) -> DatasetLoad:
    periods = {period for delivery in state.values() for period in delivery.periods}
    numbers = [delivery.sequence for delivery in state.values() if delivery.sequence is not None]
    return DatasetLoad(
        rows=sum(delivery.rows for delivery in state.values()),
        refused=sum(delivery.refused for delivery in state.values()),
        periods=len(periods),
        watermark=max(periods, default=""),
        sequence=max(numbers, default=None),
    )
