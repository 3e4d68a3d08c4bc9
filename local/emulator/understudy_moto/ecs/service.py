"""A service and its deployments."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from moto.core.utils import utcnow
from moto.ecs.models import Cluster, EC2ContainerServiceBackend
from moto.moto_api._internal import mock_random

from .task import Task

#: What AWS fills in where CreateService says nothing.
DEFAULTS: dict[str, Any] = {
    "deploymentController": {"type": "ECS"},
    "enableECSManagedTags": False,
    "enableExecuteCommand": False,
    "healthCheckGracePeriodSeconds": 0,
    "loadBalancers": [],
    "placementConstraints": [],
    "placementStrategy": [],
    "propagateTags": "NONE",
    "schedulingStrategy": "REPLICA",
    "serviceRegistries": [],
}
DEFAULT_DEPLOYMENT_CONFIGURATION: dict[str, Any] = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
}

#: Settings that belong to a deployment: a change of one of them is a new deployment.
ROLLED_OUT = (
    "capacityProviderStrategy",
    "launchType",
    "loadBalancers",
    "networkConfiguration",
    "platformVersion",
    "serviceRegistries",
    "taskDefinition",
)

_MOST_EVENTS = 100


@dataclass
class Deployment:
    """One version of a service on its way in, in place, or on its way out."""

    #: The settings of `ROLLED_OUT`, as they are for its tasks.
    settings: dict[str, Any]
    id: str = field(default_factory=lambda: f"ecs-svc/{mock_random.randint(10**18, 10**19 - 1)}")
    status: str = "PRIMARY"
    failed_tasks: int = 0
    rollout_state: str = "IN_PROGRESS"
    rollout_state_reason: str = ""
    created_at: datetime = field(default_factory=utcnow)
    updated_at: datetime = field(default_factory=utcnow)

    def __post_init__(self) -> None:
        self.rollout_state_reason = f"ECS deployment {self.id} in progress."

    def roll(self, state: str, reason: str | None = None) -> None:
        """Moves the rollout on, with AWS's reason when none is given."""
        default = {"IN_PROGRESS": "in progress.", "COMPLETED": "completed.", "FAILED": "failed."}[state]
        self.rollout_state = state
        self.rollout_state_reason = reason or f"ECS deployment {self.id} {default}"
        self.updated_at = utcnow()


