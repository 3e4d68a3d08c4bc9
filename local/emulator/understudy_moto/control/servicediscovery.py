"""Cloud Map as the task runner sees it."""

from typing import Any

from moto.servicediscovery.models import Service, servicediscovery_backends
from werkzeug.exceptions import NotFound

from .. import changes, servicediscovery


def view() -> dict[str, Any]:
    namespaces, services = [], []
    for account in sorted(servicediscovery_backends):
        for region in sorted(servicediscovery_backends[account]):
            backend = servicediscovery_backends[account][region]
            place = {"account": account, "region": region}
            namespaces += [{**place, "id": each.id, "name": each.name, "type": each.type} for each in backend.namespaces.values()]
            services += [{**place, **_service_view(each)} for each in backend.services.values()]
    return {"namespaces": namespaces, "services": services}


def put_instance(account: str, region: str, service_id: str, instance_id: str, attributes: dict[str, str]) -> None:
    if servicediscovery.put_instance(_service(account, region, service_id), instance_id, attributes):
        changes.note("servicediscovery")


def remove_instance(account: str, region: str, service_id: str, instance_id: str) -> None:
    service = _service(account, region, service_id)
    left = [instance for instance in service.instances if instance.instance_id != instance_id]
    if len(left) < len(service.instances):
        service.instances = left
        changes.note("servicediscovery")


def _service(account: str, region: str, service_id: str) -> Service:
    service = servicediscovery_backends[account][region].services.get(service_id)
    if service is None:
        raise NotFound(f"there is no service {service_id} in Cloud Map")
    return service


def _service_view(service: Service) -> dict[str, Any]:
    return {
        "id": service.id,
        "arn": service.arn,
        "name": service.name,
        "namespaceId": service.namespace_id,
        "instances": [{"id": each.instance_id, "attributes": each.attributes} for each in service.instances],
    }
