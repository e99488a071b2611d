"""What the rules of validation say: one finding per rule, dataset and column, passed or not."""

from pydantic import BaseModel, ConfigDict


class Finding(BaseModel):
    """One rule's outcome; `unexpected` counts the values that break it, `rows` the values that it looked at."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    dataset: str
    rule: str
    column: str
    passed: bool
    unexpected: int = 0
    rows: int = 0
    detail: str = ""

    def line(self) -> str:
        """The finding as one line for people."""
        place = f"{self.dataset}.{self.column}" if self.column else self.dataset
        return f"{place}: {self.rule}{f' ({self.detail})' if self.detail else ''}"
