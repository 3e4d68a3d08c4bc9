"""Errors of ECS, in AWS's words."""

from moto.ecs.exceptions import ECSException


def invalid(message: str) -> ECSException:
    return ECSException("InvalidParameterException", message)


def client(message: str) -> ECSException:
    return ECSException("ClientException", message)
