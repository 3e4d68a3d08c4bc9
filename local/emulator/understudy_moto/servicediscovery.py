"""Cloud Map.

Gaps in moto: a namespace has no hosted zone of its name and no SOA default, an update of it drops what it does not name, a VPC takes
only one namespace, services may repeat and stand in no namespace, filters are not read, an instance registered twice is there twice,
and a service or namespace that is in use can be deleted.
"""

import hashlib
import json
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.route53.models import route53_backends
from moto.servicediscovery.models import Namespace, Service, ServiceDiscoveryBackend, ServiceInstance
from moto.servicediscovery.responses import ServiceDiscoveryResponse

_DEFAULT_SOA = {"TTL": 15}
_create_service = ServiceDiscoveryBackend.create_service
_delete_namespace = ServiceDiscoveryBackend.delete_namespace
_service_to_json = Service.to_json


def install() -> None:
    ServiceDiscoveryBackend.create_private_dns_namespace = create_private_dns_namespace
    ServiceDiscoveryBackend.update_private_dns_namespace = update_private_dns_namespace
    ServiceDiscoveryBackend.delete_namespace = delete_namespace
    ServiceDiscoveryBackend.create_service = create_service
    ServiceDiscoveryBackend.delete_service = delete_service
    ServiceDiscoveryBackend.register_instance = register_instance
    ServiceDiscoveryResponse.list_namespaces = list_namespaces
    ServiceDiscoveryResponse.list_services = list_services
    ServiceDiscoveryResponse.get_namespace = get_namespace
    Service.to_json = service_to_json


def create_private_dns_namespace(
    backend: ServiceDiscoveryBackend,
    name: str,
    creator_request_id: str,
    description: str,
    vpc: str,
    tags: list[dict[str, str]],
    properties: dict[str, Any] | None,
) -> str:
    for namespace in backend.namespaces.values():
        if namespace.name == name and namespace.vpc == vpc:
            raise JsonRESTError("ConflictingDomainExists", f"Namespace {namespace.id} already has the name {name} in {vpc}")
    zones = route53_backends[backend.account_id]["aws"]
    zone = zones.create_hosted_zone(f"{name}.", private_zone=True, vpcid=vpc, vpcregion=backend.region_name)
    namespace = Namespace(
        account_id=backend.account_id,
        region=backend.region_name,
        name=name,
        ns_type="DNS_PRIVATE",
        creator_request_id=creator_request_id,
        description=description,
        dns_properties={"SOA": _DEFAULT_SOA, **(properties or {}).get("DnsProperties", {}), "HostedZoneId": zone.resource_id},
        http_properties={"HttpName": name},
        vpc=vpc,
    )
    backend.namespaces[namespace.id] = namespace
    if tags:
        backend.tagger.tag_resource(namespace.arn, tags)
    return backend._create_operation("CREATE_NAMESPACE", targets={"NAMESPACE": namespace.id})


def update_private_dns_namespace(
    backend: ServiceDiscoveryBackend, _id: str, description: str | None, properties: dict[str, Any] | None
) -> str:
    namespace = backend.get_namespace(namespace_id=_id)
    if description is not None:
        namespace.description = description
    namespace.dns_properties = {**namespace.dns_properties, **(properties or {})}
    return backend._create_operation("UPDATE_NAMESPACE", targets={"NAMESPACE": namespace.id})


def delete_namespace(backend: ServiceDiscoveryBackend, namespace_id: str) -> str:
    namespace = backend.get_namespace(namespace_id)
    services = [service.id for service in backend.services.values() if service.namespace_id == namespace_id]
    if services:
        raise JsonRESTError("ResourceInUse", f"Namespace {namespace_id} still has services: {', '.join(services)}")
    zone = namespace.dns_properties.get("HostedZoneId") if namespace.dns_properties else None
    if zone:
        route53_backends[backend.account_id]["aws"].delete_hosted_zone(zone)
    return _delete_namespace(backend, namespace_id)


