"""Shows on one machine that the platform works: runs every stage on seeded data and checks every claim."""

import argparse
import importlib
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ml_platform.demonstration.check import Check, claim, write_evidence
from ml_platform.demonstration.demo import Demo
from ml_platform.demonstration.report import write_report
from ml_platform.logs import configure_logging
from ml_platform.settings import find_root, load_settings
from ml_platform.stage import stage_names

# Libraries that report home do so at import, so this has to be said before any of them is loaded.
OFFLINE = {
    "DO_NOT_TRACK": "1",
    "FEAST_USAGE": "False",
    "GX_ANALYTICS_ENABLED": "false",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "OMP_NUM_THREADS": "1",
    "WANDB_MODE": "offline",
}
# The pipeline's owners, by stage: a stage that fails is their failed check.
OWNERS = {
    "synthesize": "ingestion",
    "ingest": "ingestion",
    "validate": "data-quality",
    "features": "features",
    "candidates": "training",
    "train": "training",
    "evaluate": "model-requirements",
    "register": "registry",
    "deploy": "registry",
    "score": "serving",
    "monitor": "model-monitoring",
}


class Progress:
    """One line for each thing that happens, with its wall time in seconds."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._started = time.monotonic()

    def title(self, text: str) -> None:
        """Begin a part."""
        self._write(f"\n{text}\n")

    def line(self, mark: str, name: str, detail: str) -> None:
        """Report something that has ended."""
        now = time.monotonic()
        self._write(f"  {mark} {name:<22} {now - self._started:6.1f} s  {detail}\n")
        self._started = now


def run_stages(demo: Demo, progress: Progress) -> Iterator[Check]:
    """Run every stage of this design in order; stops at the first that fails, because the rest needs it."""
    for name in stage_names(demo.settings):
        try:
            handover = demo.run(name)
        except Exception as error:  # the demonstration reports any failure as a failed check
            progress.line("x", name, f"{type(error).__name__}: {error}")
            yield claim(OWNERS[name], f"stage {name} runs", holds=False, detail=f"{type(error).__name__}: {error}")
            return
        detail = f"{len(handover.outputs)} outputs"
        progress.line("+", name, detail)
        yield claim(OWNERS[name], f"stage {name} runs", holds=True, detail=detail)


def run_checks(demo: Demo, progress: Progress, modules: Mapping[str, str]) -> Iterator[Check]:
    """Run the checks of `modules`: a deliverable, or a deliverable and a part of it, to the module's name."""
    for name, module in modules.items():
        try:
            for check in importlib.import_module(module).checks(demo):
                progress.line(
                    "+" if check.status == "pass" else "x", check.deliverable, f"{check.name}: {check.detail}"
                )
                yield check
        except Exception as error:  # one broken demonstration must not hide the others
            detail = f"{type(error).__name__}: {error}"
            progress.line("x", name, detail)
            yield claim(name.partition("/")[0], f"the demonstration of {name} ends", holds=False, detail=detail)


def demonstrate(project: Path, progress: Progress) -> list[Check]:
    """Run the whole demonstration for `project`; writes reports/evidence.json and reports/demo.html there."""
    settings = load_settings("local", project)
    demo = Demo.fresh(project, settings)
    progress.title("Pipeline, on seeded demonstration data")
    checks = list(run_stages(demo, progress))
    if all(check.status == "pass" for check in checks):
        progress.title("Claims")
        checks += run_checks(demo, progress, settings.demonstration.checks)
    reports = project / settings.paths.reports
    write_evidence(reports / "evidence.json", checks)
    write_report(reports / "demo.html", demo, checks)
    return checks


def cpu_seconds() -> float:
    """Return the CPU seconds that this process and its ended children have used."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in used)


def main(arguments: Sequence[str] | None = None) -> int:
    """Console script `demo`; the exit code is 0 when every check passes, else 1."""
    parser = argparse.ArgumentParser(prog="demo", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="also show the stages' own log lines")
    options = parser.parse_args(arguments)
    for name, value in OFFLINE.items():
        os.environ.setdefault(name, value)
    configure_logging("demo", "demo", level="INFO" if options.verbose else "CRITICAL")
    project = find_root()
    checks = demonstrate(project, Progress(sys.stdout.write))
    failed = [check for check in checks if check.status == "fail"]
    sys.stdout.write(
        f"\n{len(checks) - len(failed)} passed, {len(failed)} failed, {cpu_seconds():.0f} CPU seconds."
        " Read reports/demo.html\n"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
