"""Assuming roles. Gap in moto: any role can be assumed by anybody, also one that does not exist."""

import json
import re
from typing import Any

from moto.core.exceptions import ServiceException
from moto.iam.exceptions import NotFoundException
from moto.iam.models import Role, iam_backends
from moto.sts.models import AssumedRole, STSBackend, sts_backends
from moto.sts.responses import TokenResponse

from . import credentials


class AccessDenied(ServiceException):
    code = "AccessDenied"


def install() -> None:
    assume = TokenResponse.assume_role

    def assume_role(self: TokenResponse) -> Any:
        role_arn = self._get_param("RoleArn")
        if not _trusts(role_arn, "AWS", _callers(self)):
            _, caller, _ = self.backend.get_caller_identity(self.get_access_key(), self.region)
            raise AccessDenied(f"User: {caller} is not authorized to perform: sts:AssumeRole on resource: {role_arn}")
        return assume(self)

    TokenResponse.assume_role = assume_role


def credentials_for(role_arn: str, principal: str, region: str = "us-east-1") -> AssumedRole | None:
    """What an AWS service gets when it assumes a role; None when the role does not exist or does not trust that service."""
    if not _trusts(role_arn, "Service", {principal}):
        return None
    backend: STSBackend = sts_backends[_account_of(role_arn)]["aws"]
    return backend.assume_role(
        region_name=region,
        role_session_name=principal.split(".")[0],
        role_arn=role_arn,
        policy="",
        duration=6 * 60 * 60,
        external_id="",
    )


def _callers(response: TokenResponse) -> set[str]:
    """The names under which a trust policy may know the caller: its account, and the role that it has assumed."""
    account = response.current_account
    names = {"*", account, f"arn:aws:iam::{account}:root"}
    session = credentials.session_of(response.get_access_key())
    return names | {session.role_arn, session.arn} if session else names


def _trusts(role_arn: str, kind: str, names: set[str]) -> bool:
    role = _role(role_arn)
    if role is None:
        return False
    policy = role.assume_role_policy_document
    statements = (json.loads(policy) if isinstance(policy, str) else policy)["Statement"]
    return any(
        statement["Effect"] == "Allow" and "sts:AssumeRole" in _list(statement["Action"]) and names & _principals(statement, kind)
        for statement in _list(statements)
    )


def _role(role_arn: str) -> Role | None:
    if not re.fullmatch(r"arn:aws:iam::\d{12}:role/.+", role_arn):
        return None
    try:
        return iam_backends[_account_of(role_arn)]["aws"].get_role_by_arn(role_arn)
    except NotFoundException:
        return None


def _account_of(arn: str) -> str:
    return arn.split(":")[4]


def _principals(statement: dict[str, Any], kind: str) -> set[str]:
    principal = statement.get("Principal", {})
    return {principal} if isinstance(principal, str) else set(_list(principal.get(kind, [])))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
