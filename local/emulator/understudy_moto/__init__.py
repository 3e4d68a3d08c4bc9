"""What Understudy adds to moto: AWS's behaviour where moto has a gap, and a control API for what AWS does behind its own.

Each module names its gap, and replaces functions of moto by its own when `install` is called, once, before the server starts.
"""

from . import ec2, ecr, ecs, elbv2, gate, logs, s3, servicediscovery, sqs, sts


def install() -> None:
    """Puts every addition in place."""
    for addition in (gate, sts, ec2, ecs, elbv2, servicediscovery, ecr, logs, s3, sqs):
        addition.install()
