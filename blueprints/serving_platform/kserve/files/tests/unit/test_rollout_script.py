"""scripts/rollout.sh changes one value of one environment in Git, and nothing that it does not know."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

pytestmark = pytest.mark.deliverable("rollout")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    for name in ("scripts/rollout.sh", *(f"deploy/environments/{each}/serving.yaml" for each in ("dev", "prod"))):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    for command in (
        ["init", "-q", "-b", "main"],
        ["config", "user.name", "Test"],
        ["config", "user.email", "test@example.com"],
        ["add", "-A"],
        ["commit", "-q", "-m", "start"],
    ):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def run(repository: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    script = repository / "scripts" / "rollout.sh"
    return subprocess.run(["bash", str(script), *arguments], capture_output=True, text=True, check=False)


def values(repository: Path, environment: str) -> dict[str, dict[str, object]]:
    file = repository / "deploy" / "environments" / environment / "serving.yaml"
    content: dict[str, dict[str, object]] = yaml.safe_load(file.read_text(encoding="utf-8"))
    return content


def commits(repository: Path) -> list[str]:
    log = subprocess.run(["git", "log", "--format=%s"], cwd=repository, capture_output=True, text=True, check=True)
    return log.stdout.splitlines()


def test_a_careful_release_is_four_commits(repository: Path) -> None:
    assert run(repository, "model", "prod", "2").returncode == 0
    for strategy in ("shadow", "canary", "ab", "full"):
        run(repository, "strategy", "prod", strategy)
        assert values(repository, "prod")["rollout"]["strategy"] == strategy
    assert values(repository, "prod")["model"]["version"] == "2"
    assert commits(repository)[-2] == "Serve model version 2 in prod"
    assert values(repository, "dev") == yaml.safe_load(
        (ROOT / "deploy/environments/dev/serving.yaml").read_text(encoding="utf-8")
    )


@pytest.mark.parametrize(
    "arguments", [("strategy", "prod", "fast"), ("strategy", "nowhere", "full"), ("model", "prod", "latest"), ("x",)]
)
def test_what_it_does_not_know_is_refused(repository: Path, arguments: tuple[str, ...]) -> None:
    assert run(repository, *arguments).returncode == 2
    assert commits(repository) == ["start"]


def test_a_dry_run_shows_and_changes_nothing(repository: Path) -> None:
    before = values(repository, "prod")
    done = run(repository, "strategy", "prod", "blue-green", "--dry-run")
    assert done.returncode == 0
    assert "+  strategy: blue-green" in done.stdout
    assert (values(repository, "prod"), commits(repository)) == (before, ["start"])
