"""Operations on clusters: true counts, no deletion while something is left in them, and creating one again changes nothing."""

from typing import Any

from moto.ecs.exceptions import ECSException
from moto.ecs.models import Cluster, EC2ContainerServiceBackend

from . import checks
from .tasks import all_tasks

_create_cluster = EC2ContainerServiceBackend.create_cluster
_describe_clusters = EC2ContainerServiceBackend.describe_clusters


def create_cluster(backend: EC2ContainerServiceBackend, cluster_name: str, *settings: Any, **more: Any) -> Cluster:
    known = backend.clusters.get(cluster_name)
    return known if known and known.status == "ACTIVE" else _create_cluster(backend, cluster_name, *settings, **more)


def describe_clusters(backend: EC2ContainerServiceBackend, cluster_names: list[str]) -> Any:
    clusters, failures = _describe_clusters(backend, cluster_names)
    for cluster in clusters:
        tasks = all_tasks(backend, cluster.name)
        cluster.active_services_count = len(_services(backend, cluster))
        cluster.running_tasks_count = sum(task.is_running for task in tasks)
        cluster.pending_tasks_count = sum(task.is_pending for task in tasks)
    return clusters, failures


def delete_cluster(backend: EC2ContainerServiceBackend, cluster_str: str) -> Cluster:
    cluster = checks.active_cluster(backend, cluster_str)
    if _services(backend, cluster):
        raise ECSException("ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
    if any(task.last_status != "STOPPED" for task in all_tasks(backend, cluster.name)):
        raise ECSException("ClusterContainsTasksException", "The Cluster cannot be deleted while Tasks are active.")
    cluster.status = "INACTIVE"
    return cluster


def _services(backend: EC2ContainerServiceBackend, cluster: Cluster) -> list[Any]:
    return [service for service in backend.services.values() if service.cluster_name == cluster.name and service.status != "INACTIVE"]


BACKEND = {"create_cluster": create_cluster, "describe_clusters": describe_clusters, "delete_cluster": delete_cluster}
RESPONSES: dict[str, Any] = {}
