"""Asks a new version real questions by every protocol and compares the answers, after each move of its release."""

import argparse
import json
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import fsspec
import grpc
import pandas as pd
import pyarrow.parquet as pq

from ml_platform.bundle import REFERENCE_FILE
from ml_platform.contract import Contract, load_contract
from ml_platform.serving.protocol import prediction_pb2, prediction_pb2_grpc
from ml_platform.settings import Settings, load_settings
from ml_platform.storage import bucket_uri

RELEASES = "releases"
REFERENCE_ROWS = 20
KEYS = 10
SECONDS = 10.0
# The same model on another processor may differ in the last digits.
SCORE_TOLERANCE = 1e-6


@dataclass(frozen=True)
class Release:
    """The address of a version and the number that its answers must carry."""

    host: str
    version: str
    contract: Contract
    ports: dict[str, int]

    def post(self, endpoint: str, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Send one HTTP request; returns status and body."""
        target = f"http://{self.host}:{self.ports[endpoint]}{self.contract.endpoints[endpoint].path}"
        request = urllib.request.Request(
            target, data=json.dumps(body).encode(), headers={"Content-Type": "application/json"}
        )
        try:
            with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310
                return int(answer.status), json.loads(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read() or b"{}")

    def rpc(self, key: str) -> "prediction_pb2.PredictResponse | grpc.StatusCode":
        """Send one gRPC request; returns the answer or the status code."""
        with grpc.insecure_channel(f"{self.host}:{self.ports['grpc']}") as channel:
            stub = prediction_pb2_grpc.PredictionServiceStub(channel)
            try:
                return stub.Predict(prediction_pb2.PredictRequest(entity_key=key), timeout=SECONDS)
            except grpc.RpcError as error:
                return error.code()


def check_reference(release: Release, reference: pd.DataFrame) -> Iterator[str]:
    """Yield what is wrong with the answers for rows whose scores are known from training."""
    rows = reference.head(REFERENCE_ROWS)
    inputs = [_tensor(str(name), rows[name]) for name in rows.columns if name != "score"]
    status, body = release.post("kserve", {"inputs": inputs})
    if status != 200:
        yield f"the reference rows were answered with {status}: {body}"
        return
    if body.get("model_version") != release.version:
        yield f"expected answers of version {release.version}, got version {body.get('model_version')}"
    answered = pd.Series(body["outputs"][0]["data"], index=rows.index)
    distance = float((answered - rows["score"]).abs().max())
    if not distance <= SCORE_TOLERANCE:
        yield f"scores differ by up to {distance:.2e} from those at training time"


def check_keys(release: Release, keys: Sequence[int | str]) -> Iterator[str]:
    """Yield where REST, gRPC and the open inference protocol do not give one and the same answer for an entity."""
    name = release.contract.datasets["measures"].key
    for number, key in enumerate(keys):
        status, rest = release.post("rest", {name: key})
        remote = release.rpc(str(key))
        v2_status, v2 = release.post("kserve", {"inputs": [_tensor(name, pd.Series([key]))]})
        # Keys are not repeated in logs: they may be personal data.
        if status != 200 or isinstance(remote, grpc.StatusCode) or v2_status != 200:
            yield f"entity {number} was answered with {status} by REST, {remote!r} by gRPC, {v2_status} by V2"
            continue
        scores = (float(rest["score"]), float(remote.score), float(v2["outputs"][0]["data"][0]))
        if max(scores) - min(scores) > SCORE_TOLERANCE:
            yield f"entity {number} has the scores {scores} by REST, gRPC and V2"
        versions = {rest["model_version"], remote.model_version, v2["model_version"]}
        if versions != {release.version}:
            yield f"expected version {release.version}, got {', '.join(sorted(versions))}"


def check_unknown(release: Release) -> Iterator[str]:
    """Yield where an entity that does not exist is not refused by all three."""
    measures = release.contract.datasets["measures"]
    key: int | str = 2**63 - 1 if measures.column(measures.key).type == "integer" else "release-check"
    status, _ = release.post("rest", {measures.key: key})
    remote = release.rpc(str(key))
    v2_status, _ = release.post("kserve", {"inputs": [_tensor(measures.key, pd.Series([key]))]})
    if (status, remote, v2_status) != (404, grpc.StatusCode.NOT_FOUND, 400):
        yield f"an unknown entity was answered with {status} by REST, {remote!r} by gRPC, {v2_status} by V2"


def known_keys(settings: Settings, contract: Contract) -> list[int | str]:
    """Return keys of a few entities that have features; empty where none were published so far."""
    folder = _layer(settings, contract, "features", settings.path(Path(settings.features.store.offline)))
    files, base = fsspec.core.url_to_fs(folder)
    key = contract.datasets["measures"].key
    for path in sorted(files.glob(f"{base}/**/*.parquet")):
        with files.open(path) as source:
            parquet = pq.ParquetFile(source)
            if key in parquet.schema_arrow.names:
                batch = next(parquet.iter_batches(batch_size=KEYS, columns=[key]), None)
                return [] if batch is None else list(dict.fromkeys(batch.column(0).to_pylist()))
    return []


def reference_of(settings: Settings, contract: Contract, version: str) -> pd.DataFrame:
    """Return the rows with known scores that the version carries."""
    folder = _layer(settings, contract, "models", settings.path(settings.paths.models))
    with fsspec.open(f"{folder}/{RELEASES}/{version}/{REFERENCE_FILE}") as source:
        return pd.read_parquet(source)


def _layer(settings: Settings, contract: Contract, layer: str, local: Path) -> str:
    named = settings.storage.layers.get(layer)
    return str(local) if named is None else bucket_uri(settings, contract, named, f"storage.layers.{layer}")


def _tensor(name: str, values: "pd.Series[Any]") -> dict[str, Any]:
    data = values.tolist()
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        whole = pd.api.types.is_integer_dtype(values)
        # JSON has no word for a missing number; V2 servers read null in floats.
        numbers = data if whole else [None if pd.isna(value) else float(value) for value in data]
        return {"name": name, "shape": [len(data)], "datatype": "INT64" if whole else "FP64", "data": numbers}
    texts = ["" if pd.isna(value) else str(value) for value in data]
    return {"name": name, "shape": [len(data)], "datatype": "BYTES", "data": texts}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write what is wrong to standard output; exit code 1 where anything is."""
    parser = argparse.ArgumentParser(prog="check-release", description=__doc__)
    parser.add_argument("--host", required=True, help="service of the version, e.g. prediction-canary")
    parser.add_argument("--version", required=True, help="number of the model version that must answer")
    options = parser.parse_args(arguments)
    settings = load_settings()
    contract = load_contract(settings.root)
    ports = {name: endpoint.port for name, endpoint in contract.endpoints.items()}
    release = Release(options.host, options.version, contract, ports)
    keys = known_keys(settings, contract)
    problems = [
        *check_reference(release, reference_of(settings, contract, options.version)),
        *check_keys(release, keys),
        *check_unknown(release),
    ]
    asked = f"{REFERENCE_ROWS} reference rows, {len(keys)} entities, 1 unknown entity"
    sys.stdout.write("".join(f"{problem}\n" for problem in problems) or f"version {options.version} answers: {asked}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
