"""Settings of the model registry."""

from pydantic import BaseModel, ConfigDict, Field


class RegistrySettings(BaseModel):
    """Where model versions are kept and who may promote them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    uri: str = Field(
        default="",
        description="Address of the registry; empty takes the tracker's, or a directory of this project.",
    )
    directory: str = Field(default="models/registry", description="Local model store, relative to the project.")
    model_name: str = Field(default="", description="Registered name; empty takes the project's name.")
    promote_to: tuple[str, ...] = Field(
        default=("dev",),
        description="Stages that the pipeline promotes an accepted version to by itself, in order.",
    )
    approvers: tuple[str, ...] = Field(
        default=(),
        description="People who may approve a promotion by hand; empty accepts any named person.",
    )
    deploy_alias: str = Field(default="champion", description="Name of the version that the deploy stage installs.")
    min_improvement: float = Field(
        default=0.0,
        description="By how much a challenger must exceed the champion in the primary metric on the same rows.",
    )
