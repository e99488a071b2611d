"""Settings of experiment tracking."""

from pydantic import BaseModel, ConfigDict, Field


class TrackingSettings(BaseModel):
    """Where runs are recorded."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    uri: str = Field(
        default="",
        description="Address of the tracking server; empty keeps runs on this machine below `directory`.",
    )
    directory: str = Field(default="work/tracking", description="Local runs and event files, relative to the project.")
    experiment: str = Field(
        default="", description="Name under which runs are grouped; empty takes the project's name."
    )
    log_model: bool = Field(
        default=True,
        description="Store the model with its run; a run without it counts as untracked.",
    )
    event_files: bool = Field(default=True, description="Write training metrics as TensorBoard event files too.")
