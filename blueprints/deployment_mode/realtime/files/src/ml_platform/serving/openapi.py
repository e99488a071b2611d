"""Writes the REST API's description to openapi/prediction.json, for clients and for the test that keeps it current."""

import json
import sys
from pathlib import Path

from ml_platform.contract import Contract, load_contract
from ml_platform.files import atomic_write_text
from ml_platform.serving.rest import create_app
from ml_platform.serving.runtime import PredictionRuntime
from ml_platform.settings import find_root

FILE = Path("openapi/prediction.json")


def openapi_json(contract: Contract) -> str:
    """Return the OpenAPI document of the REST API as JSON text."""

    def not_started() -> PredictionRuntime:
        raise RuntimeError("describing the API starts no server")

    app = create_app(contract, not_started, max_body_bytes=1)
    return json.dumps(app.openapi(), indent=2, ensure_ascii=False) + "\n"


def main() -> int:
    """Write the document of this project."""
    root = find_root()
    atomic_write_text(root / FILE, openapi_json(load_contract(root)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
