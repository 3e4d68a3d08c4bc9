"""The gate that every AWS call passes: credentials, planned faults, one call at a time, and a note of what changed.

Gaps in moto: it takes any credentials, answers an operation that it lacks with status 500 and a page of HTML, which every SDK
retries, and lets calls that run at the same time see each other's half-done work.
"""

import logging
from dataclasses import dataclass

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult, BaseResponse
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

from . import changes, credentials, faults
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
    do_call = BaseResponse.call_action

    def call_action(self: BaseResponse) -> tuple:
        call = _call_of(self)
        refusal = credentials.refusal(call) or faults.apply(call.signing_name, call.operation, call.content)
        if refusal:
            return _refuse(self, refusal)
        with changes.state:
            try:
                status, headers, body = do_call(self)
            except (HTTPException, ServiceException):
                raise
            except NotImplementedError:
                return _refuse(self, Refusal("NotImplemented", f"the emulator does not have {call.operation}", 501))
            except Exception as error:
                log.exception("%s %s", call.service, call.operation)
                return _refuse(self, Refusal("InternalFailure", f"the emulator failed in {call.operation}: {error!r}", 501))
            if status < 400:
                changes.note_call(call.service, call.operation)
            return status, headers, body

    BaseResponse.call_action = call_action


def _call_of(response: BaseResponse) -> Call:
    model = get_service_model(response.boto3_service_name)
    authorization = response.headers.get("Authorization", "")
    return Call(
        service=response.boto3_service_name,
        signing_name=model.signing_name,
        protocol=model.metadata["protocol"],
        operation=response._get_action() or "",
        access_key=response.get_access_key() if "Credential=" in authorization else None,
        content=f"{response.uri}\n{_text(response.body)}",
    )


def _text(body: str | bytes | None) -> str:
    return body.decode("utf-8", "replace") if isinstance(body, bytes) else body or ""


def _refuse(response: BaseResponse, refusal: Refusal) -> tuple:
    _, headers, body = response.serialized(ActionResult(Refused(refusal.code, refusal.message)))
    return refusal.status, {**headers, "status": str(refusal.status)}, body
