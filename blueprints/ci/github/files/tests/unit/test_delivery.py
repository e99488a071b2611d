"""Releasing, returning and timing (SC-VELOCITY-1, SC-VELOCITY-4), with a real repository as the remote."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
DIGEST = "sha256:" + "a" * 64
OTHER = "sha256:" + "b" * 64

pytestmark = pytest.mark.deliverable("ci-cd")


class Checkout:
    """A clone of this project's delivery files, with a bare repository as its origin."""

    def __init__(self, folder: Path) -> None:
        self.work = folder / "work"
        (self.work / "scripts").mkdir(parents=True)
        for name in ("deploy.sh", "rollback.sh", "velocity.sh"):
            shutil.copy2(ROOT / "scripts" / name, self.work / "scripts" / name)
        for name in ("dev", "staging", "prod"):
            target = self.work / "deploy" / "environments" / name
            target.mkdir(parents=True)
            shutil.copy2(ROOT / "deploy" / "environments" / name / "images.yaml", target)
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.name", "Somebody")
        self.git("config", "user.email", "somebody@example.org")
        self.git("config", "commit.gpgsign", "false")
        subprocess.run(["git", "init", "--quiet", "--bare", str(folder / "origin.git")], check=True)
        self.git("remote", "add", "origin", str(folder / "origin.git"))

    def git(self, *arguments: str) -> str:
        """Runs git here and gives what it said."""
        done = subprocess.run(["git", *arguments], cwd=self.work, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def commit(self, text: str) -> str:
        """Commits a new value of a chart."""
        (self.work / "chart.yaml").write_text(f"replicas: {text}\n", encoding="utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", text)
        return self.git("rev-parse", "HEAD")

    def script(self, name: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs one of the scripts."""
        command = ["bash", f"scripts/{name}", *arguments]
        return subprocess.run(command, cwd=self.work, check=False, capture_output=True, text=True)

    def released(self, environment: str, file: str = "chart.yaml") -> str:
        """What Argo CD would read there."""
        self.git("fetch", "--quiet", "origin", f"deploy/{environment}")
        return self.git("show", f"FETCH_HEAD:{file}")

    def digests(self, digest: str) -> str:
        """A file as scripts/publish.sh prints it."""
        file = self.work.parent / "digests"
        file.write_text(f"training {digest}\n", encoding="utf-8")
        return str(file)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_sc_velocity_4_a_release_moves_charts_and_images_of_one_environment(checkout: Checkout) -> None:
    commit = checkout.commit("one")
    done = checkout.script("deploy.sh", "dev", commit, "--digests", checkout.digests(DIGEST))
    assert done.returncode == 0, done.stderr
    assert checkout.released("dev") == "replicas: one"
    images = yaml.safe_load(checkout.released("dev", "deploy/environments/dev/images.yaml"))
    assert images == {"images": {"training": {"digest": DIGEST}}}
    assert checkout.git("rev-parse", "HEAD") == commit
    assert checkout.git("ls-remote", "--heads", "origin").count("deploy/") == 1


def test_the_same_release_again_changes_nothing(checkout: Checkout) -> None:
    commit = checkout.commit("one")
    checkout.script("deploy.sh", "dev", commit, "--digests", checkout.digests(DIGEST))
    before = checkout.git("ls-remote", "origin")
    done = checkout.script("deploy.sh", "dev", commit, "--digests", checkout.digests(DIGEST))
    assert done.returncode == 0 and "already" in done.stdout
    assert checkout.git("ls-remote", "origin") == before


def test_charts_alone_keep_the_images_that_run(checkout: Checkout) -> None:
    checkout.script("deploy.sh", "dev", checkout.commit("one"), "--digests", checkout.digests(DIGEST))
    checkout.script("deploy.sh", "dev", checkout.commit("two"))
    assert checkout.released("dev") == "replicas: two"
    assert DIGEST in checkout.released("dev", "deploy/environments/dev/images.yaml")


def test_a_trial_run_pushes_nothing(checkout: Checkout) -> None:
    done = checkout.script("deploy.sh", "dev", checkout.commit("one"), "--dry-run")
    assert done.returncode == 0, done.stderr
    assert checkout.git("ls-remote", "origin") == ""


@pytest.mark.parametrize("line", ["training latest", "training sha256:abc", "../x " + DIGEST])
def test_what_is_no_digest_is_refused(checkout: Checkout, line: str) -> None:
    file = checkout.work.parent / "digests"
    file.write_text(line + "\n", encoding="utf-8")
    done = checkout.script("deploy.sh", "dev", checkout.commit("one"), "--digests", str(file))
    assert done.returncode == 2 and "expected" in done.stderr
    assert checkout.git("ls-remote", "origin") == ""


WRONG: list[tuple[str, ...]] = [(), ("test", "HEAD"), ("dev",), ("dev", "no-such-commit"), ("dev", "HEAD", "--fast")]


@pytest.mark.parametrize("arguments", WRONG)
def test_wrong_arguments_are_named(checkout: Checkout, arguments: tuple[str, ...]) -> None:
    checkout.commit("one")
    done = checkout.script("deploy.sh", *arguments)
    assert done.returncode == 2 and "deploy:" in done.stderr


def test_sc_velocity_4_rollback_returns_to_the_release_before_and_further(checkout: Checkout) -> None:
    for text, digest in (("one", DIGEST), ("two", OTHER), ("three", OTHER)):
        checkout.script("deploy.sh", "prod", checkout.commit(text), "--digests", checkout.digests(digest))
    assert checkout.script("rollback.sh", "prod").returncode == 0
    assert checkout.released("prod") == "replicas: two"
    assert checkout.script("rollback.sh", "prod").returncode == 0
    assert checkout.released("prod") == "replicas: one"
    assert DIGEST in checkout.released("prod", "deploy/environments/prod/images.yaml")
    done = checkout.script("rollback.sh", "prod")
    assert done.returncode == 2 and "no release before" in done.stderr


def test_rollback_after_a_new_release_returns_to_what_ran_before_it(checkout: Checkout) -> None:
    for text in ("one", "two"):
        checkout.script("deploy.sh", "prod", checkout.commit(text))
    checkout.script("rollback.sh", "prod")
    checkout.script("deploy.sh", "prod", checkout.commit("three"))
    assert checkout.script("rollback.sh", "prod").returncode == 0
    assert checkout.released("prod") == "replicas: one"


def test_rollback_to_a_named_release(checkout: Checkout) -> None:
    releases = []
    for text in ("one", "two", "three"):
        checkout.script("deploy.sh", "prod", checkout.commit(text))
        checkout.git("fetch", "--quiet", "origin", "deploy/prod")
        releases.append(checkout.git("rev-parse", "FETCH_HEAD"))
    assert checkout.script("rollback.sh", "prod", "--to", releases[0]).returncode == 0
    assert checkout.released("prod") == "replicas: one"
    stranger = checkout.script("rollback.sh", "prod", "--to", checkout.git("rev-parse", "main"))
    assert stranger.returncode == 2 and "not a release" in stranger.stderr


def test_a_release_of_somebody_else_in_the_meantime_is_not_overwritten(checkout: Checkout) -> None:
    checkout.script("deploy.sh", "dev", checkout.commit("one"))
    hook = checkout.work.parent / "origin.git" / "hooks" / "pre-receive"
    hook.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    hook.chmod(0o755)
    done = checkout.script("deploy.sh", "dev", checkout.commit("two"))
    assert done.returncode != 0
    assert checkout.released("dev") == "replicas: one"


@pytest.mark.parametrize(("allowed", "status"), [("1", 0), ("0", 1)])
def test_sc_velocity_1_a_slow_way_to_production_fails_the_run(checkout: Checkout, allowed: str, status: int) -> None:
    done = checkout.script("velocity.sh", checkout.commit("one"), allowed)
    assert done.returncode == status
    assert "0 minutes" in done.stdout
