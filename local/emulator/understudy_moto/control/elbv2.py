"""Load balancers as the front door and the task runner see them."""

from typing import Any

from moto.ec2 import ec2_backends
from moto.elbv2.models import ELBv2Backend, FakeAction, FakeListener, FakeLoadBalancer, FakeTargetGroup, elbv2_backends
from moto.route53.models import FakeZone, RecordSet, route53_backends
from werkzeug.exceptions import NotFound

from .. import changes, elbv2

_CONDITION_CONFIGS = {
    "host-header": "HostHeaderConfig",
    "path-pattern": "PathPatternConfig",
    "http-request-method": "HttpRequestMethodConfig",
    "source-ip": "SourceIpConfig",
}


def view() -> dict[str, Any]:
    load_balancers, target_groups = [], []
    for account in sorted(elbv2_backends):
        for region in sorted(elbv2_backends[account]):
            backend = elbv2_backends[account][region]
            load_balancers += [_load_balancer_view(backend, each) for each in backend.load_balancers.values()]
            target_groups += [_target_group_view(backend, each) for each in backend.target_groups.values()]
    zones = [zone for account in sorted(route53_backends) for zone in route53_backends[account]["aws"].zones.values()]
    public = [_zone_view(zone) for zone in zones if not zone.private_zone]
    return {"loadBalancers": load_balancers, "targetGroups": target_groups, "publicZones": public}


def put_targets(account: str, region: str, targetGroupArn: str, targets: list[dict[str, Any]]) -> None:
    group = _group(account, region, targetGroupArn)
    for target in targets:
        health = {"State": target["state"], "Reason": target.get("reason"), "Description": target.get("description")}
        if elbv2.set_health(group, {"Id": target["id"], "Port": target["port"]}, {name: value for name, value in health.items() if value}):
            changes.note("elbv2")


def remove_targets(account: str, region: str, targetGroupArn: str, targets: list[dict[str, Any]]) -> None:
    group = _group(account, region, targetGroupArn)
    for target in targets:
        if elbv2.remove(group, {"Id": target["id"], "Port": target["port"]}):
            changes.note("elbv2")


def _group(account: str, region: str, arn: str) -> FakeTargetGroup:
    group = elbv2_backends[account][region].target_groups.get(arn)
    if group is None:
        raise NotFound(f"there is no target group {arn}")
    return group


def _load_balancer_view(backend: ELBv2Backend, balancer: FakeLoadBalancer) -> dict[str, Any]:
    return {
        **_place(backend),
        "arn": balancer.arn,
        "name": balancer.name,
        "dnsName": balancer.dns_name,
        "scheme": balancer.scheme or "internet-facing",
        "ingress": [rule for group in balancer.security_groups or [] for rule in _ingress(backend, group)],
        "listeners": [_listener_view(listener) for listener in balancer.listeners.values()],
    }


def _zone_view(zone: FakeZone) -> dict[str, Any]:
    return {"name": _domain(zone.name), "records": [_record_view(record) for record in zone.rrsets]}


def _record_view(record: RecordSet) -> dict[str, Any]:
    target = (record.alias_target or {}).get("DNSName") or (record.records[0] if record.type == "CNAME" else None)
    return {"name": _domain(record.name), "type": record.type, **({"target": _domain(target)} if target else {})}


def _domain(name: str) -> str:
    """A name as people write it: without the closing dot, and with a plain `*`."""
    return name.removesuffix(".").replace("\\052", "*").lower()


def _ingress(backend: ELBv2Backend, group_id: str) -> list[dict[str, Any]]:
    group = ec2_backends[backend.account_id][backend.region_name].get_security_group_from_id(group_id)
    return [
        {
            "protocol": rule.ip_protocol,
            "fromPort": 0 if rule.from_port is None else rule.from_port,
            "toPort": 65535 if rule.to_port is None else rule.to_port,
            "source": rule.cidr_ipv4 or rule.cidr_ipv6 or rule.source_group.get("GroupId") or rule.prefix_list_id,
        }
        for rule in (group.ingress_rules if group else [])
    ]


