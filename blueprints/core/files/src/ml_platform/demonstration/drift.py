"""Demonstrates drift detection over several seeds: silent on new data of the old kind, loud on shifted data."""

from collections.abc import Iterator

import pandas as pd

from ml_platform.bundle import Bundle, load_bundle
from ml_platform.demonstration.check import Check, claim
from ml_platform.demonstration.demo import Demo
from ml_platform.features.build import build_features, category_names, numeric_names
from ml_platform.features.clean import clean_measures
from ml_platform.monitoring.drift import DriftReport, detect_drift
from ml_platform.synthetic.config import load_synthetic
from ml_platform.synthetic.source import synthesize

DELIVERABLE = "drift"
SHIFT = 0.5
ENTITIES = 1000
FIRST_SEED = 1000


def checks(demo: Demo) -> Iterator[Check]:
    """Compare the newest period of fresh data sets with the rows that the deployed model was trained on."""
    context = demo.context
    bundle = load_bundle(context.path(context.settings.serving.model_dir))
    lines = []
    for shift in (0.0, SHIFT):
        reports = [drift_of(demo, bundle, FIRST_SEED + seed, shift) for seed in demo.seeds]
        fired = sum(report.fired for report in reports)
        wanted = len(reports) if shift else 0
        name = f"shifted data raise an alarm on {wanted} of {wanted} seeds" if shift else "unshifted data stay silent"
        named = sorted({feature for report in reports for feature in report.drifted})
        detail = f"{fired} of {len(reports)} seeds fired" + (f": {', '.join(named)[:160]}" if named else "")
        lines.append(f"shift {shift}: {detail}")
        yield claim(DELIVERABLE, name, holds=fired == wanted, detail=detail)
    demo.report("Drift", "\n".join(lines))


def drift_of(demo: Demo, bundle: Bundle, seed: int, shift: float) -> DriftReport:
    """Return the drift report of fresh demonstration data, moved by `shift`."""
    contract = demo.context.contract
    made = synthesize(
        contract, load_synthetic(demo.context.root), demo.context.as_of, seed=seed, entities=ENTITIES, shift=shift
    )
    features = build_features(clean_measures(made.measures, contract)[0], contract)
    moment = contract.datasets["measures"].time
    newest: pd.DataFrame = features[features[moment] == features[moment].max()]
    return detect_drift(
        bundle.reference(),
        newest,
        numeric_names(contract),
        category_names(contract),
        demo.context.settings.monitoring.drift,
    )
