"""One lock over the emulator's state, and counters that tell a watcher when a view has changed.

Moto keeps its state in plain dictionaries and answers in many threads: two calls that both look first and write then could both win.
AWS lets only one of them, so every call and every control request holds this lock while it looks and writes.
"""

import threading
import time

VIEWS = ("ecs", "elbv2", "servicediscovery")

#: Services whose calls change a view. Security groups decide who reaches a load balancer, and records to which one a name leads.
_VIEW_OF_SERVICE = {"ecs": "ecs", "elbv2": "elbv2", "ec2": "elbv2", "route53": "elbv2", "servicediscovery": "servicediscovery"}
_READING = ("Describe", "List", "Get", "Discover", "Batch")

state = threading.Condition(threading.RLock())
#: They begin with the time, so that an emulator that was started anew never looks unchanged to those who watched the one before it.
_revisions = dict.fromkeys(VIEWS, time.time_ns() // 1_000_000)


def note_call(service: str, operation: str) -> None:
    """Counts an AWS call that succeeded, unless it only reads."""
    view = _VIEW_OF_SERVICE.get(service)
    if view and not operation.startswith(_READING):
        note(view)


def note(view: str) -> None:
    """Counts a change of a view and wakes those who wait for one. The caller holds the lock."""
    _revisions[view] += 1
    state.notify_all()


def revision(view: str | None = None) -> int:
    """The revision of one view, or the sum of all."""
    return sum(_revisions.values()) if view is None else _revisions[view]


def wait(view: str | None, after: int, timeout: float) -> None:
    """Returns when the revision is no longer `after`, at the latest after `timeout` seconds. The caller holds the lock."""
    deadline = time.monotonic() + timeout
    while revision(view) <= after and (left := deadline - time.monotonic()) > 0:
        state.wait(left)
