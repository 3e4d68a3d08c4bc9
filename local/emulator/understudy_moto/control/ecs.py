"""ECS as the task runner sees it, and what the task runner says about it."""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from moto.ecs.models import EC2ContainerServiceBackend, TaskDefinition, ecs_backends
from werkzeug.exceptions import BadRequest, Conflict, NotFound

from .. import changes, faults
from ..ecs.service import Service
from ..ecs.task import Task
from ..ecs.tasks import all_tasks, find_task, start_for

_SERVICE_FIELDS = (
    "clusterArn",
    "serviceName",
    "serviceArn",
    "status",
    "desiredCount",
    "runningCount",
    "pendingCount",
    "taskDefinition",
    "loadBalancers",
    "serviceRegistries",
    "healthCheckGracePeriodSeconds",
    "deploymentConfiguration",
)
_DEPLOYMENT_FIELDS = (
    "id",
    "status",
    "taskDefinition",
    "desiredCount",
    "runningCount",
    "pendingCount",
    "failedTasks",
    "rolloutState",
    "rolloutStateReason",
    "createdAt",
)
_TASK_FIELDS = (
    "clusterArn",
    "taskArn",
    "taskDefinitionArn",
    "group",
    "startedBy",
    "desiredStatus",
    "lastStatus",
    "healthStatus",
    "stopCode",
    "stoppedReason",
    "createdAt",
    "overrides",
)
_CONTAINER_FIELDS = ("name", "lastStatus", "healthStatus", "exitCode", "reason")
_DEFINITION_FIELDS = {
    "taskDefinitionArn": "arn",
    "family": "family",
    "revision": "revision",
    "status": "status",
    "containerDefinitions": "container_definitions",
    "networkMode": "network_mode",
    "cpu": "cpu",
    "memory": "memory",
    "taskRoleArn": "task_role_arn",
    "executionRoleArn": "execution_role_arn",
    "runtimePlatform": "runtime_platform",
    "volumes": "volumes",
}


def view() -> dict[str, Any]:
    services, tasks, definitions = [], [], {}
    for backend in _backends():
        for service in backend.services.values():
            if service.status == "INACTIVE":
                continue
            services.append(_service_view(service))
            for deployment in service.deployments:
                _collect(backend, definitions, deployment.settings["taskDefinition"])
        for cluster in backend.clusters:
            for task in all_tasks(backend, cluster):
                tasks.append(_task_view(backend, task))
                _collect(backend, definitions, task.task_definition_arn)
    return {"services": services, "tasks": tasks, "taskDefinitions": definitions}


def create_task(account: str, region: str, cluster: str, service: str, deploymentId: str) -> dict[str, Any]:
    found = _service(account, region, cluster, service)
    deployment = found.deployment(deploymentId)
    if deployment is None:
        raise NotFound(f"service {service} has no deployment {deploymentId}")
    if found.status != "ACTIVE":
        raise Conflict(f"service {service} is {found.status}")
    refusal = faults.apply("ecs", "CreateTask", json.dumps(deployment.settings))
    if refusal:
        raise Conflict(refusal.message)
    task = start_for(found, deployment)
    changes.note("ecs")
    return _task_view(found.backend, task)


def report_task(account: str, region: str, cluster: str, task_id: str, **report: Any) -> dict[str, Any]:
    backend = ecs_backends[account][region]
    task = find_task(backend, cluster, task_id)
    if task is None:
        raise NotFound(f"cluster {cluster} has no task {task_id}")
    unknown = sorted(set(report.get("containers", {})) - set(task.containers))
    if unknown:
        raise BadRequest(f"task {task_id} has no container {', '.join(unknown)}; it has {', '.join(task.containers)}")
    before = _task_view(backend, task)
    task.report(report)
    if task.group.startswith("service:") and (service := backend.services.get(f"{cluster}:{task.group.removeprefix('service:')}")):
        service.prune()
    after = _task_view(backend, task)
    if after != before:
        changes.note("ecs")
    return after


def report_service(
    account: str, region: str, cluster: str, service: str, deployments: list[dict[str, Any]] | None = None, events: list[str] | None = None
) -> dict[str, Any]:
    found = _service(account, region, cluster, service)
    before = (_service_view(found), len(found.events))
    for report in deployments or []:
        deployment = found.deployment(report["id"])
        if deployment is None:
            raise NotFound(f"service {service} has no deployment {report['id']}")
        deployment.failed_tasks = report.get("failedTasks", deployment.failed_tasks)
        state, reason = report.get("rolloutState", deployment.rollout_state), report.get("rolloutStateReason")
        if state != deployment.rollout_state or reason not in (None, deployment.rollout_state_reason):
            deployment.roll(state, reason)
        if state == "COMPLETED":
            found.complete(deployment)
    for event in events or []:
        found.note(event)
    after = (_service_view(found), len(found.events))
    if after != before:
        changes.note("ecs")
    return after[0]


def roll_back(account: str, region: str, cluster: str, service: str) -> dict[str, Any]:
    found = _service(account, region, cluster, service)
    if not found.roll_back():
        raise Conflict(f"service {service} has no completed deployment to go back to")
    changes.note("ecs")
    return _service_view(found)


def _service(account: str, region: str, cluster: str, name: str) -> Service:
    service = ecs_backends[account][region].services.get(f"{cluster}:{name}")
    if service is None or service.status == "INACTIVE":
        raise NotFound(f"cluster {cluster} has no service {name}")
    return service


def _service_view(service: Service) -> dict[str, Any]:
    shape = service.shape()
    return {
        **_place(service.backend),
        "cluster": service.cluster_name,
        **_pick(shape, _SERVICE_FIELDS),
        "deployments": [_pick(deployment, _DEPLOYMENT_FIELDS) for deployment in shape["deployments"]],
    }


def _task_view(backend: EC2ContainerServiceBackend, task: Task) -> dict[str, Any]:
    shape = task.shape()
    address = {"privateIpv4Address": task.address} if task.address else {}
    return {
        **_place(backend),
        "cluster": task.cluster_name,
        "taskId": task.id,
        **_pick(shape, _TASK_FIELDS),
        **address,
        "containers": [_pick(container, _CONTAINER_FIELDS) for container in shape["containers"]],
    }


def _collect(backend: EC2ContainerServiceBackend, definitions: dict[str, Any], arn: str) -> None:
    if arn not in definitions:
        definitions[arn] = _definition_view(backend.describe_task_definition(arn))


def _definition_view(definition: TaskDefinition) -> dict[str, Any]:
    values = {name: getattr(definition, attribute, None) for name, attribute in _DEFINITION_FIELDS.items()}
    return {name: value for name, value in values.items() if value is not None}


def _pick(shape: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """The named fields that are there, times as text."""
    return {name: _plain(shape[name]) for name in fields if shape.get(name) is not None}


def _plain(value: Any) -> Any:
    return value.isoformat(timespec="milliseconds") + "Z" if isinstance(value, datetime) else value


def _place(backend: EC2ContainerServiceBackend) -> dict[str, str]:
    return {"account": backend.account_id, "region": backend.region_name}


def _backends() -> Iterator[EC2ContainerServiceBackend]:
    for account in sorted(ecs_backends):
        for region in sorted(ecs_backends[account]):
            yield ecs_backends[account][region]