def _listener_view(listener: FakeListener) -> dict[str, Any]:
    return {
        "arn": listener.arn,
        "port": int(listener.port),
        "protocol": listener.protocol,
        "rules": [
            {
                "arn": rule.arn,
                "priority": "default" if rule.is_default else int(rule.priority),
                "conditions": [_condition_view(condition) for condition in rule.conditions],
                "actions": [_action_view(action) for action in rule.actions],
            }
            for rule in listener.rules.values()
        ],
    }


def _condition_view(condition: dict[str, Any]) -> dict[str, Any]:
    field = condition["Field"]
    if field == "http-header":
        config = condition["HttpHeaderConfig"]
        return {"field": field, "name": config["HttpHeaderName"], "values": list(config["Values"])}
    if field == "query-string":
        pairs = [{"key": pair.get("Key"), "value": pair["Value"]} for pair in condition["QueryStringConfig"]["Values"]]
        return {"field": field, "values": [{name: value for name, value in pair.items() if value is not None} for pair in pairs]}
    config = condition.get(_CONDITION_CONFIGS[field]) or condition
    return {"field": field, "values": list(config["Values"])}


def _action_view(action: FakeAction) -> dict[str, Any]:
    data = action.data
    match action.type:
        case "forward":
            single = [{"TargetGroupArn": data["TargetGroupArn"]}] if data.get("TargetGroupArn") else []
            groups = data.get("ForwardConfig", {}).get("TargetGroups") or single
            return {
                "type": "forward",
                "targetGroups": [{"arn": each["TargetGroupArn"], "weight": int(each.get("Weight", 1))} for each in groups],
            }
        case "fixed-response":
            config = data["FixedResponseConfig"]
            return {
                "type": "fixed-response",
                "statusCode": int(config["StatusCode"]),
                "contentType": config.get("ContentType", "text/plain"),
                "messageBody": config.get("MessageBody", ""),
            }
        case "redirect":
            config = data["RedirectConfig"]
            return {
                "type": "redirect",
                "statusCode": int(config["StatusCode"].removeprefix("HTTP_")),
                "protocol": config.get("Protocol", "#{protocol}"),
                "host": config.get("Host", "#{host}"),
                "port": config.get("Port", "#{port}"),
                "path": config.get("Path", "/#{path}"),
                "query": config.get("Query", "#{query}"),
            }
        case other:
            return {"type": other}


def _target_group_view(backend: ELBv2Backend, group: FakeTargetGroup) -> dict[str, Any]:
    return {
        **_place(backend),
        "arn": group.arn,
        "name": group.name,
        "port": int(group.port),
        "protocol": group.protocol,
        "targetType": group.target_type,
        "healthCheck": {
            "enabled": group.health_check_enabled,
            "path": group.health_check_path or "/",
            "port": group.health_check_port,
            "protocol": group.health_check_protocol,
            "interval": int(group.health_check_interval_seconds),
            "timeout": int(group.health_check_timeout_seconds),
            "healthyThreshold": int(group.healthy_threshold_count),
            "unhealthyThreshold": int(group.unhealthy_threshold_count),
            "matcher": group.matcher.get("HttpCode", "200"),
        },
        "deregistrationDelay": int(group.attributes["deregistration_delay.timeout_seconds"]),
        "targets": [_target_view(target) for target in group.targets.values()],
    }


def _target_view(target: dict[str, Any]) -> dict[str, Any]:
    view = {"id": target["Id"], "port": target["Port"], "state": target["State"]}
    details = {"reason": target.get("Reason"), "description": target.get("Description")}
    return view | {name: value for name, value in details.items() if value}


def _place(backend: ELBv2Backend) -> dict[str, str]:
    return {"account": backend.account_id, "region": backend.region_name}
