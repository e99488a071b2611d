"""Settings of profiling, caching and memory."""

from pydantic import BaseModel, ConfigDict, Field


class PerformanceSettings(BaseModel):
    """How much memory training may take and how much is kept."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    memory_gib: float = Field(default=8.0, gt=0, description="Memory that training may use.")
    cached_frames: int = Field(default=3, ge=1, description="Joined training frames that are kept.")
    allocations: bool = Field(default=False, description="Trace where memory was allocated; slow.")
