"""Settings of the prediction servers; ports and latency bounds concern others too and come from the contract."""

from pathlib import Path

from pydantic import Field

from ml_platform.config import Section


class ServingSettings(Section):
    """How a prediction process finds its model and protects itself."""

    model_dir: Path = Field(
        default=Path("models/serving"),
        description="Directory of the deployed bundle; on a cluster the mount point /mnt/models.",
    )
    host: str = Field(default="127.0.0.1", description="Address that the servers bind to.")
    rest_port: int | None = Field(
        default=None, ge=0, le=65535, description="Overrides the contract's REST port; 0 takes a free one."
    )
    grpc_port: int | None = Field(
        default=None, ge=0, le=65535, description="Overrides the contract's gRPC port; 0 takes a free one."
    )
    store_timeout_seconds: float = Field(
        default=1.0, gt=0, description="A feature lookup that takes longer is answered as unavailable."
    )
    max_body_bytes: int = Field(default=16_384, gt=0, description="Larger request bodies are refused.")
    threads: int = Field(default=8, gt=0, description="Concurrent predictions per process.")
    shutdown_seconds: int = Field(
        default=20, gt=0, description="Time that running requests have to finish after SIGTERM."
    )
