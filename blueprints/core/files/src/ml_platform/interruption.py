"""A stage whose node is taken away stores what it has found so far, so that the next attempt goes on from there."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from types import FrameType

from ml_platform import storage
from ml_platform.context import StageContext
from ml_platform.errors import StageInterrupted

# Its own index in the bucket: the one of the whole run is written by stages that ended well.
UNFINISHED = "unfinished"


@contextmanager
def keep_progress(stage: str, context: StageContext) -> Iterator[None]:
    """Answers SIGTERM by storing the run's folder: finished candidates, and the trials of a search.

    Raises StageInterrupted then. Signals reach the main thread only; elsewhere nothing happens.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(_signal: int, _frame: FrameType | None) -> None:
        raise StageInterrupted(f"stage {stage} was asked to end; start it again with the run id {context.run_id}")

    previous = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except StageInterrupted:
        # A second request must not end the storing; the limit is the time that the sender gives.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        stored = storage.push(replace(context, part=context.part or UNFINISHED))
        context.log.warning("progress stored", stage=stage, files=stored)
        raise
    finally:
        signal.signal(signal.SIGTERM, previous)
