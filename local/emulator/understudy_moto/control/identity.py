"""Credentials that AWS services give to what they run."""

from typing import Any

from moto.iam.models import iam_backends
from werkzeug.exceptions import Forbidden

from .. import sts


def role_credentials(roleArn: str, principal: str) -> dict[str, Any]:
    session = sts.credentials_for(roleArn, principal)
    if session is None:
        raise Forbidden(
            f"unable to assume the role '{roleArn}'. Please verify that the role exists and that its trust relationship "
            f"allows '{principal}' to assume it"
        )
    return {
        "accessKeyId": session.access_key_id,
        "secretAccessKey": session.secret_access_key,
        "sessionToken": session.session_token,
        "expiration": session.expiration.isoformat(timespec="seconds") + "Z",
    }


def root_credentials(account: str) -> dict[str, str]:
    key = iam_backends[account]["aws"].create_temp_access_key()
    return {"accessKeyId": key.access_key_id, "secretAccessKey": key.secret_access_key}
