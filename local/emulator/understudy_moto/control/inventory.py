"""Everything that exists, as one sorted list, so that a test can compare before and after.

What AWS keeps after deletion counts as gone: INACTIVE clusters, services and task definitions, STOPPED tasks. What moto makes by
itself when a region is touched (the default VPC and all in it) does not count as there.
"""

from collections.abc import Iterator
from typing import Any

from moto.acm.models import acm_backends
from moto.ec2 import ec2_backends
from moto.ecr.models import ecr_backends
from moto.ecs.models import ecs_backends
from moto.elbv2.models import elbv2_backends
from moto.iam.models import iam_backends
from moto.logs.models import logs_backends
from moto.route53.models import route53_backends
from moto.s3.models import FakeDeleteMarker, s3_backends
from moto.servicediscovery.models import servicediscovery_backends
from moto.sqs.models import sqs_backends
from moto.ssm.models import ssm_backends


def everything() -> list[str]:
    """One line each: account, region, service, kind, name."""
    return sorted(
        f"{account} {region} {service} {what}"
        for service, (backends, lines) in _SERVICES.items()
        for account in list(backends)
        for region in list(backends[account])
        for what in lines(backends[account][region])
    )


def _acm(backend: Any) -> Iterator[str]:
    for certificate in backend._certificates.values():
        yield f"certificate {certificate.common_name} {certificate.arn}"


def _ec2(backend: Any) -> Iterator[str]:
    vpcs = {vpc.id for vpc in backend.vpcs.values() if not vpc.is_default}
    for vpc in vpcs:
        yield f"vpc {vpc}"
    for subnet in (subnet for zone in backend.subnets.values() for subnet in zone.values()):
        if subnet.vpc_id in vpcs:
            yield f"subnet {subnet.id}"
    for table in backend.route_tables.values():
        if table.vpc_id in vpcs:
            yield f"route-table {table.id}"
            yield from (f"route {route.id}" for route in table.routes)
            yield from (f"route-table-association {association['RouteTableAssociationId']}" for association in table.associations)
    for group in (group for groups in backend.groups.values() for group in groups.values()):
        if group.vpc_id in vpcs:
            yield f"security-group {group.id}"
            yield from (f"security-group-rule {rule.id}" for rule in [*group.ingress_rules, *group.egress_rules])
    yield from (f"internet-gateway {gateway}" for gateway in backend.internet_gateways)
    yield from (f"nat-gateway {gateway.id}" for gateway in backend.nat_gateways.values() if gateway.state != "deleted")
    yield from (f"address {address.allocation_id}" for address in backend.addresses)
    yield from (f"network-interface {interface}" for interface in backend.enis)
    yield from (f"vpc-endpoint {endpoint}" for endpoint in backend.vpc_end_points)


def _ecr(backend: Any) -> Iterator[str]:
    for repository in backend.repositories.values():
        yield f"repository {repository.name}"
        for image in repository.images:
            yield f"image {repository.name}@{image.get_image_digest()} {','.join(sorted(image.image_tags))}".rstrip()


def _ecs(backend: Any) -> Iterator[str]:
    yield from (f"cluster {cluster.name}" for cluster in backend.clusters.values() if cluster.status == "ACTIVE")
    yield from (f"service {service.cluster_name}/{service.name}" for service in backend.services.values() if service.status != "INACTIVE")
    for revisions in backend.task_definitions.values():
        yield from (f"task-definition {each.family}:{each.revision}" for each in revisions.values() if each.status == "ACTIVE")
    for tasks in backend.tasks.values():
        yield from (f"task {task.cluster_name}/{task.id}" for task in tasks.values() if task.last_status != "STOPPED")


def _elbv2(backend: Any) -> Iterator[str]:
    for balancer in backend.load_balancers.values():
        yield f"load-balancer {balancer.arn}"
        for listener in balancer.listeners.values():
            yield f"listener {listener.arn}"
            yield from (f"rule {rule.arn}" for rule in listener.rules.values() if not rule.is_default)
    for group in backend.target_groups.values():
        yield f"target-group {group.arn}"
        yield from (f"target {group.name} {target}" for target in group.targets)


def _iam(backend: Any) -> Iterator[str]:
    for role in backend.roles.values():
        yield f"role {role.arn}"
        yield from (f"role-policy {role.name} {policy}" for policy in [*role.policies, *role.managed_policies])
    yield from (f"policy {arn}" for arn in backend.managed_policies if ":aws:policy" not in arn)
    yield from (f"user {user}" for user in backend.users)


def _logs(backend: Any) -> Iterator[str]:
    yield from (f"log-group {name}" for name in backend.groups)


def _route53(backend: Any) -> Iterator[str]:
    for zone in backend.zones.values():
        yield f"hosted-zone {zone.name}"
        own = {"NS", "SOA"}
        yield from (f"record {record.name} {record.type}" for record in zone.rrsets if record.type not in own)


def _s3(backend: Any) -> Iterator[str]:
    for bucket in backend.buckets.values():
        yield f"bucket {bucket.name}"
        for key, versions in bucket.keys.iterlists():
            for version in versions:
                kind = "delete-marker" if isinstance(version, FakeDeleteMarker) else "object"
                yield f"{kind} {bucket.name}/{key}@{version.version_id}"
        yield from (f"upload {bucket.name}/{upload.key_name}@{upload.id}" for upload in bucket.multiparts.values())


def _servicediscovery(backend: Any) -> Iterator[str]:
    yield from (f"namespace {namespace.name}" for namespace in backend.namespaces.values())
    for service in backend.services.values():
        yield f"service {service.name} {service.id}"
        yield from (f"instance {service.name} {instance.instance_id}" for instance in service.instances)


def _sqs(backend: Any) -> Iterator[str]:
    yield from (f"queue {name}" for name in backend.queues)


def _ssm(backend: Any) -> Iterator[str]:
    yield from (f"parameter {name}" for name in list(backend._parameters) if not name.startswith("/aws/"))


_SERVICES = {
    "acm": (acm_backends, _acm),
    "ec2": (ec2_backends, _ec2),
    "ecr": (ecr_backends, _ecr),
    "ecs": (ecs_backends, _ecs),
    "elbv2": (elbv2_backends, _elbv2),
    "iam": (iam_backends, _iam),
    "logs": (logs_backends, _logs),
    "route53": (route53_backends, _route53),
    "s3": (s3_backends, _s3),
    "servicediscovery": (servicediscovery_backends, _servicediscovery),
    "sqs": (sqs_backends, _sqs),
    "ssm": (ssm_backends, _ssm),
}
