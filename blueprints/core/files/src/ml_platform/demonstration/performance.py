"""Demonstrates performance: where training time goes, rows joined once per content, refusal before memory ends."""

import time
from collections.abc import Callable, Iterator

import pandas as pd

from ml_platform.demonstration.check import Check, claim
from ml_platform.demonstration.demo import Demo
from ml_platform.errors import DataRefused
from ml_platform.files import read_json
from ml_platform.performance.profiling import profile_path
from ml_platform.performance.training_rows import training_rows
from ml_platform.training.data import join_labels, with_protected
from ml_platform.training.memory import estimate_memory

DELIVERABLE = "performance"
SHOWN = 8


def checks(demo: Demo) -> Iterator[Check]:
    """Read the train stage's profile, join its rows with and without the cache, and ask for too many rows."""
    context = demo.context
    profile = read_json(profile_path(context, "train"))
    yield claim(
        DELIVERABLE,
        "training leaves a profile of time and memory",
        holds=profile["cpu_seconds"] > 0 and bool(profile["functions"]) and profile["peak_memory_mib"] > 0,
        detail=f"{profile['cpu_seconds']:.1f} CPU seconds, at most {profile['peak_memory_mib']:.0f} MiB",
    )
    joined, without = _timed(lambda: join_labels(context))
    plain = with_protected(joined, context)
    # The first time fills the cache where it is empty.
    training_rows(context)
    cached, with_cache = _timed(lambda: training_rows(context))
    yield claim(
        DELIVERABLE,
        "the same training rows come from the cache in less time",
        holds=list(cached.columns) == list(plain.columns) and len(cached) == len(plain) and with_cache < without,
        detail=f"{len(cached)} rows, {without:.2f} CPU seconds joined, {with_cache:.2f} from the cache",
    )
    training = context.settings.training
    memory = estimate_memory(context.contract, 0, training)
    yield claim(
        DELIVERABLE,
        "training that would not fit into memory is refused before it starts",
        holds=_fits(demo, memory.fitting_rows) and not _fits(demo, memory.fitting_rows + 1),
        detail=f"at most {memory.fitting_rows} rows in {memory.available_gib:g} GiB",
    )
    hottest = profile["functions"][:SHOWN]
    demo.report("Where training's time goes", "\n".join(f"{f['own_seconds']:7.2f} s  {f['function']}" for f in hottest))


def _fits(demo: Demo, rows: int) -> bool:
    try:
        estimate_memory(demo.context.contract, rows, demo.context.settings.training).require()
    except DataRefused:
        return False
    return True


def _timed(work: Callable[[], pd.DataFrame]) -> tuple[pd.DataFrame, float]:
    started = time.process_time()
    made = work()
    return made, time.process_time() - started