class Service:
    """A service, its settings in the spelling of the API."""

    def __init__(self, backend: EC2ContainerServiceBackend, cluster: Cluster, settings: dict[str, Any]) -> None:
        self.backend = backend
        self.cluster_name = cluster.name
        self.cluster_arn = cluster.arn
        self.name: str = settings["serviceName"]
        self.tags: list[dict[str, str]] = settings.get("tags", [])
        self.settings = {**DEFAULTS, **settings}
        for identity in ("cluster", "serviceName", "tags"):
            self.settings.pop(identity, None)
        self.status = "ACTIVE"
        self.created_at = utcnow()
        self.events: list[dict[str, Any]] = []
        self.deployments = [Deployment(self._rolled_out())]
        #: The newest one that was COMPLETED: to it a failed rollout goes back.
        self.completed: Deployment | None = None
        #: Moto's own code, such as tags and task sets, looks at these.
        self.task_sets: list[Any] = []
        self.arn = f"arn:aws:ecs:{backend.region_name}:{backend.account_id}:service/{self.cluster_name}/{self.name}"
        self.physical_resource_id = self.arn

    @property
    def primary(self) -> Deployment:
        return next(deployment for deployment in self.deployments if deployment.status == "PRIMARY")

    def deployment(self, deployment_id: str) -> Deployment | None:
        return next((deployment for deployment in self.deployments if deployment.id == deployment_id), None)

    def tasks(self, deployment: Deployment | None = None) -> list[Task]:
        """Tasks of the service, or of one of its deployments, that have not stopped."""
        tasks = self.backend.tasks.get(self.cluster_name, {}).values()
        return [
            task
            for task in tasks
            if task.group == f"service:{self.name}"
            and task.last_status != "STOPPED"
            and (deployment is None or task.started_by == deployment.id)
        ]

    def update(self, changes: dict[str, Any], force: bool) -> None:
        """Takes changed settings over; those that concern tasks, or `force`, begin a new deployment."""
        before = self._rolled_out()
        self.settings.update(changes)
        if force or self._rolled_out() != before:
            self.primary.status = "ACTIVE"
            self.deployments.insert(0, Deployment(self._rolled_out()))
        self.prune()

    def complete(self, deployment: Deployment) -> None:
        """Remembers a deployment that was COMPLETED, as the one to go back to."""
        if deployment.status == "PRIMARY":
            self.completed = deployment
        self.prune()

    def roll_back(self) -> bool:
        """Goes back from the PRIMARY deployment to the newest COMPLETED one; False when there is none."""
        failed, target = self.primary, self.completed
        if target is None or target is failed:
            return False
        failed.status = "ACTIVE"
        failed.roll("FAILED", "ECS deployment circuit breaker: tasks failed to start.")
        target.status = "PRIMARY"
        target.roll("IN_PROGRESS", f"ECS deployment circuit breaker: rolling back to deploymentId {target.id}.")
        self.deployments = [target, *(deployment for deployment in self.deployments if deployment is not target)]
        self.settings.update(target.settings)
        return True

    def prune(self) -> None:
        """Forgets old deployments without tasks, once the new one stands, and a deleted service's state when its last task stops."""
        if self.status == "DRAINING" and not self.tasks():
            self.status = "INACTIVE"
        if self.status != "ACTIVE":
            self.deployments = [deployment for deployment in self.deployments if self.tasks(deployment)]
        elif self.primary.rollout_state == "COMPLETED":
            self.deployments = [each for each in self.deployments if each.status == "PRIMARY" or self.tasks(each)]

    def drain(self) -> None:
        """Deletes the service: it is INACTIVE as soon as its tasks have stopped."""
        self.status = "DRAINING"
        self.settings["desiredCount"] = 0
        for task in self.tasks():
            task.ask_to_stop("ServiceSchedulerInitiated", f"Scaling activity initiated by (deployment {task.started_by})")
        for deployment in self.deployments:
            deployment.status = "ACTIVE"
        self.prune()

    def note(self, message: str) -> None:
        """Adds an event; the newest comes first."""
        self.events = [{"id": str(uuid4()), "createdAt": utcnow(), "message": message}, *self.events][:_MOST_EVENTS]

    def shape(self) -> dict[str, Any]:
        """The service as DescribeServices tells it."""
        return {
            **self.settings,
            "serviceArn": self.arn,
            "serviceName": self.name,
            "clusterArn": self.cluster_arn,
            "status": self.status,
            **_counts(self.tasks()),
            "deployments": [self._deployment_shape(deployment) for deployment in self.deployments],
            "events": self.events,
            "createdAt": self.created_at,
            "tags": self.tags,
        }

    def _deployment_shape(self, deployment: Deployment) -> dict[str, Any]:
        tasks = self.tasks(deployment)
        wanted = [task for task in tasks if task.desired_status == "RUNNING"]
        return {
            **deployment.settings,
            "id": deployment.id,
            "status": deployment.status,
            "desiredCount": self.settings["desiredCount"] if deployment.status == "PRIMARY" else len(wanted),
            **_counts(tasks),
            "failedTasks": deployment.failed_tasks,
            "rolloutState": deployment.rollout_state,
            "rolloutStateReason": deployment.rollout_state_reason,
            "createdAt": deployment.created_at,
            "updatedAt": deployment.updated_at,
        }

    def _rolled_out(self) -> dict[str, Any]:
        return {name: self.settings[name] for name in ROLLED_OUT if name in self.settings}


def _counts(tasks: list[Task]) -> dict[str, int]:
    return {"runningCount": sum(task.is_running for task in tasks), "pendingCount": sum(task.is_pending for task in tasks)}
