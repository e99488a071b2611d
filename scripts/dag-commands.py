"""Prints every command that the pipelines of a generated project start, one JSON object a line: dag, task, file, words, variables, pod.

Runs in the project's own orchestrator environment, because only Airflow knows what a pipeline file really asks for.
"""

import json
import os
import shlex
import sys
import tempfile

os.environ.update(
    AIRFLOW_HOME=tempfile.mkdtemp(prefix="airflow-"),
    AIRFLOW__CORE__LOAD_EXAMPLES="False",
    AIRFLOW__LOGGING__LOGGING_LEVEL="ERROR",
    AIRFLOW__USAGE_DATA_COLLECTION__ENABLED="False",
)

from airflow.dag_processing.dagbag import DagBag  # noqa: E402

bag = DagBag(sys.argv[1])
if bag.import_errors:
    sys.exit(json.dumps(bag.import_errors))
for dag in bag.dags.values():
    for task in dag.tasks:
        given = {**vars(task), **getattr(task, "partial_kwargs", {})}
        command, pod = given.get("bash_command"), given.get("cmds")
        if command is None and pod is None:
            continue
        words = shlex.split(command.replace("{{ ", "{{").replace(" }}", "}}")) if command else [*pod, *given["arguments"]]
        found = {
            "dag": dag.dag_id,
            "task": task.task_id,
            "file": os.path.relpath(dag.fileloc),
            "words": [word.replace("{{ ", "{{").replace(" }}", "}}") for word in words],
            "pod": command is None,
        }
        sys.stdout.write(json.dumps(found) + "\n")
