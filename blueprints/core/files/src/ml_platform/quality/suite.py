"""The contract as a Great Expectations suite: nothing is expected of the data that contract.yaml does not say."""

import os
from typing import Any

# Read when the library is imported: nothing is reported home, and no progress bar breaks the log lines.
os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")
os.environ.setdefault("TQDM_DISABLE", "1")

import great_expectations as gx
import pandas as pd
from great_expectations import expectations

from ml_platform.contract import Column, Dataset
from ml_platform.quality.findings import Finding


def build_suite(name: str, dataset: Dataset, max_missing_share: float) -> Any:
    """The expectation suite of a dataset: columns, identity, gaps, ranges and closed sets."""
    gxe: Any = expectations
    found: list[Any] = [
        gxe.ExpectTableRowCountToBeBetween(min_value=1),
        gxe.ExpectTableColumnsToMatchSet(column_set=[c.name for c in dataset.columns], exact_match=True),
        gxe.ExpectCompoundColumnsToBeUnique(column_list=[dataset.key, dataset.time]),
    ]
    for column in dataset.columns:
        found += _of_column(column, max_missing_share)
    return gx.ExpectationSuite(name=name, expectations=found)


def check_suite(name: str, dataset: Dataset, frame: pd.DataFrame, max_missing_share: float) -> list[Finding]:
    """Runs the suite on a frame and returns a finding per expectation; one that cannot be evaluated has failed."""
    context: Any = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    batch = (
        context.data_sources.add_pandas("state")
        .add_dataframe_asset(name)
        .add_batch_definition_whole_dataframe("whole")
        .get_batch({"dataframe": frame})
    )
    outcome = batch.validate(build_suite(name, dataset, max_missing_share), result_format="BASIC")
    return [_finding(name, result, len(frame)) for result in outcome.results]


def _of_column(column: Column, max_missing_share: float) -> list[Any]:
    gxe: Any = expectations
    mostly = 1 - max_missing_share if column.nullable else 1.0
    found: list[Any] = [gxe.ExpectColumnValuesToNotBeNull(column=column.name, mostly=mostly)]
    if column.type in ("integer", "number") and (column.minimum is not None or column.maximum is not None):
        found.append(
            gxe.ExpectColumnValuesToBeBetween(column=column.name, min_value=column.minimum, max_value=column.maximum)
        )
    if column.values:
        found.append(gxe.ExpectColumnValuesToBeInSet(column=column.name, value_set=list(column.values)))
    if column.role == "target":
        found.append(gxe.ExpectColumnValuesToBeInSet(column=column.name, value_set=[0, 1]))
    return found


def _finding(dataset: str, result: Any, rows: int) -> Finding:
    config, values = result.expectation_config, result.result or {}
    column = str(config.kwargs.get("column", ""))
    unexpected = int(values.get("unexpected_count") or 0)
    # Gaps within their limit are allowed by the contract; they are no issue of quality.
    allowed = bool(result.success) and "mostly" in config.kwargs
    raised = (result.exception_info or {}).get("exception_message")
    detail = str(raised) if raised else f"{unexpected} of {rows} values" if unexpected else ""
    return Finding(
        dataset=dataset,
        rule=str(config.type).removeprefix("expect_").replace("_", " "),
        column=column,
        passed=bool(result.success),
        unexpected=0 if allowed else unexpected,
        rows=rows,
        detail="" if allowed else detail,
    )
