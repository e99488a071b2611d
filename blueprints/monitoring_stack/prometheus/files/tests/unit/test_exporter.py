"""What monitoring publishes is what the contract declares, in the text format that Prometheus reads."""

from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from ml_platform.contract import Contract
from ml_platform.errors import SettingsInvalid
from ml_platform.monitoring import measurements as names
from ml_platform.monitoring.exporter import export
from ml_platform.monitoring.measurements import Measurement

pytestmark = pytest.mark.deliverable("model-monitoring")


def test_writes_every_measurement_with_its_labels(tmp_path: Path, contract: Contract) -> None:
    written = export(
        tmp_path / "metrics" / "monitor.prom",
        contract,
        [
            Measurement(names.FEATURE_PSI, 0.25, {"feature": "a"}),
            Measurement(names.FEATURE_PSI, 0.5, {"feature": "b"}),
            Measurement(names.RETRAIN, 1.0),
        ],
    )
    samples = {
        (sample.name, sample.labels.get("feature")): sample.value
        for family in text_string_to_metric_families(written.read_text(encoding="utf-8"))
        for sample in family.samples
    }
    assert samples == {(names.FEATURE_PSI, "a"): 0.25, (names.FEATURE_PSI, "b"): 0.5, (names.RETRAIN, None): 1.0}


def test_a_name_that_the_contract_does_not_declare_is_refused(tmp_path: Path, contract: Contract) -> None:
    with pytest.raises(SettingsInvalid, match="found nothing"):
        export(tmp_path / "x.prom", contract, [Measurement("ml_platform_monitor_other", 1.0)])


def test_other_labels_than_declared_are_refused(tmp_path: Path, contract: Contract) -> None:
    with pytest.raises(SettingsInvalid, match="labels"):
        export(tmp_path / "x.prom", contract, [Measurement(names.FEATURE_PSI, 1.0)])
    assert not (tmp_path / "x.prom").exists()


def test_every_name_of_monitoring_is_declared(contract: Contract) -> None:
    used = {value for name, value in vars(names).items() if name.isupper() and isinstance(value, str)}
    assert used <= set(contract.prometheus)
