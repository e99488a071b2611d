"""Publishes measurements through Prometheus' textfile collector, because a stage ends before it is scraped."""

from collections.abc import Iterable
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from ml_platform.contract import Contract
from ml_platform.errors import SettingsInvalid
from ml_platform.monitoring.measurements import Measurement


def export(path: Path, contract: Contract, measurements: Iterable[Measurement]) -> Path:
    """Write the measurements to `path` as gauges, described as the contract describes them, whole or not at all.

    Raises SettingsInvalid where a name is not in the contract, is no gauge there, or has other labels.
    """
    registry = CollectorRegistry()
    gauges: dict[str, Gauge] = {}
    for measured in measurements:
        entry = contract.prometheus.get(measured.name)
        if entry is None or entry.type != "gauge" or set(entry.labels) != set(measured.labels):
            raise SettingsInvalid(
                f"expected a gauge {measured.name} with the labels {sorted(measured.labels)} in contract.yaml, "
                f"found {'nothing' if entry is None else f'a {entry.type} with {sorted(entry.labels)}'}"
            )
        if measured.name not in gauges:
            gauges[measured.name] = Gauge(measured.name, entry.description, entry.labels, registry=registry)
        gauge = gauges[measured.name]
        (gauge.labels(**measured.labels) if measured.labels else gauge).set(measured.value)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_to_textfile(str(path), registry)
    return path
