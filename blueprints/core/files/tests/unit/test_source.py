"""Rules that hold for the whole source, whichever components it was made from."""

import ast
import importlib
import re
from pathlib import Path

import pytest

import ml_platform
from ml_platform.contract import Contract
from ml_platform.settings import ENVIRONMENTS, Settings, load_settings

pytestmark = pytest.mark.deliverable("code-structure")

SOURCE = Path(ml_platform.__file__).parent
PROJECT = SOURCE.parents[1]
MODULES = sorted(SOURCE.rglob("*.py"))
ABSOLUTE = re.compile(r"^(/(home|tmp|usr|var|opt|root|data|Users|mnt/(?!models))\b|[A-Za-z]:\\|~/)")


def hard_coded_paths(source: str) -> list[str]:
    """String constants of a module that are absolute paths."""
    constants = (n.value for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Constant))
    return [value for value in constants if isinstance(value, str) and ABSOLUTE.match(value)]


def test_no_path_is_hard_coded() -> None:
    found = {path.name: hard_coded_paths(path.read_text(encoding="utf-8")) for path in MODULES}
    assert {name: paths for name, paths in found.items() if paths} == {}


@pytest.mark.parametrize("path", ["/home/me/data.csv", "/tmp/x", "C:\\data", "~/models"])  # noqa: S108
def test_a_hard_coded_path_is_found(path: str) -> None:
    assert hard_coded_paths(f"location = {path!r}") == [path]


def test_nothing_is_printed_or_unpickled() -> None:
    for path in MODULES:
        names = {n.id for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Name)}
        assert not names & {"pickle", "joblib", "eval", "exec"}, path


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_settings_of_every_environment_load(environment: str) -> None:
    settings = load_settings(environment, PROJECT)
    assert settings.environment == environment
    assert settings.alerts.required == (environment != "local")


def test_every_stage_has_a_module_that_runs(settings: Settings) -> None:
    for name, module in settings.pipeline.stages.items():
        assert callable(importlib.import_module(module).run), name


def test_alert_variables_are_secrets_of_the_contract(contract: Contract) -> None:
    alerts = load_settings("prod", PROJECT).alerts
    named = {secret.environment for secret in contract.secrets.values()}
    assert {alerts.slack_variable, alerts.mail.user_variable, alerts.mail.password_variable} <= named


def test_storage_layers_are_buckets_of_the_contract(contract: Contract) -> None:
    for environment in ENVIRONMENTS:
        layers = load_settings(environment, PROJECT).storage.layers
        assert {named.split("/")[0] for named in layers.values()} <= set(contract.buckets)
