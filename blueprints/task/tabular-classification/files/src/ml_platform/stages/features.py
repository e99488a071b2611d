"""Stage `features`: cleaned measures become published features, checked alone and against the labels they will meet."""

import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pandas as pd

from ml_platform.alerts import notify
from ml_platform.context import StageContext, StageHandover
from ml_platform.errors import DataRefused
from ml_platform.feature_store.adapter import open_store
from ml_platform.feature_store.protocol import FeatureStore
from ml_platform.features.build import build_features, feature_names
from ml_platform.features.clean import clean_measures
from ml_platform.features.split import load_split_policy, plan_split
from ml_platform.features.statistics import check_features, describe_features, refuse, scan_leakage
from ml_platform.files import atomic_write_json
from ml_platform.monitoring.criteria import judge
from ml_platform.retention import expire_features
from ml_platform.tables import LABELS, MEASURES, read_table, table_files
from ml_platform.training.data import usable_rows

# SC-DATA-4: reading one entity's features is timed after every publication.
CRITERION = "SC-DATA-4"
READS_FILE = "feature-reads.json"


class FeaturesHandover(StageHandover):
    """What was published: `statistics` is a path relative to the root, `split` says how labelled rows are divided."""

    statistics: str
    features: tuple[str, ...]
    rows: int
    labelled: int
    positives: int
    published_until: str
    split: str


def run(context: StageContext) -> FeaturesHandover:
    """Build, check and publish all features known as of the run's day, and try them on the labels.

    Raises DataRefused where features break a rule, give the target away, or leave nothing to train or test on.
    """
    settings, contract = context.settings.features, context.contract
    measures, cleaning = clean_measures(read_table(context, MEASURES), contract)
    features = build_features(measures, contract)
    findings = check_features(features, contract, settings)
    refuse(findings)
    labels = read_table(context, LABELS)
    store = open_store(context.settings, contract)
    try:
        store.publish(features)
        expire_features(context)
        training = usable_rows(store.training_frame(labels), contract)
        seconds = _time_reads(store, features, context)
    finally:
        store.close()
    findings += scan_leakage(training, contract, settings)
    refuse(findings)
    split = plan_split(training, contract, load_split_policy(context.path(Path(settings.split_file))))
    for finding in findings:
        context.log.warning("feature rule", feature=finding.feature, rule=finding.rule, detail=finding.detail)
    _judge_reads(context, seconds)
    statistics: dict[str, Any] = {
        "cleaning": cleaning.as_dict(),
        "features": {name: seen.as_dict() for name, seen in describe_features(features, contract).items()},
        "findings": [asdict(finding) for finding in findings],
        "labels_without_features": len(labels) - len(training),
        "split": split.description,
    }
    path = atomic_write_json(context.work / "features-statistics.json", statistics)
    context.log.info("features built", rows=len(features), labelled=len(training), split=split.description)
    return FeaturesHandover(
        inputs=context.hashes([*table_files(context, MEASURES), *table_files(context, LABELS)]),
        outputs=context.hashes([path]),
        statistics=path.relative_to(context.root).as_posix(),
        features=tuple(feature_names(contract)),
        rows=len(features),
        labelled=len(training),
        positives=int(training[str(contract.datasets[LABELS].target)].sum()),
        published_until=pd.Timestamp(features[contract.datasets[MEASURES].time].max()).isoformat(),
        split=split.description,
    )


def _time_reads(store: FeatureStore, features: pd.DataFrame, context: StageContext) -> list[float]:
    key = context.contract.datasets[MEASURES].key
    seconds = []
    for value in features[key].drop_duplicates().head(context.settings.features.store.read_samples).tolist():
        started = time.perf_counter()
        if store.online(value) is None:
            raise DataRefused(f"the online store does not know {value!r}, although it was just published")
        seconds.append(time.perf_counter() - started)
    # The first read opens connections and fills caches, which a server does before it is ready.
    return sorted(seconds[1:] or seconds)


def _judge_reads(context: StageContext, seconds: list[float]) -> None:
    slowest = seconds[-1]
    path = context.path(context.settings.paths.reports, READS_FILE)
    atomic_write_json(path, {"reads": len(seconds), "median": seconds[len(seconds) // 2], "slowest": slowest})
    verdict = judge(context.contract, CRITERION, slowest)
    if verdict.fired:
        notify(context.settings, f"{context.contract.project}: features are read too slowly", verdict.text, "warning")
