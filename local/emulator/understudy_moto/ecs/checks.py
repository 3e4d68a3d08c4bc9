"""What AWS refuses about services and tasks, in its words."""

from typing import Any

from moto.ec2 import ec2_backends
from moto.ec2.exceptions import InvalidSecurityGroupNotFoundError, InvalidSubnetIdError
from moto.ecs.exceptions import ClusterNotFoundException, TaskDefinitionNotFoundException
from moto.ecs.models import Cluster, EC2ContainerServiceBackend, TaskDefinition
from moto.elbv2.models import elbv2_backends
from moto.servicediscovery.models import servicediscovery_backends

from .errors import client, invalid

FARGATE = ("FARGATE", "FARGATE_SPOT")


def active_cluster(backend: EC2ContainerServiceBackend, name_or_arn: str | None) -> Cluster:
    """The cluster of a request, which must be ACTIVE."""
    cluster = backend.clusters.get((name_or_arn or "default").split("/")[-1])
    if cluster is None or cluster.status != "ACTIVE":
        raise ClusterNotFoundException
    return cluster


def active_task_definition(backend: EC2ContainerServiceBackend, name_or_arn: str | None) -> TaskDefinition:
    """The task definition of a request, which must be ACTIVE; a family alone means its newest one."""
    if not name_or_arn:
        raise invalid("TaskDefinition can not be blank.")
    try:
        definition = backend.describe_task_definition(name_or_arn)
    except TaskDefinitionNotFoundException:
        raise client("TaskDefinition not found.") from None
    if definition.status != "ACTIVE":
        raise client("TaskDefinition is inactive")
    return definition


def placement(cluster: Cluster, params: dict[str, Any], definition: TaskDefinition) -> dict[str, Any]:
    """Where tasks run: `launchType` or `capacityProviderStrategy`, the cluster's when the request says neither. Fargate only."""
    strategy, launch_type = params.get("capacityProviderStrategy"), params.get("launchType")
    if strategy and launch_type:
        raise invalid("Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.")
    if not strategy and not launch_type:
        strategy = cluster.default_capacity_provider_strategy
    for item in strategy or []:
        if item["capacityProvider"] not in (cluster.capacity_providers or []):
            raise invalid(
                "The specified capacity provider strategy contains a capacity provider that is not associated with the cluster. "
                "Associate the capacity provider with the cluster and try again."
            )
    if not strategy and launch_type != "FARGATE":
        raise invalid("No Container Instances were found in your cluster.")
    if "FARGATE" not in (definition.requires_compatibilities or []):
        raise invalid("Task definition does not support launch_type FARGATE.")
    chosen = {"capacityProviderStrategy": strategy} if strategy else {"launchType": launch_type}
    return {**chosen, "platformVersion": params.get("platformVersion", "LATEST")}


def network(backend: EC2ContainerServiceBackend, params: dict[str, Any]) -> dict[str, Any]:
    """The network configuration, complete. Its subnets and security groups exist; `securityGroups` may be left out."""
    given = params.get("networkConfiguration", {}).get("awsvpcConfiguration")
    if not given:
        raise invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    if not given.get("subnets"):
        raise invalid("subnets can not be empty.")
    ec2 = ec2_backends[backend.account_id][backend.region_name]
    try:
        ec2.describe_subnets(subnet_ids=given["subnets"])
        ec2.describe_security_groups(group_ids=given.get("securityGroups", []))
    except InvalidSubnetIdError as error:
        raise invalid(f"Error retrieving subnet information for {given['subnets']}: {error.message}") from None
    except InvalidSecurityGroupNotFoundError as error:
        raise invalid(f"Error retrieving security group information for {given['securityGroups']}: {error.message}") from None
    return {"awsvpcConfiguration": {"assignPublicIp": "DISABLED", "securityGroups": [], **given}}


def load_balancers(backend: EC2ContainerServiceBackend, params: dict[str, Any], definition: TaskDefinition) -> None:
    """Every target group exists, takes addresses and is in use by a listener, and its container has the port."""
    if params.get("healthCheckGracePeriodSeconds") and not params.get("loadBalancers"):
        raise invalid("Health check grace period is only valid for services configured to use load balancers")
    elbv2 = elbv2_backends[backend.account_id][backend.region_name]
    for each in params.get("loadBalancers", []):
        arn, name, port = each.get("targetGroupArn"), each.get("containerName"), each.get("containerPort")
        group = elbv2.target_groups.get(arn)
        if group is None:
            raise invalid(
                "Unable to assume role and validate the specified targetGroupArn. "
                "Please verify that the ECS service role being passed has the proper permissions."
            )
        if group.target_type != "ip":
            raise invalid(
                f"The provided target group {arn} has target type {group.target_type}, "
                "which is incompatible with the awsvpc network mode specified in the task definition."
            )
        if not elbv2._any_listener_using(arn):
            raise invalid(f"The target group with targetGroupArn {arn} does not have an associated load balancer.")
        container = next((known for known in definition.container_definitions if known["name"] == name), None)
        if container is None:
            raise invalid(f"The container {name} does not exist in the task definition.")
        if port not in [mapping["containerPort"] for mapping in container["portMappings"]]:
            raise invalid(f"The container {name} did not have a container port {port} defined.")


def registries(backend: EC2ContainerServiceBackend, params: dict[str, Any]) -> None:
    """Every service registry exists in this account."""
    known = [service.arn for service in servicediscovery_backends[backend.account_id][backend.region_name].services.values()]
    for each in params.get("serviceRegistries", []):
        if each.get("registryArn") not in known:
            raise invalid(f"The specified service registry {each.get('registryArn')} does not exist.")


def overrides(params: dict[str, Any], definition: TaskDefinition) -> None:
    """Every overridden container exists."""
    names = [container["name"] for container in definition.container_definitions]
    for each in params.get("overrides", {}).get("containerOverrides", []):
        if each.get("name") not in names:
            raise invalid(f"Override for container named {each.get('name')} is not a container in the TaskDefinition.")
