"""ECS services and tasks as AWS keeps them.

Gaps in moto: a service has no real deployments (an update changes the only one in place) and its counts are invented, tasks are
RUNNING at once and STOPPED at once, CreateService without `securityGroups` and RunTask without container memory end in status 500,
many arguments of CreateService are dropped, and nothing that AWS refuses about target groups, containers and clusters is refused.

Clusters and task definitions stay moto's. Who moves tasks through their life is the task runner, through the control API.
"""

from moto.ecs.models import EC2ContainerServiceBackend
from moto.ecs.responses import EC2ContainerServiceResponse

from . import clusters, services, tasks


def install() -> None:
    for module in (clusters, services, tasks):
        for name, function in module.BACKEND.items():
            setattr(EC2ContainerServiceBackend, name, function)
        for name, function in module.RESPONSES.items():
            setattr(EC2ContainerServiceResponse, name, function)
