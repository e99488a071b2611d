"""What the checks of the demonstration share: one finished run of the pipeline, scratch copies of it, and a report."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from ml_platform.context import StageContext, StageHandover
from ml_platform.errors import MissingHandover
from ml_platform.settings import Settings
from ml_platform.stage import make_context, run_stage

H = TypeVar("H", bound=StageHandover)
RUN_ID = "demo"
# What a copy of the project needs: names and settings. The code itself is installed.
CONFIGURATION = ("contract.yaml", "conf", "feature_repo")


@dataclass(frozen=True)
class Section:
    """A part of the report: text, and pictures as PNG bytes by caption."""

    title: str
    text: str
    pictures: dict[str, bytes] = field(default_factory=dict)


class Demo:
    """A workspace of its own below the project, in which every stage has run once."""

    def __init__(self, project: Path, settings: Settings) -> None:
        self.project = project
        self.settings = settings
        self.root = project / settings.demonstration.workspace
        self.handovers: dict[str, StageHandover] = {}
        self.sections: list[Section] = []
        fresh_copy(project, self.root)
        self.context = self._context(self.root, RUN_ID)

    @property
    def seeds(self) -> range:
        """Seeds of repeated statistical claims."""
        return range(1, self.settings.demonstration.seeds + 1)

    def run(self, stage: str) -> StageHandover:
        """Run one stage in the demonstration's workspace and keep its hand-over."""
        handover = run_stage(stage, self.context)
        self.handovers[stage] = handover
        return handover

    def handover(self, stage: str, kind: type[H]) -> H:
        """Return what `stage` handed over; raises MissingHandover where it has not run or is of another kind."""
        found = self.handovers.get(stage)
        if not isinstance(found, kind):
            raise MissingHandover(f"the demonstration needs the hand-over of {stage}; that stage did not finish")
        return found

    def report(self, title: str, text: str, **pictures: bytes) -> None:
        """Add a section to the HTML report."""
        self.sections.append(Section(title, text, {name.replace("_", " "): png for name, png in pictures.items()}))

    @contextmanager
    def scratch(self, name: str, *, data: bool = False, as_of: date | None = None) -> Iterator[StageContext]:
        """Give the context of an empty copy of the project, for what must not disturb the finished run.

        With `data` the copy also holds the run's data and models.
        """
        root = self.root / "scratch" / name
        fresh_copy(self.project, root)
        if data:
            for folder in ("data", "models", "work"):
                if (self.root / folder).is_dir():
                    shutil.copytree(self.root / folder, root / folder, ignore=shutil.ignore_patterns("scratch"))
        try:
            yield self._context(root, RUN_ID, as_of or self.context.as_of)
        finally:
            shutil.rmtree(root)

    def _context(self, root: Path, run_id: str, as_of: date | None = None) -> StageContext:
        return make_context("local", as_of=as_of, run_id=run_id, root=root)


def fresh_copy(project: Path, target: Path) -> None:
    """Replace `target` with a copy of the project's contract and settings, and nothing else."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in CONFIGURATION:
        source = project / name
        if source.is_dir():
            shutil.copytree(source, target / name)
        elif source.is_file():
            shutil.copy2(source, target / name)
