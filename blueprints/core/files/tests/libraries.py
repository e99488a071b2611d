"""Loads the libraries without counting covered lines: counting ours makes every line of theirs several times slower."""

import ast
import importlib
import sys
from collections.abc import Iterator
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[1] / "src" / "ml_platform"
# Parts of the package that are loaded elsewhere: in the orchestrator's environment, or by other modules.
ELSEWHERE = ("orchestration/airflow.py", "orchestration/pods.py", "_pb2.py", "_pb2_grpc.py")


def libraries() -> Iterator[str]:
    """Names of the modules that the package imports from elsewhere."""
    for path in sorted(PACKAGE.rglob("*.py")):
        if path.as_posix().endswith(ELSEWHERE):
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module is not None:
                names = [node.module]
            yield from (name for name in names if name.partition(".")[0] != PACKAGE.name)


tracer = sys.gettrace()
sys.settrace(None)
try:
    for library in dict.fromkeys(libraries()):
        importlib.import_module(library)
finally:
    sys.settrace(tracer)
