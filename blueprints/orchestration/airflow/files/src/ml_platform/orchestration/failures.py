"""Alerts of the orchestrator: also for a stage whose process was killed, or could not even start."""

from pathlib import Path

from ml_platform.alerts import notify
from ml_platform.contract import load_contract
from ml_platform.settings import load_settings


def report_failure(root: Path, pipeline: str, task: str, run_id: str, reason: str, log_url: str = "") -> list[str]:
    """Sends one alert on the channels of the stages and returns those that took it."""
    settings = load_settings(root=root)
    project = load_contract(root).project
    return notify(
        settings,
        f"{project}: {task} of {pipeline} failed in {settings.environment}",
        f"run {run_id}\n{reason}\n{log_url}".strip(),
        "critical",
    )


def report_lateness(root: Path, pipeline: str, run_id: str) -> list[str]:
    """Sends one alert for a run that has not ended by its deadline."""
    settings = load_settings(root=root)
    project = load_contract(root).project
    title = f"{project}: {pipeline} missed its deadline in {settings.environment}"
    return notify(settings, title, f"run {run_id} has not ended in time; its list is late or will be", "critical")
