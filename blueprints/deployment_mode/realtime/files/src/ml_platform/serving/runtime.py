"""One way from an entity's key to an answer, shared by REST, gRPC and KServe, so that all of them agree."""

import re
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as LookupTimeout
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic

import pandas as pd

from ml_platform.contract import Contract
from ml_platform.errors import PlatformError, UnknownEntity
from ml_platform.feature_store.protocol import FeatureStore, Value
from ml_platform.serving.config import ServingSettings
from ml_platform.serving.predictor import Predictor
from ml_platform.serving.telemetry import Telemetry

TEXT_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,127}")
LARGEST_INTEGER = 2**63 - 1


class InvalidKey(PlatformError):
    """The key in a request is not one that an entity can have."""


class StoreUnavailable(PlatformError):
    """The feature store failed or did not answer in time."""


class DeadlinePassed(PlatformError):
    """The caller's own deadline passed before there was an answer."""


@dataclass(frozen=True)
class Answer:
    """A score with everything that is needed to explain where it came from."""

    key: int | str
    score: float
    decision: bool
    model_name: str
    model_version: str
    feature_timestamp: datetime


class PredictionRuntime:
    """The loaded model and the opened store of one process. It owns the lookup threads and the store: close it."""

    def __init__(
        self,
        *,
        predictor: Predictor,
        store: FeatureStore,
        contract: Contract,
        settings: ServingSettings,
        telemetry: Telemetry,
    ) -> None:
        measures = contract.datasets["measures"]
        self.contract = contract
        self.settings = settings
        self.predictor = predictor
        self.telemetry = telemetry
        self.key_name = measures.key
        self.key_is_integer = measures.column(measures.key).type == "integer"
        self._time_name = measures.time
        self._store = store
        self._lookups = ThreadPoolExecutor(max_workers=settings.threads, thread_name_prefix="lookup")
        telemetry.model(predictor.name, predictor.version)

    def parse_key(self, key: int | str) -> int | str:
        """Return `key` in the type that the contract gives it; raises InvalidKey."""
        if self.key_is_integer:
            text = str(key)
            if text.isascii() and text.isdigit() and int(text) <= LARGEST_INTEGER:
                return int(text)
            raise InvalidKey(f"{self.key_name}: expected a whole number from 0 to {LARGEST_INTEGER}")
        if isinstance(key, str) and TEXT_KEY.fullmatch(key):
            return key
        raise InvalidKey(f"{self.key_name}: expected 1 to 128 letters, digits or one of _.:-")

    def answer(self, key: int | str, *, seconds: float | None = None) -> Answer:
        """Score one entity.

        `seconds` is what is left of the caller's deadline. Raises InvalidKey, UnknownEntity, StoreUnavailable or
        DeadlinePassed.
        """
        entity = self.parse_key(key)
        started = monotonic()
        with self.telemetry.tracer.span("feature lookup"):
            values = self._features(entity, seconds)
        if values is None:
            raise UnknownEntity(
                f"no {self.key_name} {entity} in the feature store; a new one appears after the next feature run"
            )
        with self.telemetry.tracer.span("predict"):
            score = float(self.predictor.predict(pd.DataFrame([values]))[0])
        if seconds is not None and monotonic() - started > seconds:
            raise DeadlinePassed(f"the answer took longer than the {seconds:.3f} s that the caller gave")
        self.telemetry.scored(score)
        return Answer(
            key=entity,
            score=score,
            decision=self.predictor.decide(score),
            model_name=self.predictor.name,
            model_version=self.predictor.version,
            feature_timestamp=_utc(values[self._time_name]),
        )

    def readiness(self) -> list[str]:
        """Return the reasons why this process cannot answer; empty when it can."""
        reasons = []
        try:
            # A key that nobody has: the store must say so in time.
            self._features(LARGEST_INTEGER if self.key_is_integer else "readiness-probe", None)
        except StoreUnavailable as error:
            reasons.append(str(error))
        self.telemetry.ready(is_ready=not reasons)
        return reasons

    def close(self) -> None:
        """Stop answering: waits for no lookup and closes the store."""
        self.telemetry.ready(is_ready=False)
        self._lookups.shutdown(wait=False, cancel_futures=True)
        self._store.close()
        self.telemetry.tracer.close()

    def _features(self, entity: int | str, seconds: float | None) -> dict[str, Value] | None:
        limit = self.settings.store_timeout_seconds
        patience = limit if seconds is None else min(limit, seconds)
        if patience <= 0:
            raise DeadlinePassed("the caller's deadline had passed before the lookup began")
        with self.telemetry.lookup():
            lookup = self._lookups.submit(self._store.online, entity)
            try:
                return lookup.result(timeout=patience)
            except LookupTimeout as error:
                lookup.cancel()
                if patience < limit:
                    raise DeadlinePassed(f"no features within the caller's {patience:.3f} s") from error
                raise StoreUnavailable(f"the feature store did not answer within {limit:g} s") from error
            except Exception as error:  # every store has errors of its own; to a caller they all mean: try later
                raise StoreUnavailable(f"the feature store failed: {error}") from error


def _utc(moment: Value) -> datetime:
    stamp = pd.Timestamp(moment)
    if stamp.tzinfo is None:
        stamp = stamp.tz_localize(UTC)
    utc: datetime = stamp.tz_convert(UTC).to_pydatetime()
    return utc
