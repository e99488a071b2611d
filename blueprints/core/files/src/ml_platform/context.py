"""What a stage is given, and the hand-over values that one stage leaves for the next."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ml_platform.contract import Contract
from ml_platform.errors import MissingHandover
from ml_platform.files import atomic_write_json, hashes, read_json
from ml_platform.logs import ContextLogger
from ml_platform.settings import Settings


class StageHandover(BaseModel):
    """Base of each stage's hand-over: hashes of what was read and written, by path relative to the root.

    The runner writes it when the stage has ended, so its presence means that the stage was successful.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    inputs: dict[str, str] = Field(default_factory=dict)
    outputs: dict[str, str] = Field(default_factory=dict)


H = TypeVar("H", bound=StageHandover)


@dataclass(frozen=True)
class StageContext:
    """Everything that a stage may use; nothing is read from globals.

    `part` names the share of a stage that several processes do side by side, e.g. one candidate of training.
    """

    settings: Settings
    contract: Contract
    root: Path
    run_id: str
    as_of: date
    log: ContextLogger
    part: str | None = None

    @property
    def work(self) -> Path:
        """Folder of this run: work/<run_id>."""
        return self.root / self.settings.paths.work / self.run_id

    def path(self, relative: Path, *parts: str) -> Path:
        """An absolute path below the root, e.g. `context.path(context.settings.paths.raw, "measures")`."""
        return self.root.joinpath(relative, *parts)

    def hashes(self, paths: Iterable[Path]) -> dict[str, str]:
        """SHA-256 by root-relative path, as a hand-over records them."""
        return hashes(self.root, paths)


def handover_path(context: StageContext, stage: str) -> Path:
    """Where a stage's hand-over lies; parts of a stage have one each."""
    return context.work / f"{stage_part(stage, context.part)}.json"


def stage_part(stage: str, part: str | None) -> str:
    """Name of a stage, or of one part of it, in file names."""
    return stage if part is None else f"{stage}-{part}"


def write_handover(context: StageContext, stage: str, handover: StageHandover) -> Path:
    """Writes a stage's hand-over atomically; equal results give equal bytes."""
    envelope = {
        "version": 1,
        "stage": stage,
        "run_id": context.run_id,
        "as_of": context.as_of.isoformat(),
        "values": handover.model_dump(mode="json"),
    }
    return atomic_write_json(handover_path(context, stage), envelope)


def read_handover(context: StageContext, stage: str, model: type[H]) -> H:
    """An earlier stage's hand-over of the same run.

    Raises MissingHandover when the file, a field or a value is missing: nothing is ever filled in.
    """
    # Earlier stages are read whole, also by a process that does one part of its own stage.
    path = handover_path(replace(context, part=None), stage)
    again = f"run `uv run stage {stage} --run-id {context.run_id}` first"
    try:
        envelope = read_json(path)
        values = envelope["values"]
        written = date.fromisoformat(envelope["as_of"])
    except FileNotFoundError as error:
        raise MissingHandover(f"expected the hand-over of {stage} at {path}; {again}") from error
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise MissingHandover(f"the hand-over of {stage} at {path} is damaged ({error!r}); {again}") from error
    if written != context.as_of:
        raise MissingHandover(
            f"the hand-over of {stage} is as of {written}, this stage runs as of {context.as_of}; {again}"
        )
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise MissingHandover(f"the hand-over of {stage} lacks what is needed: {error}; {again}") from error
