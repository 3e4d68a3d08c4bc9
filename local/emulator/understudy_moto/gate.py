"""The gate that every AWS call passes: credentials, planned faults, one call at a time, and a note of what changed.

Gaps in moto: it takes any credentials, answers an operation that it lacks with status 500 and a page of HTML, which every SDK
retries, and lets calls that run at the same time see each other's half-done work. Calls of S3 go another way than all others in moto.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import get_service_model
from moto.s3.responses import S3Response
from werkzeug.exceptions import HTTPException

from . import changes, credentials, faults, s3
from .refusal import Refusal

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Call:
    """One AWS call, as the gate sees it."""

    service: str
    signing_name: str
    protocol: str
    operation: str
    access_key: str | None
    #: Path, query and body, as text.
    content: str


class Refused(ServiceException):
    """A refusal on its way to the caller. A class of its own, since moto looks up the module of an error among its services."""


def install() -> None:
    call_action, bucket_response, key_response = BaseResponse.call_action, S3Response._bucket_response, S3Response._key_response

    BaseResponse.call_action = lambda self: _pass(self, lambda: call_action(self))
    S3Response._bucket_response = lambda self, *request: _pass(self, lambda: bucket_response(self, *request))
    S3Response._key_response = lambda self, *request: _pass(self, lambda: key_response(self, *request))


def _pass(response: BaseResponse, answer: Callable[[], Any]) -> Any:
    """The answer to a call, or why it is refused."""
    call = _call_of(response)
    refusal = credentials.refusal(call) or faults.apply(call.signing_name, call.operation, call.content)
    if refusal:
        return _refuse(response, refusal)
    with changes.state:
        try:
            answered = answer()
        except (HTTPException, ServiceException):
            raise
        except NotImplementedError:
            return _refuse(response, Refusal("NotImplemented", f"the emulator does not have {call.operation}", 501))
        except Exception as error:
            log.exception("%s %s", call.service, call.operation)
            return _refuse(response, Refusal("InternalFailure", f"the emulator failed in {call.operation}: {error!r}", 501))
        if not isinstance(answered, tuple) or answered[0] < 400:
            changes.note_call(call.service, call.operation)
        return answered


def _call_of(response: BaseResponse) -> Call:
    model = get_service_model(response.boto3_service_name)
    authorization = response.headers.get("Authorization", "")
    return Call(
        service=response.boto3_service_name,
        signing_name=model.signing_name,
        protocol=model.metadata["protocol"],
        operation=response._get_action() or "",
        access_key=response.get_access_key() if "Credential=" in authorization or _is_presigned(response) else None,
        content=f"{response.uri}\n{_text(response.body)}",
    )


def _is_presigned(response: BaseResponse) -> bool:
    return isinstance(response, S3Response) and s3.presigned_key(response) is not None


def _text(body: str | bytes | None) -> str:
    return body.decode("utf-8", "replace") if isinstance(body, bytes) else body or ""


def _refuse(response: BaseResponse, refusal: Refusal) -> tuple:
    _, headers, body = response.serialized(ActionResult(Refused(refusal.code, refusal.message)))
    return refusal.status, {**headers, "status": str(refusal.status)}, body