def create_service(backend: ServiceDiscoveryBackend, name: str, namespace_id: str, **rest: Any) -> Service:
    dns_config = rest.get("dns_config")
    namespace = backend.get_namespace(namespace_id or (dns_config or {}).get("NamespaceId"))
    for known in backend.services.values():
        if known.namespace_id == namespace.id and known.name == name:
            raise JsonRESTError("ServiceAlreadyExists", f"Service {known.id} already has the name {name} in namespace {namespace.id}")
    if dns_config:
        rest["dns_config"] = {"RoutingPolicy": "MULTIVALUE", **dns_config, "NamespaceId": namespace.id}
    rest["service_type"] = rest.get("service_type") or ("DNS_HTTP" if dns_config else "HTTP")
    service = _create_service(backend, name=name, namespace_id=namespace.id, **rest)
    return _with_stable_id(backend, service)


def delete_service(backend: ServiceDiscoveryBackend, service_id: str) -> None:
    service = backend.get_service(service_id)
    if service.instances:
        raise JsonRESTError("ResourceInUse", "Service contains registered instances; delete the instances before deleting the service")
    del backend.services[service_id]
    backend.tagger.delete_all_tags_for_resource(service.arn)


def register_instance(
    backend: ServiceDiscoveryBackend, service_id: str, instance_id: str, creator_request_id: str | None, attributes: dict[str, str]
) -> str:
    service = backend.get_service(service_id)
    records = {record["Type"] for record in (service.dns_config or {}).get("DnsRecords", [])}
    if "A" in records and "AWS_INSTANCE_IPV4" not in attributes and "AWS_ALIAS_DNS_NAME" not in attributes:
        raise JsonRESTError("InvalidInput", "AWS_INSTANCE_IPV4 or AWS_ALIAS_DNS_NAME is required for a service with an A record")
    put_instance(service, instance_id, attributes, creator_request_id)
    return backend._create_operation("REGISTER_INSTANCE", targets={"INSTANCE": instance_id, "SERVICE": service_id})


def put_instance(service: Service, instance_id: str, attributes: dict[str, str], creator_request_id: str | None = None) -> bool:
    """Registers an instance, in place of the one that has its id; False when nothing changed."""
    known = next((instance for instance in service.instances if instance.instance_id == instance_id), None)
    if known and known.attributes == attributes:
        return False
    fresh = ServiceInstance(service.id, instance_id, creator_request_id, attributes)
    service.instances = [instance for instance in service.instances if instance is not known] + [fresh]
    service.instances_revision[instance_id] = service.instances_revision.get(instance_id, 0) + 1
    return True


def list_namespaces(self: ServiceDiscoveryResponse) -> str:
    fields = {"NAME": "Name", "TYPE": "Type"}
    namespaces = [namespace.to_json() for namespace in self.servicediscovery_backend.list_namespaces()]
    return json.dumps({"Namespaces": _filtered(namespaces, json.loads(self.body).get("Filters", []), fields)})


def list_services(self: ServiceDiscoveryResponse) -> str:
    services = [service.to_json() for service in self.servicediscovery_backend.list_services()]
    return json.dumps({"Services": _filtered(services, json.loads(self.body).get("Filters", []), {"NAMESPACE_ID": "NamespaceId"})})


def get_namespace(self: ServiceDiscoveryResponse) -> str:
    backend = self.servicediscovery_backend
    namespace = backend.get_namespace(json.loads(self.body)["Id"])
    count = sum(service.namespace_id == namespace.id for service in backend.services.values())
    return json.dumps({"Namespace": {**namespace.to_json(), "ServiceCount": count}})


def service_to_json(service: Service) -> dict[str, Any]:
    return {**_service_to_json(service), "InstanceCount": len(service.instances)}


def _with_stable_id(backend: ServiceDiscoveryBackend, service: Service) -> Service:
    """On AWS a service that is made again under its old name has its old id."""
    tags = backend.tagger.list_tags_for_resource(service.arn)["Tags"]
    backend.tagger.delete_all_tags_for_resource(service.arn)
    del backend.services[service.id]
    stable_id = "srv-" + hashlib.sha256(f"{service.namespace_id}/{service.name}".encode()).hexdigest()[:16]
    service.arn = service.arn.replace(service.id, stable_id)
    service.id = stable_id
    backend.services[stable_id] = service
    backend.tagger.tag_resource(service.arn, tags)
    return service


def _filtered(found: list[dict[str, Any]], filters: list[dict[str, Any]], fields: dict[str, str]) -> list[dict[str, Any]]:
    """What every filter lets through; conditions EQ (the default) and IN, which mean the same for a list of values."""
    return [each for each in found if all(each[fields[rule["Name"]]] in rule["Values"] for rule in filters)]
