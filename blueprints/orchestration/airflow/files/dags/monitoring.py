"""The Airflow DAG that looks for drift and degradation every day, and has a new model trained where it finds some."""

from airflow.providers.standard.operators.empty import EmptyOperator
from airflow.providers.standard.operators.trigger_dagrun import TriggerDagRunOperator
from airflow.sdk import chain

from ml_platform.errors import SettingsInvalid
from ml_platform.orchestration.airflow import Platform
from ml_platform.orchestration.decisions import retraining_wanted
from ml_platform.orchestration.runs import AS_OF

DOC = """
### Daily look at the deployed model
Refreshes the features and compares them, and the model's results, with the time of training.
Where drift or degradation asks for it, the training pipeline is started for the same day.
"""

platform = Platform.of(__file__)
cron = platform.orchestration.monitoring_cron
if cron is None:
    raise SettingsInvalid("expected monitoring_cron in conf/orchestration.yaml; drift is looked for every day")

with platform.pipeline("monitoring", cron, DOC):
    start = platform.wait_for_data()
    if "synthesize" in platform.stages:
        chain(platform.stage("synthesize", "Demonstration data, on a developer's machine only."), start)
    decision = platform.branch(
        "decide", "Train again, or keep the model?", retraining_wanted, yes="train_again", no="keep_model"
    )
    chain(
        start,
        platform.stage("ingest", "New deliveries become checked, current tables."),
        platform.stage("validate", "Expectations, anomalies and service levels; a closed gate ends the run."),
        platform.stage("features", "Features are built, checked and published."),
        platform.stage("monitor", "Compares today with the time of training, reports and decides."),
        decision,
        [
            TriggerDagRunOperator(
                task_id="train_again",
                trigger_dag_id="training",
                conf={"as_of": AS_OF, "reason": "monitoring"},
                # A paused pipeline would leave the drift without an answer, and without an alert.
                fail_when_dag_is_paused=True,
                doc_md="Starts the training pipeline for the day that was looked at.",
            ),
            EmptyOperator(task_id="keep_model", doc_md="Nothing asks for a new model."),
        ],
    )
