"""What a load balancer can hold.

Gaps in moto: a load balancer takes any number of rules, target groups and targets, and a rule any number of values; a target group can
serve several load balancers, and remembers those that send it nothing any more; DescribeAccountLimits has other numbers than AWS.
"""

from collections.abc import Iterable
from typing import Any

from moto.core.responses import ActionResult
from moto.elbv2.exceptions import ELBClientError
from moto.elbv2.models import ELBv2Backend, FakeLoadBalancer, FakeRule, FakeTargetGroup, elbv2_backends
from moto.elbv2.responses import ELBV2Response

#: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html
LIMITS = {
    "application-load-balancers": 50,
    "certificates-per-application-load-balancer": 25,
    "condition-values-per-alb-rule": 5,
    "listeners-per-application-load-balancer": 50,
    "rules-per-application-load-balancer": 100,
    "target-groups": 3000,
    "target-groups-per-application-load-balancer": 100,
    "targets-per-application-load-balancer": 1000,
}


def install() -> None:
    create_rule, modify_rule = ELBv2Backend.create_rule, ELBv2Backend.modify_rule
    create_target_group, register_targets = ELBv2Backend.create_target_group, ELBv2Backend.register_targets

    def limited_create_rule(
        self: ELBv2Backend, listener_arn: str, conditions: list, priority: int, actions: list, tags: list | None = None
    ) -> Any:
        if balancer := _balancer_of(self, listener_arn):
            _check_values(conditions)
            rules = [rule for rule in _rules(balancer) if not rule.is_default]
            if len(rules) >= LIMITS["rules-per-application-load-balancer"]:
                raise ELBClientError("TooManyRules", f"The maximum number of rules on load balancer '{balancer.arn}' has been reached")
            _check_target_groups(self, balancer, _forwarded(self, _rules(balancer)), _wanted(self, actions))
        return create_rule(self, listener_arn, conditions, priority, actions, tags)

    def limited_modify_rule(self: ELBv2Backend, rule_arn: str, conditions: list, actions: list) -> Any:
        having = (each for each in self.load_balancers.values() if any(rule.arn == rule_arn for rule in _rules(each)))
        if balancer := next(having, None):
            _check_values(conditions)
            others = [rule for rule in _rules(balancer) if rule.arn != rule_arn]
            _check_target_groups(self, balancer, _forwarded(self, others), _wanted(self, actions))
        return modify_rule(self, rule_arn, conditions, actions)

    def limited_create_target_group(self: ELBv2Backend, name: str, **kwargs: Any) -> FakeTargetGroup:
        if len(self.target_groups) >= LIMITS["target-groups"]:
            raise ELBClientError("TooManyTargetGroups", "You've reached the limit on the number of target groups for your AWS account")
        return create_target_group(self, name, **kwargs)

    def limited_register_targets(self: ELBv2Backend, target_group_arn: str, instances: list) -> None:
        most = LIMITS["targets-per-application-load-balancer"]
        for balancer in self.load_balancers.values():
            groups = _forwarded(self, _rules(balancer))
            registered = sum(len(self.target_groups[arn].targets) for arn in groups)
            if target_group_arn in groups and registered + len(instances) > most:
                reached = f"The maximum number of targets per load balancer '{most}' has been reached on load balancer '{balancer.arn}'"
                raise ELBClientError("TooManyTargets", reached)
        register_targets(self, target_group_arn, instances)

    ELBv2Backend.create_rule = limited_create_rule
    ELBv2Backend.modify_rule = limited_modify_rule
    ELBv2Backend.create_target_group = limited_create_target_group
    ELBv2Backend.register_targets = limited_register_targets
    ELBV2Response.describe_account_limits = describe_account_limits
    FakeTargetGroup.load_balancer_arns = property(load_balancer_arns, lambda *_: None)


def describe_account_limits(_: ELBV2Response) -> ActionResult:
    return ActionResult({"Limits": [{"Name": name, "Max": str(most)} for name, most in LIMITS.items()]})


def load_balancer_arns(group: FakeTargetGroup) -> list[str]:
    """The load balancers that send something to the group now."""
    backend = elbv2_backends[group.account_id][group.region_name]
    return [balancer.arn for balancer in backend.load_balancers.values() if group.arn in _forwarded(backend, _rules(balancer))]


def _check_values(conditions: list[dict[str, Any]]) -> None:
    most = LIMITS["condition-values-per-alb-rule"]
    configs = [value for condition in conditions for name, value in condition.items() if name.endswith("Config")]
    plain = [condition for condition in conditions if "Values" in condition]
    if sum(len(each["Values"]) for each in [*configs, *plain]) > most:
        raise ELBClientError("ValidationError", f"A rule can only have '{most}' condition values")


def _check_target_groups(backend: ELBv2Backend, balancer: FakeLoadBalancer, used: set[str], wanted: set[str]) -> None:
    others = [each for each in backend.load_balancers.values() if each.arn != balancer.arn]
    elsewhere = sorted(arn for arn in wanted if any(arn in _forwarded(backend, _rules(each)) for each in others))
    if elsewhere:
        taken = f"The following target groups cannot be associated with more than one load balancer: {', '.join(elsewhere)}"
        raise ELBClientError("TargetGroupAssociationLimit", taken)
    most = LIMITS["target-groups-per-application-load-balancer"]
    if len(used | wanted) > most:
        reached = "You have reached the maximum number of unique target groups that you can associate with a load balancer of type"
        raise ELBClientError("TooManyUniqueTargetGroupsPerLoadBalancer", f"{reached} 'application': [{most}]")


def _balancer_of(backend: ELBv2Backend, listener_arn: str) -> FakeLoadBalancer | None:
    return next((each for each in backend.load_balancers.values() if listener_arn in each.listeners), None)


def _rules(balancer: FakeLoadBalancer) -> list[FakeRule]:
    return [rule for listener in balancer.listeners.values() for rule in listener.rules.values()]


def _forwarded(backend: ELBv2Backend, rules: Iterable[FakeRule]) -> set[str]:
    """The target groups to which rules send something."""
    return {arn for rule in rules for action in rule.actions for arn in backend._get_target_group_arns_from(action_data=action.data)}


def _wanted(backend: ELBv2Backend, actions: list[dict[str, Any]]) -> set[str]:
    return {arn for action in actions for arn in backend._get_target_group_arns_from(action_data=action)}
