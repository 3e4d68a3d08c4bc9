"""Security group rules between groups.

Gap in moto: only a rule about addresses has its description; one that names another group has lost it.
"""

from moto.ec2.models.security_groups import SecurityGroupRule


def install() -> None:
    SecurityGroupRule.description = property(description)


def description(rule: SecurityGroupRule) -> str | None:
    """What was said of the rule, wherever its peer keeps it."""
    return rule.ip_range.get("Description") or (rule.source_group or {}).get("Description")
