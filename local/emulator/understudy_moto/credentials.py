"""Who calls. Gap in moto: it takes any access key, and what it gave out never expires.

Known are the operator's key, the keys of IAM users, and those that STS gave out and that have not expired. Keys that begin with
`ASIAEXPIRED` always count as expired, so that a test can show what happens then.
"""

import os
from typing import TYPE_CHECKING

from moto.core.utils import utcnow
from moto.iam.models import iam_backends
from moto.sts.models import AssumedRole, sts_backends
from moto.utilities.utils import PARTITION_NAMES

from .refusal import Refusal

if TYPE_CHECKING:
    from .gate import Call

#: Belongs to account 123456789012, as every key that moto does not know.
OPERATOR_KEY = os.environ["UNDERSTUDY_OPERATOR_KEY"]

_EXPIRED_PREFIX = "ASIAEXPIRED"

#: AWS's words for an unknown key and for an expired one differ by protocol.
_JSON = (
    Refusal("UnrecognizedClientException", "The security token included in the request is invalid.", 400),
    Refusal("ExpiredTokenException", "The security token included in the request is expired", 400),
)
_XML = (
    Refusal("InvalidClientTokenId", "The security token included in the request is invalid.", 403),
    Refusal("ExpiredToken", "The security token included in the request is expired", 403),
)
_EC2 = (
    Refusal("AuthFailure", "AWS was not able to validate the provided access credentials", 401),
    Refusal("RequestExpired", "Request has expired.", 400),
)
_S3 = (
    Refusal("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403),
    Refusal("ExpiredToken", "The provided token has expired.", 400),
)
_WORDS = {"ec2": _EC2, "query": _XML, "rest-xml": _XML}
_MISSING = Refusal("MissingAuthenticationToken", "Request is missing Authentication Token", 403)
#: What a bucket says to somebody without a name: none of them is public.
_ANONYMOUS = Refusal("AccessDenied", "Access Denied", 403)


def refusal(call: "Call") -> Refusal | None:
    """Why the caller's credentials are refused, if they are."""
    if call.access_key is None:
        return _ANONYMOUS if call.service == "s3" else _MISSING
    unknown, expired = _S3 if call.service == "s3" else _WORDS.get(call.protocol, _JSON)
    if call.access_key.startswith(_EXPIRED_PREFIX):
        return expired
    if call.access_key == OPERATOR_KEY:
        return None
    session = session_of(call.access_key)
    if session:
        return expired if session.expiration <= utcnow() else None
    return None if _is_known(call.access_key) else unknown


def session_of(access_key: str) -> AssumedRole | None:
    """The assumed role to which an access key belongs, if it does."""
    for account in list(sts_backends.values()):
        for backend in list(account.values()):
            if role := backend.get_assumed_role_from_access_key(access_key):
                return role
    return None


def _is_known(access_key: str) -> bool:
    return any(access_key in account[name].access_keys for account in list(iam_backends.values()) for name in PARTITION_NAMES)
