"""What the checks of the demonstration share: one finished run of the pipeline, scratch copies of it, and a report."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TypeVar

from ml_platform.context import StageContext, StageHandover, read_handover
from ml_platform.settings import Settings
from ml_platform.stage import make_context, run_stage

H = TypeVar("H", bound=StageHandover)
RUN_ID = "demo"
# What a copy of the project needs: names and settings. The code itself is installed.
CONFIGURATION = ("contract.yaml", "conf", "feature_repo", "pyproject.toml", "uv.lock")


@dataclass(frozen=True)
class Section:
    """A part of the report: text, and pictures as PNG bytes by caption."""

    title: str
    text: str
    pictures: dict[str, bytes] = field(default_factory=dict)


class Demo:
    """A workspace in which the stages run, or have run, and what is reported about it."""

    def __init__(self, project: Path, context: StageContext) -> None:
        self.project = project
        self.context = context
        self.sections: list[Section] = []

    @classmethod
    def fresh(cls, project: Path, settings: Settings) -> "Demo":
        """Make an empty workspace below the project, which never touches the project's own data."""
        root = project / settings.demonstration.workspace
        fresh_copy(project, root)
        return cls(project, make_context("local", run_id=RUN_ID, root=root))

    @property
    def settings(self) -> Settings:
        """Settings of the workspace."""
        return self.context.settings

    @property
    def root(self) -> Path:
        """Folder of the workspace."""
        return self.context.root

    @property
    def seeds(self) -> range:
        """Seeds of repeated statistical claims."""
        return range(1, self.settings.demonstration.seeds + 1)

    def run(self, stage: str) -> StageHandover:
        """Run one stage in the workspace."""
        return run_stage(stage, self.context)

    def handover(self, stage: str, kind: type[H]) -> H:
        """Return what `stage` handed over; raises MissingHandover where it has not run."""
        return read_handover(self.context, stage, kind)

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
            yield make_context("local", as_of=as_of or self.context.as_of, run_id=self.context.run_id, root=root)
        finally:
            shutil.rmtree(root)


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
