"""Brings files from where source systems leave them to the landing folder; the rest sees local files only."""

import fsspec

from ml_platform.context import StageContext
from ml_platform.files import atomic_write_bytes
from ml_platform.storage import bucket_location


def landing_uri(context: StageContext) -> str | None:
    """URI where sources land, or None for this machine; raises SettingsInvalid for an unknown bucket."""
    location = context.settings.data.location
    if location is None or "://" in location:
        return location
    return bucket_location(context, location, "data.location")


def fetch(context: StageContext, dataset: str, known: dict[str, int]) -> list[str]:
    """Copies files that are new or of another size than in `known` (name -> bytes) and returns their names."""
    uri = landing_uri(context)
    if uri is None:
        return []
    region = context.settings.storage.region
    options = {"client_kwargs": {"region_name": region}} if region and uri.startswith("s3://") else {}
    files, base = fsspec.core.url_to_fs(uri, **options)
    start = f"{str(base).rstrip('/')}/{dataset}"
    fetched = []
    try:
        found = files.find(start, detail=True)
    except FileNotFoundError:
        found = {}
    for path in sorted(found):
        name = f"{dataset}{str(path).removeprefix(start)}"
        if known.get(name) != found[path]["size"]:
            atomic_write_bytes(context.path(context.settings.paths.landing, name), files.cat_file(path))
            fetched.append(name)
    context.log.info("sources fetched", dataset=dataset, uri=uri, files=len(fetched))
    return fetched
