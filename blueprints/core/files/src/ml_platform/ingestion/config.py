"""Settings of ingestion: where sources land and how many bad records a load may hold."""

from pydantic import Field

from ml_platform.config import Section


class DataSettings(Section):
    """Without a location, sources land in `paths.landing` on this machine."""

    location: str | None = Field(
        None, description="bucket name of contract.yaml with an optional /prefix, or a URI, where sources land"
    )
    max_bad_share: float = Field(
        0.001, ge=0, le=1, description="share of refused records at which a whole load is refused"
    )
