"""The contract's columns as a pydantic model per dataset: the first gate, which each record passes or is set aside."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import GenericAlias
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, TypeAdapter, ValidationError, create_model

from ml_platform.contract import Column, Dataset
from ml_platform.errors import DataRefused
from ml_platform.tables import conform


def _moment(value: object) -> object:
    # Without a zone a time means UTC; sources that mean another say so in the value.
    return pd.Timestamp(value, tz="UTC") if isinstance(value, str) and "+" not in value[10:] else value


KINDS: dict[str, Any] = {
    "integer": int,
    "number": float,
    "boolean": bool,
    "timestamp": Annotated[datetime, BeforeValidator(_moment)],
    "string": str,
    "category": str,
}


@dataclass(frozen=True)
class Checked:
    """Records of one file: accepted ones in contract types, and the refused ones as delivered with a `reason`."""

    accepted: pd.DataFrame
    refused: pd.DataFrame

    @property
    def bad_share(self) -> float:
        """Refused records as a share of all (0..1); an empty file has none."""
        total = len(self.accepted) + len(self.refused)
        return len(self.refused) / total if total else 0.0


def record_model(name: str, dataset: Dataset) -> type[BaseModel]:
    """A closed pydantic model with one field per column of the dataset."""
    fields: dict[str, Any] = {column.name: _field(column) for column in dataset.columns}
    config = ConfigDict(extra="forbid", frozen=True, protected_namespaces=())
    return create_model(f"{name.title()}Record", __config__=config, **fields)


@cache
def _checker(name: str, dataset: Dataset) -> TypeAdapter[Any]:
    """What checks a list of records; made once, because there are many small files and it takes longer than one."""
    records: Any = GenericAlias(list, (record_model(name, dataset),))
    return TypeAdapter(records)


def check_records(name: str, dataset: Dataset, frame: pd.DataFrame) -> Checked:
    """Splits a delivered frame (text or typed values) into accepted and refused records.

    Raises DataRefused when columns are missing or unknown: then no record of the file can be trusted.
    """
    expected = [column.name for column in dataset.columns]
    missing = sorted(set(expected) - set(frame.columns))
    unknown = sorted(set(frame.columns) - set(expected))
    if missing or unknown:
        raise DataRefused(
            f"expected the columns {', '.join(expected)} in {name}; missing: {', '.join(missing) or 'none'}; "
            f"unknown: {', '.join(unknown) or 'none'}; correct the export or the contract"
        )
    plain = frame[expected].astype("object")
    rows = plain.where(plain.notna() & (plain != ""), None).to_dict(orient="records")
    reasons: dict[int, str] = {}
    try:
        _checker(name, dataset).validate_python(rows)
    except ValidationError as error:
        for fault in error.errors(include_url=False, include_context=False):
            row, *place = fault["loc"]
            reasons.setdefault(int(row), f"{'.'.join(map(str, place))}: {fault['msg']}")
    bad = frame.index[sorted(reasons)] if reasons else frame.index[:0]
    good = pd.DataFrame([row for i, row in enumerate(rows) if i not in reasons], columns=expected)
    refused = frame.loc[bad].assign(reason=[reasons[i] for i in sorted(reasons)])
    return Checked(conform(_parsed(good, dataset), dataset), refused)


def _field(column: Column) -> tuple[Any, Any]:
    kind = KINDS[column.type]
    if column.type == "category" and column.values:
        kind = Literal[column.values]
    elif column.type in ("integer", "number"):
        kind = Annotated[kind, Field(ge=column.minimum, le=column.maximum, allow_inf_nan=False)]
        if column.type == "integer":
            kind = Annotated[int, Field(ge=column.minimum, le=column.maximum), BeforeValidator(_whole)]
    return (kind | None, None) if column.nullable else (kind, ...)


def _whole(value: object) -> object:
    # Exports write whole numbers of a column with gaps as 3.0.
    return int(float(value)) if isinstance(value, str | float) and float(value).is_integer() else value


def _parsed(frame: pd.DataFrame, dataset: Dataset) -> pd.DataFrame:
    truth = {"true": True, "1": True, "1.0": True, "false": False, "0": False, "0.0": False}
    for column in dataset.columns:
        values = frame[column.name]
        if column.type in ("integer", "number"):
            frame[column.name] = pd.to_numeric(values)
        elif column.type == "boolean":
            frame[column.name] = values.map(lambda v: v if v is None else truth[str(v).lower()])
    return frame
