"""Targets and their health.

Gaps in moto: every target is healthy at once, two ports of one address are one target, and a rule list has the order of creation.
"""

from typing import Any

from moto.ec2.models import EC2Backend
from moto.elbv2.exceptions import InvalidTargetError
from moto.elbv2.models import FakeHealthStatus, FakeListener, FakeTargetGroup, elbv2_backends

_REGISTERING = {"State": "initial", "Reason": "Elb.RegistrationInProgress", "Description": "Target registration is in progress"}
_NOT_IN_USE = ("unused", "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer")
_NOT_REGISTERED = ("unused", "Target.NotRegistered", "Target is not registered to the target group")


def install() -> None:
    FakeTargetGroup.register = register
    FakeTargetGroup.deregister = deregister
    FakeTargetGroup.health_for = health_for
    FakeListener.rules = property(rules_in_order)


def register(group: FakeTargetGroup, targets: list[dict[str, Any]]) -> None:
    """Registers targets as `initial`; those that are registered keep their health."""
    for target in targets:
        entry = {"Id": target["Id"], "Port": _port(group, target)}
        group.targets.setdefault(_key(group, target), {**entry, **_REGISTERING})


def deregister(group: FakeTargetGroup, targets: list[dict[str, Any]]) -> None:
    """Takes targets out at once: draining is what the task runner reports before."""
    for target in targets:
        if group.targets.pop(_key(group, target), None) is None:
            raise InvalidTargetError()


def set_health(group: FakeTargetGroup, target: dict[str, Any], health: dict[str, str]) -> bool:
    """Registers a target with a health, or changes its health; False when nothing changed."""
    entry = {"Id": target["Id"], "Port": _port(group, target), **health}
    key = _key(group, target)
    if group.targets.get(key) == entry:
        return False
    group.targets[key] = entry
    return True


def remove(group: FakeTargetGroup, target: dict[str, Any]) -> bool:
    """Takes a target out; False when it was not registered."""
    return group.targets.pop(_key(group, target), None) is not None


def health_for(group: FakeTargetGroup, target: dict[str, Any], _: EC2Backend) -> FakeHealthStatus:
    known = group.targets.get(_key(group, target))
    if known is None:
        health = _NOT_REGISTERED
    elif not elbv2_backends[group.account_id][group.region_name]._any_listener_using(group.arn):
        health = _NOT_IN_USE
    else:
        health = (known["State"], known.get("Reason"), known.get("Description"))
    return FakeHealthStatus(target["Id"], _port(group, target), group.health_check_port, *health)


def rules_in_order(listener: FakeListener) -> dict[str, Any]:
    """The rules of a listener by priority, the default one last."""
    ordered = sorted(listener._non_default_rules.items(), key=lambda item: int(item[1].priority))
    return dict(ordered) | dict(listener._default_rule)


def _key(group: FakeTargetGroup, target: dict[str, Any]) -> str:
    return f"{target['Id']}:{_port(group, target)}"


def _port(group: FakeTargetGroup, target: dict[str, Any]) -> int:
    return int(target.get("Port") or group.port)
