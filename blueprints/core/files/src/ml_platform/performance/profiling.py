"""Measures a stage from the inside: processor time by function, memory at its peak, and what was allocated where."""

import cProfile
import pstats
import resource
import sys
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ml_platform.context import StageContext
from ml_platform.files import atomic_write_json

SHOWN = 20
KIB = 1024


@contextmanager
def profiled(context: StageContext, stage: str, *, allocations: bool = False) -> Iterator[None]:
    """Profiles the block and writes work/<run>/profiles/<stage>.json, also where the block fails.

    `allocations` also traces where memory was allocated, which makes Python code several times slower. Where another
    profiler is active in this process (a debugger, an outer block), the block runs without function times.
    """
    profiler = cProfile.Profile()
    started, cpu = time.perf_counter(), time.process_time()
    if allocations:
        tracemalloc.start()
    profiling = _enabled(profiler)
    try:
        yield
    finally:
        if profiling:
            profiler.disable()
        report: dict[str, Any] = {
            "stage": stage,
            "wall_seconds": round(time.perf_counter() - started, 3),
            "cpu_seconds": round(time.process_time() - cpu, 3),
            "peak_memory_mib": round(peak_memory_mib(), 1),
            "functions": hottest(profiler) if profiling else [],
        }
        if allocations:
            report["allocations"] = _allocations()
            tracemalloc.stop()
        atomic_write_json(profile_path(context, stage), report)
        context.log.info(
            "profiled", **{name: value for name, value in report.items() if name.endswith(("seconds", "mib"))}
        )


def profile_path(context: StageContext, stage: str) -> Path:
    """Where the profile of a stage lies."""
    return context.work / "profiles" / f"{stage}.json"


def peak_memory_mib() -> float:
    """Largest resident memory of this process so far, in MiB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux reports KiB, macOS bytes.
    return peak / KIB / KIB if sys.platform == "darwin" else peak / KIB


def hottest(profiler: cProfile.Profile) -> list[dict[str, Any]]:
    """The functions with the most time of their own, their calls and their seconds."""
    functions = pstats.Stats(profiler).get_stats_profile().func_profiles
    ranked = sorted(functions.items(), key=lambda item: -item[1].tottime)
    return [
        {
            "function": f"{Path(found.file_name).name}:{found.line_number}:{name}",
            "calls": found.ncalls,
            "own_seconds": found.tottime,
            "seconds": found.cumtime,
        }
        for name, found in ranked[:SHOWN]
    ]


def _enabled(profiler: cProfile.Profile) -> bool:
    try:
        profiler.enable()
    except ValueError:
        return False
    return True


def _allocations() -> list[dict[str, Any]]:
    statistics = tracemalloc.take_snapshot().statistics("lineno")[:SHOWN]
    return [
        {
            "line": f"{Path(found.traceback[0].filename).name}:{found.traceback[0].lineno}",
            "mib": round(found.size / KIB / KIB, 3),
        }
        for found in statistics
    ]
