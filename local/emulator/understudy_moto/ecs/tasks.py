"""Operations on tasks."""

import json
from datetime import timedelta
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ecs.models import EC2ContainerServiceBackend
from moto.ecs.responses import DESCRIBE_TASKS_TAGS, EC2ContainerServiceResponse

from . import checks
from .errors import invalid
from .service import Deployment, Service
from .task import Task

_KEPT_AFTER_STOP = timedelta(hours=1)
_MOST_AT_ONCE = 10


def run_task(backend: EC2ContainerServiceBackend, params: dict[str, Any]) -> list[Task]:
    cluster = checks.active_cluster(backend, params.get("cluster"))
    definition = checks.active_task_definition(backend, params.get("taskDefinition"))
    count = params.get("count", 1)
    if not 1 <= count <= _MOST_AT_ONCE:
        raise invalid(f"Count should be between 1 and {_MOST_AT_ONCE}.")
    checks.overrides(params, definition)
    settings = {
        "group": f"family:{definition.family}",
        **params,
        **_placed(checks.placement(cluster, params, definition)),
        "networkConfiguration": checks.network(backend, params),
    }
    return [_add(backend, Task(backend, cluster, definition, settings)) for _ in range(count)]


def start_for(service: Service, deployment: Deployment) -> Task:
    """A task of a service's deployment, as the scheduler makes it."""
    settings = {
        **deployment.settings,
        **_placed(deployment.settings),
        "group": f"service:{service.name}",
        "startedBy": deployment.id,
        "enableExecuteCommand": service.settings["enableExecuteCommand"],
        "tags": _propagated_tags(service, deployment),
    }
    definition = service.backend.describe_task_definition(deployment.settings["taskDefinition"])
    return _add(service.backend, Task(service.backend, service.backend.clusters[service.cluster_name], definition, settings))


def stop_task(backend: EC2ContainerServiceBackend, params: dict[str, Any]) -> Task:
    cluster = checks.active_cluster(backend, params.get("cluster"))
    task = find_task(backend, cluster.name, params["task"])
    if task is None:
        raise invalid("The referenced task was not found.")
    if task.last_status != "STOPPED":
        task.ask_to_stop("UserInitiated", params.get("reason", "Task stopped by user"))
    return task


def describe_tasks(backend: EC2ContainerServiceBackend, params: dict[str, Any]) -> tuple[list[Task], list[dict[str, str]]]:
    cluster = checks.active_cluster(backend, params.get("cluster"))
    if not params.get("tasks"):
        raise invalid("Tasks cannot be empty.")
    found = [(name, find_task(backend, cluster.name, name)) for name in params["tasks"]]
    arn = f"arn:aws:ecs:{backend.region_name}:{backend.account_id}:task/{cluster.name}/"
    missing = [{"arn": arn + name.split("/")[-1], "reason": "MISSING"} for name, task in found if task is None]
    return [task for _, task in found if task], missing


def list_tasks(backend: EC2ContainerServiceBackend, params: dict[str, Any]) -> list[Task]:
    cluster = checks.active_cluster(backend, params.get("cluster"))
    wanted = params.get("desiredStatus", "RUNNING")
    group = f"service:{params['serviceName'].split('/')[-1]}" if "serviceName" in params else None
    return [
        task
        for task in all_tasks(backend, cluster.name)
        if task.desired_status == wanted
        and group in (None, task.group)
        and params.get("startedBy") in (None, task.started_by)
        and params.get("family") in (None, task.task_definition_arn.split("/")[-1].split(":")[0])
    ]


def find_task(backend: EC2ContainerServiceBackend, cluster: str, id_or_arn: str) -> Task | None:
    task_id = id_or_arn.split("/")[-1]
    return next((task for task in all_tasks(backend, cluster) if task.id == task_id), None)


def all_tasks(backend: EC2ContainerServiceBackend, cluster: str) -> list[Task]:
    """Tasks of a cluster, oldest first; those that stopped more than an hour ago are forgotten, as on AWS."""
    tasks = backend.tasks.setdefault(cluster, {})
    horizon = utcnow() - _KEPT_AFTER_STOP
    for arn in [arn for arn, task in tasks.items() if task.times.get("stoppedAt", utcnow()) < horizon]:
        del tasks[arn]
    return list(tasks.values())


def _add(backend: EC2ContainerServiceBackend, task: Task) -> Task:
    backend.tasks.setdefault(task.cluster_name, {})[task.task_arn] = task
    return task


def _placed(placement: dict[str, Any]) -> dict[str, Any]:
    """What a task says about its placement: the first provider of a strategy, since capacity never lacks here."""
    strategy = placement.get("capacityProviderStrategy")
    provider = {"capacityProviderName": strategy[0]["capacityProvider"]} if strategy else {}
    return {**provider, "launchType": "FARGATE", "platformVersion": placement["platformVersion"]}


def _propagated_tags(service: Service, deployment: Deployment) -> list[dict[str, str]]:
    source = service.settings["propagateTags"]
    if source == "SERVICE":
        return list(service.tags)
    if source == "TASK_DEFINITION":
        return list(service.backend.describe_task_definition(deployment.settings["taskDefinition"]).tags)
    return []


def _respond_run(self: EC2ContainerServiceResponse) -> ActionResult:
    return ActionResult({"tasks": [task.shape() for task in run_task(self.ecs_backend, json.loads(self.body))], "failures": []})


def _respond_stop(self: EC2ContainerServiceResponse) -> ActionResult:
    return ActionResult({"task": stop_task(self.ecs_backend, json.loads(self.body)).shape()})


def _respond_describe(self: EC2ContainerServiceResponse) -> ActionResult:
    params = json.loads(self.body)
    show_tags = self._include_in_response if "TAGS" in params.get("include", []) else self._exclude_from_response
    show_tags(DESCRIBE_TASKS_TAGS)
    tasks, failures = describe_tasks(self.ecs_backend, params)
    return ActionResult({"tasks": [task.shape() for task in tasks], "failures": failures})


def _respond_list(self: EC2ContainerServiceResponse) -> ActionResult:
    return ActionResult({"taskArns": [task.task_arn for task in list_tasks(self.ecs_backend, json.loads(self.body))]})


BACKEND: dict[str, Any] = {}
RESPONSES = {
    "run_task": _respond_run,
    "stop_task": _respond_stop,
    "describe_tasks": _respond_describe,
    "list_tasks": _respond_list,
}
