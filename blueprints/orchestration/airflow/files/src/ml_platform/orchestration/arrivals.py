"""Whether there are data to start on: something new has landed, or what is loaded is as fresh as it was promised."""

import json
from datetime import date
from typing import Any

import fsspec

from ml_platform import storage
from ml_platform.context import StageContext
from ml_platform.ingestion.connectors import landing_uri

FRESHNESS = "data_freshness_days"
SUFFIXES = (".csv", ".parquet")


def data_ready(context: StageContext) -> bool:
    """Whether every dataset of the contract can be used now; reads names, sizes and the state of ingestion only."""
    waiting = [name for name in context.contract.datasets if not _ready(context, name)]
    context.log.info("looked for data", waiting_for=waiting)
    return not waiting


def _ready(context: StageContext, dataset: str) -> bool:
    loaded = _loaded(context, dataset)
    landed = _landed(context, dataset)
    if any(loaded.get(name, {}).get("bytes") != size for name, size in landed.items()):
        return True
    periods = [date.fromisoformat(period) for delivery in loaded.values() for period in delivery["periods"]]
    if not periods:
        return False
    # Labels come late by nature; only what the model looks at must be fresh.
    promised = context.contract.slos.get(FRESHNESS) if context.contract.datasets[dataset].target is None else None
    return promised is None or (context.as_of - max(periods)).days <= promised.value


def _landed(context: StageContext, dataset: str) -> dict[str, int]:
    """Sizes by name below the landing folder, here or in the bucket."""
    uri = landing_uri(context) or str(context.path(context.settings.paths.landing))
    files, base = _open(context, uri)
    try:
        found = files.find(f"{base}/{dataset}", detail=True)
    except FileNotFoundError:
        return {}
    names = {str(path): f"{dataset}{str(path).removeprefix(f'{base}/{dataset}')}" for path in found}
    return {
        names[path]: int(found[path]["size"])
        for path in found
        if path.endswith(SUFFIXES) and not path.rsplit("/", 1)[-1].startswith(".")
    }


def _loaded(context: StageContext, dataset: str) -> dict[str, dict[str, Any]]:
    """The deliveries that ingestion remembers, read from where the raw layer is kept."""
    uri = storage.location(context, "raw") or str(context.path(context.settings.paths.raw))
    files, base = _open(context, uri)
    try:
        content = json.loads(files.cat_file(f"{base}/{dataset}/state.json"))
    except FileNotFoundError:
        return {}
    return dict(content)


def _open(context: StageContext, uri: str) -> tuple[fsspec.AbstractFileSystem, str]:
    region = context.settings.storage.region
    options = {"client_kwargs": {"region_name": region}} if region and uri.startswith("s3://") else {}
    files, base = fsspec.core.url_to_fs(uri, **options)
    return files, str(base).rstrip("/")
