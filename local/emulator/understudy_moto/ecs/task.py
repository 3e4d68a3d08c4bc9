"""A task and its network interface."""

from typing import Any
from uuid import uuid4

from moto.core.utils import utcnow
from moto.ec2 import ec2_backends
from moto.ecs.models import Cluster, EC2ContainerServiceBackend, TaskDefinition

_STARTING = ("PROVISIONING", "PENDING", "ACTIVATING")
_STOPPING = ("DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED")


class Task:
    """A Fargate task. It begins PROVISIONING; from there the task runner reports what becomes of it."""

    def __init__(
        self,
        backend: EC2ContainerServiceBackend,
        cluster: Cluster,
        definition: TaskDefinition,
        settings: dict[str, Any],
    ) -> None:
        """`settings` is in the spelling of RunTask, `networkConfiguration` included."""
        self.id = uuid4().hex
        self.task_arn = f"arn:aws:ecs:{backend.region_name}:{backend.account_id}:task/{cluster.name}/{self.id}"
        self.cluster_name = cluster.name
        self.cluster_arn = cluster.arn
        self.task_definition_arn = definition.arn
        self.group: str = settings["group"]
        self.started_by: str | None = settings.get("startedBy")
        self.overrides = {"containerOverrides": [], **settings.get("overrides", {})}
        self.tags: list[dict[str, str]] = settings.get("tags", [])
        self.desired_status = "RUNNING"
        self.last_status = "PROVISIONING"
        self.health_status = "UNKNOWN"
        self.stop_code: str | None = None
        self.stopped_reason: str | None = None
        self.created_at = utcnow()
        #: By the name of the time in the API: startedAt, stoppingAt, stoppedAt.
        self.times: dict[str, Any] = {}
        self.containers = {each["name"]: self._container(each) for each in definition.container_definitions}
        self._definition = definition
        self._placement = {
            name: settings[name]
            for name in ("launchType", "capacityProviderName", "enableExecuteCommand", "platformVersion")
            if name in settings
        }
        self._interface = _NetworkInterface(backend, settings["networkConfiguration"]["awsvpcConfiguration"])

    @property
    def is_running(self) -> bool:
        return self.last_status == "RUNNING"

    @property
    def is_pending(self) -> bool:
        return self.last_status in _STARTING and self.desired_status == "RUNNING"

    @property
    def address(self) -> str | None:
        return self._interface.address

    def ask_to_stop(self, code: str, reason: str) -> None:
        """Asks the task runner to end the task; a reason that is there already stays."""
        self.desired_status = "STOPPED"
        self.stop_code = self.stop_code or code
        self.stopped_reason = self.stopped_reason or reason

    def report(self, report: dict[str, Any]) -> None:
        """Takes over what the task runner says, in the spelling of `TaskReport`."""
        for container, said in report.get("containers", {}).items():
            self.containers[container].update(said)
        self.desired_status = report.get("desiredStatus", self.desired_status)
        self.health_status = report.get("healthStatus", self.health_status)
        self.stop_code = report.get("stopCode", self.stop_code)
        self.stopped_reason = report.get("stoppedReason", self.stopped_reason)
        self._interface.address = report.get("privateIpv4Address", self._interface.address)
        self._move(report.get("lastStatus", self.last_status))

    def shape(self) -> dict[str, Any]:
        """The task as DescribeTasks tells it."""
        return {
            **self._placement,
            "taskArn": self.task_arn,
            "clusterArn": self.cluster_arn,
            "taskDefinitionArn": self.task_definition_arn,
            "group": self.group,
            "startedBy": self.started_by,
            "desiredStatus": self.desired_status,
            "lastStatus": self.last_status,
            "healthStatus": self.health_status,
            "stopCode": self.stop_code,
            "stoppedReason": self.stopped_reason,
            "createdAt": self.created_at,
            **self.times,
            "connectivity": "CONNECTED",
            "cpu": self.overrides.get("cpu", self._definition.cpu),
            "memory": self.overrides.get("memory", self._definition.memory),
            "containers": [self._container_shape(container) for container in self.containers.values()],
            "overrides": self.overrides,
            "attachments": [self._interface.shape()],
            "tags": self.tags,
        }

    def _move(self, status: str) -> None:
        self.last_status = status
        if status == "RUNNING":
            self.times.setdefault("startedAt", utcnow())
        if status in _STOPPING:
            self.desired_status = "STOPPED"
            self.times.setdefault("stoppingAt", utcnow())
        if status == "STOPPED":
            self.times.setdefault("stoppedAt", utcnow())
            for container in self.containers.values():
                container["lastStatus"] = "STOPPED"
            self._interface.release()

    def _container(self, definition: dict[str, Any]) -> dict[str, Any]:
        return {
            "containerArn": self.task_arn.replace(":task/", ":container/") + f"/{uuid4()}",
            "taskArn": self.task_arn,
            "name": definition["name"],
            "image": definition["image"],
            "lastStatus": "PENDING",
            "healthStatus": "UNKNOWN",
            "cpu": str(definition.get("cpu", 0)),
        }

    def _container_shape(self, container: dict[str, Any]) -> dict[str, Any]:
        interface = {"attachmentId": self._interface.attachment_id, "privateIpv4Address": self.address}
        return {**container, "networkInterfaces": [interface] if self.address else []}


class _NetworkInterface:
    """The elastic network interface of a task: there while the task is, so that its subnet and groups count as in use."""

    def __init__(self, backend: EC2ContainerServiceBackend, network: dict[str, Any]) -> None:
        self.attachment_id = str(uuid4())
        self.address: str | None = None
        self._ec2 = ec2_backends[backend.account_id][backend.region_name]
        self._subnet = network["subnets"][0]
        interface = self._ec2.create_network_interface(
            self._subnet, private_ip_address=None, group_ids=network.get("securityGroups", []), description="task"
        )
        interface.status = "in-use"
        self._id = interface.id
        self._attached = True

    def release(self) -> None:
        if self._attached:
            self._ec2.delete_network_interface(self._id)
            self._attached = False

    def shape(self) -> dict[str, Any]:
        details = {"subnetId": self._subnet, "networkInterfaceId": self._id, "privateIPv4Address": self.address}
        return {
            "id": self.attachment_id,
            "type": "ElasticNetworkInterface",
            "status": "ATTACHED" if self._attached else "DELETED",
            "details": [{"name": name, "value": value} for name, value in details.items() if value],
        }
