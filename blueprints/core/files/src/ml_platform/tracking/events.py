"""TensorBoard event files for training metrics, written without TensorFlow; `tensorboard --logdir` shows them."""

from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tensorboardX import SummaryWriter


class EventWriter:
    """Writes scalars of one run into its own folder."""

    def __init__(self, directory: Path, enabled: bool = True) -> None:
        self.directory = directory
        self._writer = SummaryWriter(str(directory)) if enabled else None

    def scalars(self, metrics: Mapping[str, float], step: int) -> None:
        """Adds one point to the curve of each metric."""
        if self._writer is not None:
            for name, value in metrics.items():
                self._writer.add_scalar(name, value, step)

    def files(self) -> list[Path]:
        """The event files written so far."""
        return sorted(self.directory.glob("events.out.tfevents.*"))

    def close(self) -> None:
        """Flushes and closes the file; safe to call twice."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
