"""What Understudy adds to moto: AWS's behaviour where moto has a gap, and a control API for what AWS does behind its own.

Each module names its gap, and replaces functions of moto by its own when `install` is called, once, before the server starts.
"""

from . import ec2, ecr, ecs, elbv2, elbv2_limits, gate, logs, s3, servicediscovery, servicequotas, sqs, sts


def install() -> None:
    """Puts every addition in place."""
    for addition in (gate, sts, ec2, ecs, elbv2, elbv2_limits, servicediscovery, servicequotas, ecr, logs, s3, sqs):
        addition.install()
