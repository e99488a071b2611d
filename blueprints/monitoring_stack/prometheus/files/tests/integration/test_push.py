"""Metrics of a stage that has ended, pushed to a real HTTP server that stands for the Pushgateway."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from ml_platform.context import StageContext
from ml_platform.contract import Contract
from ml_platform.errors import StageInterrupted
from ml_platform.monitoring.push import push_metrics
from ml_platform.settings import load_settings

pytestmark = pytest.mark.deliverable("model-monitoring")


class Gateway(BaseHTTPRequestHandler):
    """Keeps what arrives; refuses once for each entry of `refusals`."""

    received: list[tuple[str, str]]
    refusals: list[int]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.send_response(self.refusals.pop() if self.refusals else self._keep(body))
        self.end_headers()

    def _keep(self, body: str) -> int:
        self.received.append((self.path, body))
        return 200

    def log_message(self, format: str, *args: object) -> None:
        """Says nothing."""


@pytest.fixture
def gateway() -> Iterator[tuple[str, Any]]:
    handler: Any = type("Handler", (Gateway,), {"received": [], "refusals": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}", handler
        server.shutdown()


def pushing(context: StageContext, url: str | None) -> StageContext:
    """The context of a stage whose metrics go to `url`."""
    monitoring = context.settings.monitoring.model_copy(update={"push_url": url, "push_backoff_seconds": 0.0})
    return replace(context, settings=context.settings.model_copy(update={"monitoring": monitoring}))


def write(context: StageContext, name: str, value: float) -> None:
    file = context.path(context.settings.paths.reports, "metrics", f"{name}.prom")
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"# HELP {name} What it is.\n# TYPE {name} gauge\n{name} {value}\n", encoding="utf-8")


def alerts(context: StageContext) -> list[dict[str, str]]:
    path = context.root / "reports" / "alerts.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()] if path.is_file() else []


def test_only_what_the_stage_wrote_is_pushed_in_the_group_of_the_stage(
    context: StageContext, gateway: tuple[str, Any]
) -> None:
    url, server = gateway
    trial = pushing(context, url)
    write(trial, "of_an_earlier_run", 1)
    with push_metrics("monitor", trial):
        write(trial, "of_this_run", 0.25)
    [(path, body)] = server.received
    assert path == "/metrics/job/ml-platform/stage/monitor"
    assert "of_this_run 0.25" in body
    assert "of_an_earlier_run" not in body
    assert 'ml_platform_stage_succeeded{stage="monitor"} 1.0' in body
    assert "ml_platform_stage_last_success_timestamp_seconds{" in body
    assert alerts(trial) == []


def test_a_stage_that_fails_still_says_why_and_keeps_its_last_success(
    context: StageContext, gateway: tuple[str, Any]
) -> None:
    url, server = gateway
    trial = pushing(context, url)
    with pytest.raises(ValueError, match="bad rows"), push_metrics("validate", trial):
        write(trial, "ml_platform_quality_passed", 0)
        raise ValueError("bad rows")
    [(_, body)] = server.received
    assert "ml_platform_quality_passed 0.0" in body
    assert 'ml_platform_stage_succeeded{stage="validate"} 0.0' in body
    assert "last_success" not in body


@pytest.mark.parametrize(("refusals", "arrived"), [(2, 1), (3, 0)])
def test_a_push_is_tried_three_times_and_then_is_an_alert_and_no_failure(
    refusals: int, arrived: int, context: StageContext, gateway: tuple[str, Any]
) -> None:
    url, server = gateway
    server.refusals.extend([503] * refusals)
    trial = pushing(context, url)
    with push_metrics("monitor", trial):
        write(trial, "of_this_run", 1)
    assert len(server.received) == arrived
    assert [alert["severity"] for alert in alerts(trial)] == ["warning"] * (1 - arrived)


def test_a_gateway_that_is_not_there_is_an_alert_that_names_it(context: StageContext) -> None:
    trial = pushing(context, "http://127.0.0.1:9")
    with push_metrics("monitor", trial):
        pass
    assert ["http://127.0.0.1:9" in alert["title"] for alert in alerts(trial)] == [True]


def test_nothing_is_pushed_from_this_machine_and_everything_from_a_cluster(root: Path, contract: Contract) -> None:
    local = load_settings("local", root)
    assert local.monitoring.push_url is None
    assert "metrics" not in local.pipeline.around
    gateway = contract.services["pushgateway"]
    address = f"http://{gateway.service}.{gateway.namespace}.svc.cluster.local:{gateway.port}"
    for environment in ("dev", "staging", "prod"):
        settings = load_settings(environment, root)
        assert settings.pipeline.around["metrics"] == "ml_platform.monitoring.push:push_metrics"
        assert settings.monitoring.push_url == address


@pytest.mark.parametrize("interruption", [StageInterrupted("a node goes"), KeyboardInterrupt()])
def test_an_interrupted_stage_is_not_counted_as_failed(
    context: StageContext, gateway: tuple[str, Any], interruption: BaseException
) -> None:
    url, handler = gateway
    with pytest.raises(type(interruption)), push_metrics("train", pushing(context, url)):
        write(context, "half", 1)
        raise interruption
    assert handler.received == []
