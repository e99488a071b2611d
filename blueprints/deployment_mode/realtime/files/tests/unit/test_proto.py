"""The committed gRPC modules must be what the compiler makes of the .proto file."""

import subprocess
import sys
from pathlib import Path

import pytest

from ml_platform.settings import find_root

pytestmark = pytest.mark.deliverable("serving")

PROTO = "proto/ml_platform/serving/protocol/prediction.proto"
NAMES = ("prediction_pb2.py", "prediction_pb2.pyi", "prediction_pb2_grpc.py")


def test_generated_modules_are_current(tmp_path: Path) -> None:
    root = find_root(Path(__file__).parent)
    targets = [f"--{kind}_out={tmp_path}" for kind in ("python", "pyi", "grpc_python")]
    command = [sys.executable, "-m", "grpc_tools.protoc", "-I", "proto", *targets, PROTO]
    subprocess.run(command, cwd=root, check=True)
    folder = Path("ml_platform/serving/protocol")
    for name in NAMES:
        assert (root / "src" / folder / name).read_text() == (tmp_path / folder / name).read_text(), "run `make proto`"
