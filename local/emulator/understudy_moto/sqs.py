"""Queues.

Gaps in moto: a receiver that waits for messages holds up every other call, one that has gone away still takes them, a dead-letter queue
that does not exist is refused with the words for the queue itself, and only after it was set, and one of the other kind is taken.
"""

import json
import select
import socket
import threading
import time
from typing import Any

from moto.core.responses import ActionResult
from moto.sqs.exceptions import SQSException
from moto.sqs.models import Message, Queue, SQSBackend, sqs_backends
from moto.sqs.responses import SQSResponse

from . import changes

#: A message can also come back by itself, when the one who took it did not delete it in time.
_LOOK_AGAIN_IN_S = 0.25

_receiver = threading.local()


def install() -> None:
    respond_receive, receive, add, set_dead_letters = (
        SQSResponse.receive_message,
        SQSBackend.receive_message,
        Queue.add_message,
        Queue._setup_dlq,
    )

    def respond_receive_message(self: SQSResponse) -> ActionResult:
        _receiver.connection = self.normalized_request.environ.get("werkzeug.socket")
        return respond_receive(self)

    def receive_message(
        self: SQSBackend, queue_name: str, count: int, wait_seconds_timeout: int, *rest: Any, **named: Any
    ) -> list[Message]:
        deadline = time.monotonic() + wait_seconds_timeout
        while not (found := receive(self, queue_name, count, 0, *rest, **named)):
            left = deadline - time.monotonic()
            if left <= 0:
                break
            changes.state.wait(min(left, _LOOK_AGAIN_IN_S))  # lets go of the lock meanwhile
            if _has_gone(getattr(_receiver, "connection", None)):
                break
        return found

    def add_message(self: Queue, message: Message) -> None:
        add(self, message)
        changes.state.notify_all()

    def _setup_dlq(self: Queue, policy: Any) -> None:
        _check_dead_letters(self, policy)
        set_dead_letters(self, policy)

    SQSResponse.receive_message = respond_receive_message
    SQSBackend.receive_message = receive_message
    Queue.add_message = add_message
    Queue._setup_dlq = _setup_dlq


def _check_dead_letters(queue: Queue, policy: Any) -> None:
    try:
        target = json.loads(policy).get("deadLetterTargetArn") if isinstance(policy, str) and policy else None
    except (ValueError, AttributeError):
        return  # moto refuses it
    if target is None:
        return
    known = sqs_backends[queue.account_id][queue.region].queues
    found = next((each for each in known.values() if each.queue_arn == target), None)
    if found is None:
        raise _invalid(policy, "Dead letter target does not exist.")
    if found.fifo_queue != queue.fifo_queue:
        raise _invalid(policy, "Dead-letter queue must be same type of queue as the source.")


def _invalid(policy: str, reason: str) -> SQSException:
    return SQSException("InvalidParameterValue", f"Value {policy} for parameter RedrivePolicy is invalid. Reason: {reason}")


def _has_gone(connection: socket.socket | None) -> bool:
    """Whether the other side has closed the connection: nothing but its end can be read from it before the answer."""
    if connection is None or not select.select([connection], [], [], 0)[0]:
        return False
    try:
        return connection.recv(1, socket.MSG_PEEK) == b""
    except OSError:
        return True
