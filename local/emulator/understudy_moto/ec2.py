"""Security group rules between groups, and NAT gateways that go.

Gaps in moto: only a rule about addresses has its description, one that names another group has lost it; a deleted NAT gateway leaves its
network interface, which AWS removes with it.
"""

from moto.ec2.models import EC2Backend
from moto.ec2.models.nat_gateways import NatGateway, NatGatewayBackend
from moto.ec2.models.security_groups import SecurityGroupRule


def install() -> None:
    SecurityGroupRule.description = property(description)
    EC2Backend.delete_nat_gateway = delete_nat_gateway


def description(rule: SecurityGroupRule) -> str | None:
    """What was said of the rule, wherever its peer keeps it."""
    return rule.ip_range.get("Description") or (rule.source_group or {}).get("Description")


def delete_nat_gateway(backend: EC2Backend, nat_gateway_id: str) -> NatGateway:
    """Deletes it with its interface."""
    gateway = NatGatewayBackend.delete_nat_gateway(backend, nat_gateway_id)
    for address in gateway.address_set:
        backend.enis.pop(address["networkInterfaceId"], None)
    return gateway
