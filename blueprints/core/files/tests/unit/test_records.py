"""Records against the contract: what is accepted keeps its value, what is refused keeps its reason."""

from random import Random

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ml_platform.contract import Column, Dataset
from ml_platform.errors import DataRefused
from ml_platform.ingestion.changes import OPERATION, SEQUENCE, current, split_changes
from ml_platform.ingestion.records import check_records

pytestmark = pytest.mark.deliverable("ingestion")

COLUMNS = (
    Column(name="id", type="integer", role="key", description="key", nullable=False),
    Column(name="day", type="timestamp", role="time", description="time", nullable=False),
    Column(name="amount", type="number", role="measure", description="m", nullable=True, minimum=0, maximum=10),
    Column(name="calls", type="integer", role="measure", description="m", nullable=True, minimum=0),
    Column(name="plan", type="category", role="attribute", description="a", nullable=False, values=("a", "b")),
    Column(name="active", type="boolean", role="attribute", description="a", nullable=False),
)
DATASET = Dataset(owner="ingestion", description="trial", key="id", time="day", columns=COLUMNS)
GOOD = {"id": "1", "day": "2026-01-31", "amount": "2.5", "calls": "3.0", "plan": "a", "active": "true"}


def frame(*rows: dict[str, str]) -> pd.DataFrame:
    return pd.DataFrame([{**GOOD, **row} for row in rows])


def test_text_becomes_the_types_of_the_contract() -> None:
    accepted = check_records("trial", DATASET, frame({}, {"id": "2", "amount": "", "calls": ""})).accepted
    assert accepted["day"].iloc[0] == pd.Timestamp("2026-01-31", tz="UTC")
    assert accepted["id"].dtype == "int64"
    assert accepted["calls"].iloc[0] == 3
    assert accepted["amount"].isna().tolist() == [False, True]
    assert accepted["active"].tolist() == [True, True]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"id": ""}, "id"),
        ({"day": "yesterday"}, "day"),
        ({"amount": "10.5"}, "amount"),
        ({"amount": "nan"}, "amount"),
        ({"calls": "1.5"}, "calls"),
        ({"plan": "c"}, "plan"),
        ({"active": "perhaps"}, "active"),
    ],
)
def test_a_bad_record_is_set_aside_with_its_reason(change: dict[str, str], reason: str) -> None:
    checked = check_records("trial", DATASET, frame({}, change))
    assert len(checked.accepted) == 1
    assert checked.refused["reason"].iloc[0].startswith(reason)
    assert checked.bad_share == 0.5


def test_a_file_with_other_columns_is_refused_as_a_whole() -> None:
    with pytest.raises(DataRefused, match="missing: plan; unknown: plane"):
        check_records("trial", DATASET, frame({}).rename(columns={"plan": "plane"}))
    assert check_records("trial", DATASET, frame({}).iloc[:0]).bad_share == 0


def delivered(rows: list[tuple[int, int, str, float]]) -> pd.DataFrame:
    day = pd.Timestamp("2026-01-31", tz="UTC")
    return pd.DataFrame(
        [{"id": i, "day": day, "amount": a, SEQUENCE: n, OPERATION: o} for n, i, o, a in rows],
        columns=["id", "day", "amount", SEQUENCE, OPERATION],
    )


CHANGES = st.lists(st.tuples(st.integers(1, 4), st.sampled_from(["upsert", "delete"]), st.integers(0, 9)), max_size=8)


@given(CHANGES, st.randoms())
@settings(max_examples=40, deadline=None)
def test_changes_give_the_same_state_in_whatever_order_and_number_they_arrive(
    changes: list[tuple[int, str, int]], random: Random
) -> None:
    numbered = [(n, i, o, float(a)) for n, (i, o, a) in enumerate(changes, start=1)]
    base = delivered([(-1, i, "upsert", -1.0) for i in (1, 2, 3)])
    shuffled = list(numbered)
    random.shuffle(shuffled)
    expected = {1: -1.0, 2: -1.0, 3: -1.0}
    for _, i, operation, amount in numbered:
        if operation == "upsert":
            expected[i] = amount
        else:
            expected.pop(i, None)
    for parts in ([base, delivered(numbered)], [delivered(shuffled), base]):
        state = current(parts, DATASET)
        assert dict(zip(state["id"], state["amount"], strict=True)) == expected


def test_a_change_file_says_what_it_does() -> None:
    with pytest.raises(DataRefused, match=OPERATION):
        split_changes("trial", frame({}))
    with pytest.raises(DataRefused, match="replace"):
        split_changes("trial", frame({}).assign(**{OPERATION: "replace", SEQUENCE: 1}))
