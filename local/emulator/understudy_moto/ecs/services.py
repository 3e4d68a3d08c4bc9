"""Operations on services."""

import json
from copy import deepcopy
from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.exceptions import ECSException
from moto.ecs.models import EC2ContainerServiceBackend
from moto.ecs.responses import EC2ContainerServiceResponse

from . import checks
from .errors import invalid
from .service import DEFAULT_DEPLOYMENT_CONFIGURATION, DEFAULTS, Service

_ACCEPTED = {
    *DEFAULTS,
    "availabilityZoneRebalancing",
    "capacityProviderStrategy",
    "clientToken",
    "cluster",
    "deploymentConfiguration",
    "desiredCount",
    "launchType",
    "networkConfiguration",
    "platformVersion",
    "serviceName",
    "tags",
    "taskDefinition",
}
_CHANGEABLE = _ACCEPTED - {"clientToken", "launchType", "schedulingStrategy", "serviceName", "tags"} | {"forceNewDeployment", "service"}


def create_service(backend: EC2ContainerServiceBackend, params: dict[str, Any]) -> Service:
    _refuse_unknown(params, _ACCEPTED)
    cluster = checks.active_cluster(backend, params.get("cluster"))
    key = f"{cluster.name}:{params['serviceName']}"
    _refuse_repeated(backend.services.get(key))
    definition = checks.active_task_definition(backend, params.get("taskDefinition"))
    settings = {
        **params,
        **checks.placement(cluster, params, definition),
        "deploymentConfiguration": _deployment_configuration(DEFAULT_DEPLOYMENT_CONFIGURATION, params),
        "desiredCount": params.get("desiredCount", 0),
        "networkConfiguration": checks.network(backend, params),
        "taskDefinition": definition.arn,
    }
    settings.pop("clientToken", None)
    checks.load_balancers(backend, settings, definition)
    checks.registries(backend, settings)
    backend.services[key] = Service(backend, cluster, settings)
    return backend.services[key]


def update_service(backend: EC2ContainerServiceBackend, params: dict[str, Any]) -> Service:
    _refuse_unknown(params, _CHANGEABLE)
    service = find_service(backend, params.get("cluster"), params["service"])
    if service.status != "ACTIVE":
        raise ECSException("ServiceNotActiveException", "Service was not ACTIVE.")
    changes = {name: value for name, value in params.items() if name not in ("cluster", "forceNewDeployment", "service")}
    definition = checks.active_task_definition(backend, params.get("taskDefinition", service.settings["taskDefinition"]))
    changes["taskDefinition"] = definition.arn
    if "capacityProviderStrategy" in changes:
        changes |= checks.placement(backend.clusters[service.cluster_name], changes, definition)
        service.settings.pop("launchType", None)
    if "networkConfiguration" in changes:
        changes["networkConfiguration"] = checks.network(backend, changes)
    if "deploymentConfiguration" in changes:
        changes["deploymentConfiguration"] = _deployment_configuration(service.settings["deploymentConfiguration"], changes)
    checks.load_balancers(backend, {**service.settings, **changes}, definition)
    checks.registries(backend, changes)
    service.update(changes, force=params.get("forceNewDeployment", False))
    return service


def delete_service(backend: EC2ContainerServiceBackend, params: dict[str, Any]) -> Service:
    service = find_service(backend, params.get("cluster"), params["service"])
    if service.status != "ACTIVE":
        raise ECSException("ServiceNotActiveException", "Service was not ACTIVE.")
    if service.settings["desiredCount"] > 0 and not params.get("force"):
        raise invalid("The service cannot be stopped while it is scaled above 0.")
    service.drain()
    return service


def describe_services(
    backend: EC2ContainerServiceBackend, cluster_str: str | None, service_names_or_arns: list[str]
) -> tuple[list[dict[str, Any]], list[dict[str, str]]]:
    cluster = checks.active_cluster(backend, cluster_str)
    found, failures = [], []
    for name in service_names_or_arns:
        service = backend.services.get(f"{cluster.name}:{name.split('/')[-1]}")
        if service:
            found.append(service.shape())
        else:
            arn = f"arn:aws:ecs:{backend.region_name}:{backend.account_id}:service/{cluster.name}/{name.split('/')[-1]}"
            failures.append({"arn": arn, "reason": "MISSING"})
    return found, failures


def list_services(
    backend: EC2ContainerServiceBackend, cluster_str: str | None, scheduling_strategy: str | None = None, launch_type: str | None = None
) -> list[str]:
    cluster = checks.active_cluster(backend, cluster_str)
    return sorted(
        service.arn
        for service in backend.services.values()
        if service.cluster_name == cluster.name
        and service.status == "ACTIVE"
        and scheduling_strategy in (None, service.settings["schedulingStrategy"])
        and launch_type in (None, service.settings.get("launchType"))
    )


def find_service(backend: EC2ContainerServiceBackend, cluster: str | None, name_or_arn: str) -> Service:
    """The service of a request; an INACTIVE one counts until it is made anew."""
    name = checks.active_cluster(backend, cluster).name
    service = backend.services.get(f"{name}:{name_or_arn.split('/')[-1]}")
    if service is None:
        raise ECSException("ServiceNotFoundException", "Service not found.")
    return service


def _answer(operation: Any) -> Any:
    def respond(self: EC2ContainerServiceResponse) -> ActionResult:
        return ActionResult({"service": operation(self.ecs_backend, json.loads(self.body)).shape()})

    return respond


def _refuse_unknown(params: dict[str, Any], known: set[str]) -> None:
    unknown = sorted(name for name in set(params) - known if params[name])
    if unknown:
        raise NotImplementedError(f"service arguments {', '.join(unknown)}")


def _refuse_repeated(existing: Service | None) -> None:
    if existing and existing.status == "ACTIVE":
        raise invalid("Creation of service was not idempotent.")
    if existing and existing.status == "DRAINING":
        raise invalid("Unable to Start a service that is still Draining.")


def _deployment_configuration(before: dict[str, Any], params: dict[str, Any]) -> dict[str, Any]:
    return deepcopy({**before, **params.get("deploymentConfiguration", {})})


BACKEND = {"describe_services": describe_services, "list_services": list_services, "_get_service": find_service}
RESPONSES = {
    "create_service": _answer(create_service),
    "update_service": _answer(update_service),
    "delete_service": _answer(delete_service),
}
