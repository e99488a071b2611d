"""Stages as Airflow tasks: what every pipeline file shares, so that none can forget a limit, a retry or an alert."""

import asyncio
import importlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from airflow.providers.standard.operators.bash import BashOperator
from airflow.sdk import DAG, CronTriggerTimetable, task

from ml_platform.context import StageContext
from ml_platform.contract import Contract, load_contract
from ml_platform.orchestration.arrivals import data_ready
from ml_platform.orchestration.config import OrchestrationSettings, load_orchestration
from ml_platform.orchestration.failures import report_failure, report_lateness
from ml_platform.orchestration.runs import (
    OrchestratedRun,
    as_of,
    context_of,
    limit_seconds,
    run_id_of,
    stage_command,
)
from ml_platform.settings import ROOT_VARIABLE, Settings, find_root, load_settings
from ml_platform.stage import stage_names

# Airflow's own objects carry no types that hold across its versions.
Task = Any
WRITERS = frozenset({"synthesize", "ingest", "features"})
DECISION_SECONDS = 300


def data_root(file: str) -> Path:
    """Folder of data and settings: the one that ML_PLATFORM_ROOT names, else the project of the pipeline file."""
    return find_root() if ROOT_VARIABLE in os.environ else find_root(Path(file).parent)


def on_failure(context: Any) -> None:
    """Alert of a failed task, on the channels of the stages; also when its process could not start."""
    instance = context["task_instance"]
    report_failure(
        data_root(context["dag"].fileloc),
        context["dag"].dag_id,
        instance.task_id,
        context["run_id"],
        str(context.get("exception") or "ended without saying why"),
        str(getattr(instance, "log_url", "")),
    )


def on_run_failure(context: Any) -> None:
    """Alert of a failed or overlong run, for the cases in which no task is left to report."""
    root = data_root(context["dag"].fileloc)
    reason = str(context.get("reason") or "at least one task failed")
    report_failure(root, context["dag"].dag_id, "the run", context["run_id"], reason)


async def on_missed_deadline(root: str, pipeline: str, context: Any = None) -> None:
    """Alert of a run that is late; called by the triggerer with the little that it knows of the run."""
    run = (context or {}).get("dag_run") or {}
    await asyncio.to_thread(report_lateness, Path(root), pipeline, str(run.get("run_id", "unknown")))


@dataclass(frozen=True)
class Platform:
    """Settings and contract as a pipeline file needs them.

    Stages start in the folder `code` and work in `root`; `lead` is the time that runs start before a deadline.
    """

    root: Path
    code: Path
    settings: Settings
    contract: Contract
    orchestration: OrchestrationSettings
    lead: timedelta = field(default=timedelta())

    @classmethod
    def of(cls, file: str, lead: timedelta = timedelta()) -> "Platform":
        """The platform that a pipeline file belongs to."""
        root = data_root(file)
        contract = load_contract(root)
        code = find_root(Path(file).parent)
        return cls(root, code, load_settings(root=root), contract, load_orchestration(root, contract), lead)

    @property
    def stages(self) -> list[str]:
        """The stages of this design, in pipeline order."""
        return stage_names(self.settings)

    def pipeline(self, name: str, cron: str, doc: str, **options: Any) -> Any:
        """A DAG with the limits and alerts that every one has."""
        orchestration = self.orchestration
        return DAG(
            dag_id=name,
            schedule=CronTriggerTimetable(cron, timezone=orchestration.timezone),
            start_date=orchestration.first_day,
            catchup=False,
            max_active_runs=1,
            dagrun_timeout=timedelta(seconds=orchestration.run_timeout_seconds),
            tags=[self.contract.project, self.settings.environment],
            doc_md=doc,
            on_failure_callback=on_run_failure,
            user_defined_macros={"as_of": self.as_of, "run_id_of": run_id_of},
            default_args={
                "owner": orchestration.owner,
                "retries": orchestration.retries,
                "retry_delay": timedelta(seconds=orchestration.retry_seconds),
                "retry_exponential_backoff": 2.0,
                "max_retry_delay": timedelta(seconds=orchestration.retry_limit_seconds),
                "execution_timeout": timedelta(seconds=DECISION_SECONDS),
                "on_failure_callback": on_failure,
            },
            **options,
        )

    def as_of(self, run: OrchestratedRun) -> date:
        """The day that a run sees the data from."""
        return as_of(run, self.settings, self.orchestration, self.lead)

    def stage(self, name: str, doc: str, **options: Any) -> Task:
        """A stage as a task: a process of the training environment, or a pod with the same entry point."""
        operator, arguments = self.operator(name, doc)
        return operator(**arguments, **options)

    def operator(self, name: str, doc: str) -> tuple[Any, dict[str, Any]]:
        """The operator class of a stage in this environment, and its arguments."""
        common: dict[str, Any] = {
            "task_id": name,
            "doc_md": doc,
            "execution_timeout": timedelta(seconds=limit_seconds(name, self.settings)),
        }
        if name in WRITERS:
            common["pool"] = self.orchestration.pool
        environment = self.settings.environment
        if self.orchestration.runners[environment] == "process":
            command = stage_command(name, environment)
            return BashOperator, {**common, "bash_command": command, "cwd": str(self.code), "append_env": True}
        # Loaded only where it is used: the libraries of Kubernetes take most of the time that an import may take.
        pods = importlib.import_module("ml_platform.orchestration.pods")
        return pods.KubernetesPodOperator, {**common, **pods.pod_arguments(name, self)}

    @property
    def environment_argument(self) -> str:
        """Name of the operators' argument that sets variables of a stage's process."""
        runner = self.orchestration.runners[self.settings.environment]
        return "env" if runner == "process" else "env_vars"

    def wait_for_data(self) -> Task:
        """A sensor that frees its worker between two looks, and fails with an alert when nothing comes."""

        def look(**context: Any) -> bool:
            return data_ready(self.context(context["dag_run"]))

        sensor = self.orchestration.sensor
        return task.sensor(
            task_id="wait_for_data",
            mode="reschedule",
            poke_interval=sensor.poke_seconds,
            timeout=sensor.timeout_seconds,
            doc_md="Waits until every dataset has something new, or is as fresh as the contract promises.",
        )(look)()

    def branch(self, name: str, doc: str, decide: Callable[[StageContext], bool], yes: str, no: str) -> Task:
        """A decision from a hand-over: the task `yes` goes on, or the task `no`."""

        def choose(**context: Any) -> str:
            return yes if decide(self.context(context["dag_run"])) else no

        return task.branch(task_id=name, doc_md=doc)(choose)()

    def context(self, run: OrchestratedRun) -> StageContext:
        """The context that the stages of a run had."""
        return context_of(run, self.root, self.orchestration, self.lead)
