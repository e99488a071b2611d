"""What tests share: one small pipeline run per session, and the evidence of which deliverable each test holds."""

import gc
import os
import shutil
from pathlib import Path

# Before any library that counts processors or reports home is imported.
os.environ.update(
    OMP_NUM_THREADS="1",
    DO_NOT_TRACK="1",
    FEAST_USAGE="False",
    GX_ANALYTICS_ENABLED="False",
    MLFLOW_DISABLE_TELEMETRY="true",
    WANDB_MODE="offline",
)

import matplotlib as mpl
import pytest
import yaml

import covered_lines  # counts from here on, so it comes before modules of ours
from evidence import Evidence
from ml_platform.context import StageContext
from ml_platform.contract import Contract, load_contract
from ml_platform.demo import cpu_seconds
from ml_platform.settings import Settings, load_settings
from ml_platform.stage import make_context, run_stage, stage_names
from ml_platform.synthetic.config import load_synthetic
from ml_platform.synthetic.source import write_source

mpl.use("Agg")

PROJECT = Path(__file__).resolve().parents[1]
EVIDENCE = PROJECT / "reports" / "tests.json"
# Small enough for seconds, large enough for the planted signal to be found: this many entities, and fewer where a long
# gap between training and held-out rows asks for many periods.
ENTITIES = 600
LABELLED_ROWS = 8000
# A search that only has to run; how well it searches is tested by itself.
SMALL_SEARCH = {"trials": 2, "startup_trials": 1, "max_rows": 1500}
# Models that are good enough to beat the baseline on the small data, and small enough to be saved, loaded and copied by
# many tests; and the fewest resamples that are allowed.
SMALL_MODELS = {"gradient_boosting": {"max_iter": 20, "learning_rate": 0.2}, "extra_trees": {"n_estimators": 5}}
SMALL_EVALUATION = {"bootstrap_samples": 100, "permutations": 1}


def copy_project(target: Path) -> Path:
    """A folder with this project's configuration and nothing else, in which a pipeline can run."""
    shutil.copytree(PROJECT / "conf", target / "conf")
    local = target / "conf" / "local.yaml"
    content = yaml.load(local.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    if "tuning" in content:
        content["tuning"].update(SMALL_SEARCH)
    training = content.setdefault("training", {})
    training["parameters"] = {**SMALL_MODELS, **training.get("parameters", {})}
    training["evaluation"] = {**training.get("evaluation", {}), **SMALL_EVALUATION}
    # A platform of the first maturity does not watch its model and refuses settings for it.
    if "monitoring" in Settings.model_fields:
        content.setdefault("monitoring", {})["importance_rows"] = 300
    local.write_text(yaml.safe_dump(content), encoding="utf-8")
    for name in ("contract.yaml", "pyproject.toml", "uv.lock"):
        if (PROJECT / name).is_file():
            shutil.copy(PROJECT / name, target / name)
    for extra in ("feature_repo", "proto", "openapi"):
        if (PROJECT / extra).is_dir():
            unwanted = shutil.ignore_patterns("*.db", "data", "__pycache__")
            shutil.copytree(PROJECT / extra, target / extra, ignore=unwanted)
    return target


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The project's own contract."""
    return load_contract(PROJECT)


@pytest.fixture(scope="session")
def settings() -> Settings:
    """The project's own local settings."""
    return load_settings("local", PROJECT)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty project of a single test."""
    return copy_project(tmp_path / "project")


@pytest.fixture
def context(root: Path) -> StageContext:
    """A stage's context in an empty project."""
    return make_context("local", root=root)


@pytest.fixture(scope="session")
def landed(tmp_path_factory: pytest.TempPathFactory) -> StageContext:
    """A project with ingested demonstration data; read it only, or copy it with `branch`."""
    root = copy_project(tmp_path_factory.mktemp("landed") / "project")
    context = make_context("local", root=root)
    write_source(context, entities=min(ENTITIES, LABELLED_ROWS // load_synthetic(root).periods_with_labels))
    run_stage("ingest", context)
    return context


@pytest.fixture(scope="session")
def pipeline(landed: StageContext, tmp_path_factory: pytest.TempPathFactory) -> StageContext:
    """A project in which every stage has run once; read it only, or copy it with `branch`."""
    context = branched(landed, tmp_path_factory.mktemp("pipeline") / "project")
    from ml_platform.tracking.adapter import open_tracker  # noqa: PLC0415  - a large library; tests import it anyway

    # Here and not in the train stage, which counts the time of each of its functions and is slow for that.
    open_tracker(context.settings).close()
    for name in stage_names(context.settings):
        if name not in ("synthesize", "ingest"):
            run_stage(name, context)
    return context


def branched(context: StageContext, target: Path) -> StageContext:
    """A copy of a project with all its data, which a test may change."""
    shutil.copytree(context.root, target)
    return make_context("local", context.as_of, context.run_id, target)


def pytest_sessionstart() -> None:
    """Searches for no garbage while libraries are loaded: what they make stays."""
    gc.disable()


def pytest_collection_finish() -> None:
    """Takes what is loaded by now out of the search for garbage, which begins here and goes on at a slower pace."""
    gc.freeze()
    gc.set_threshold(50_000)
    gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuses a test that holds no deliverable: its result could not be reported."""
    without = [item.nodeid for item in items if item.get_closest_marker("deliverable") is None]
    if without:
        raise pytest.UsageError(f"expected pytest.mark.deliverable on: {', '.join(without)}")


def pytest_configure(config: pytest.Config) -> None:
    """Registers what looks at a whole run; parts of a suite leave its evidence alone and are held to no coverage."""
    if config.args_source == pytest.Config.ArgsSource.TESTPATHS and not config.option.keyword:
        lines = covered_lines.CoveredLines(covered_lines.COUNTER)
        config.pluginmanager.register(lines, "covered_lines")

        def measured() -> dict[str, float | None]:
            percent = lines.percent
            coverage = round(percent / 100, 4) if percent is not None else None
            return {"coverage": coverage, "cpu_seconds": round(cpu_seconds(), 1)}

        config.pluginmanager.register(Evidence(EVIDENCE, measured), "evidence")
