"""What stages and servers may ask of a feature store, so that none of them knows which one it is."""

from typing import Protocol, TypeAlias, runtime_checkable

import pandas as pd

Value: TypeAlias = float | str | pd.Timestamp | None


@runtime_checkable
class FeatureStore(Protocol):
    """Features by entity key and snapshot time; times are UTC."""

    def publish(self, features: pd.DataFrame) -> None:
        """Store every row of `features` (key, time, features) offline and the newest per key online.

        Publishing the same rows again changes nothing.
        """
        ...

    def training_frame(self, labels: pd.DataFrame) -> pd.DataFrame:
        """Return `labels` (key, time, any more columns) with the features known at each row's time.

        A row gets the newest features that are not younger than its time and not older than the
        time to live; rows of unknown entities get NaN. The order of the rows is kept.
        """
        ...

    def snapshot(self, as_of: pd.Timestamp) -> pd.DataFrame:
        """Return the newest row (key, time, features) of every entity known at `as_of`, sorted by key."""
        ...

    def online(self, key: int | str) -> dict[str, Value] | None:
        """Return the newest features of one entity, and their time under the time column's name.

        None stands for an entity that the store does not know; an unknown value of a known one is None.
        """
        ...

    def close(self) -> None:
        """Release files and connections."""
        ...
