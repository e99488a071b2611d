"""Settings of profiling, caching and memory."""

from pydantic import BaseModel, ConfigDict, Field


class PerformanceSettings(BaseModel):
    """How much is kept and how much is traced."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cached_frames: int = Field(default=3, ge=1, description="Joined training frames that are kept.")
    allocations: bool = Field(default=False, description="Trace where memory was allocated; slow.")
