"""The model card: what a person must know before approving a version, written from the numbers of its evaluation."""

from collections.abc import Sequence

from ml_platform.bundle import BundleInfo
from ml_platform.evaluation.evaluate import Evaluation
from ml_platform.evaluation.fairness import Fairness

SHOWN_FEATURES = 10


def model_card(info: BundleInfo, evaluation: Evaluation, split: str, purpose: str, findings: Sequence[str]) -> str:
    """Markdown; `purpose` is the target's description from the contract."""
    sections = [
        f"# Model card: {info.model_name}",
        f"Predicts `{info.target}`: {purpose}. One score per row, the estimated probability.",
        "## Origin",
        _table(
            ("what", "value"),
            [
                ("kind", info.candidate),
                ("trained as of", info.trained_at.isoformat()),
                ("training rows", f"{info.training_rows} up to {info.training_until:%Y-%m-%d}"),
                ("data version", info.data_version),
                ("code version", info.code_version),
                ("dependencies", info.dependencies_version),
                ("seed", str(info.seed)),
                *((f"parameter {key}", value) for key, value in info.parameters.items()),
            ],
        ),
        "## Evaluation",
        f"Split {split}. {len(evaluation.rows)} rows, {int(evaluation.labels.sum())} of them positive.",
        _table(
            ("gate", "measured", "needed", "passed"),
            [
                (g.name, f"{g.measured:.4f}", f"{g.comparison} {g.bound:.4f}", "yes" if g.passed else "no")
                for g in evaluation.gates
            ],
        ),
        _table(
            ("metric", "value"),
            [(name, f"{value:.4f}") for name, value in evaluation.metrics.items()],
        ),
        "Baselines by average precision: "
        + ", ".join(f"{name} {value:.4f}" for name, value in evaluation.baseline_values.items())
        + ".",
        "## What it looks at",
        _table(
            ("feature", "loss when shuffled"),
            [(n, f"{v:.4f}") for n, v in list(evaluation.importance.items())[:SHOWN_FEATURES]],
        ),
        "## Groups",
        _groups(evaluation.fairness),
        "\n".join(f"- {finding}" for finding in findings) or "Nothing lies outside the bounds.",
        "## Use and limits",
        f"A row is selected from a score of {info.threshold:.4f} on (rule: {info.decision}). The model knows nothing "
        f"that happened after {info.training_until:%Y-%m-%d}; monitoring decides when it must be trained again. It is "
        "made to rank and select, not to explain why something happens.",
    ]
    return "\n\n".join(sections) + "\n"


def _groups(fairness: Sequence[Fairness]) -> str:
    if not fairness:
        return "The contract names no protected attribute."
    rows = [
        (
            group.attribute,
            group.value,
            str(group.rows),
            f"{group.selection_rate:.3f}",
            "" if group.recall is None else f"{group.recall:.3f}",
            f"{group.calibration_gap:+.3f}",
            "yes" if group.counted else "too few rows",
        )
        for item in fairness
        for group in item.groups
    ]
    heads = ("attribute", "group", "rows", "selected", "recall", "calibration gap", "compared")
    return _table(heads, rows)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
