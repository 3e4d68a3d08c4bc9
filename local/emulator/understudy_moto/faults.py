"""Calls that fail or take long on purpose, so that a test can see what the program does then. Rules come from the control API."""

import threading
import time
from typing import Any

from .refusal import Refusal

_lock = threading.Lock()
_rules: list[dict[str, Any]] = []


def rules() -> list[dict[str, Any]]:
    """The rules that are left, with what is left of their `times`."""
    with _lock:
        return [{key: value for key, value in rule.items() if key != "seen"} for rule in _rules]


def set_rules(fresh: list[dict[str, Any]]) -> None:
    """Replaces all rules."""
    with _lock:
        _rules[:] = [dict(rule) for rule in fresh]


def apply(service: str, operation: str, content: str) -> Refusal | None:
    """Does what the first matching rule says: waits, and returns the error with which the call is to fail, if any."""
    with _lock:
        rule = next((rule for rule in _rules if _matches(rule, service, operation, content) and _is_due(rule)), None)
        if rule is None:
            return None
        _use(rule)
    time.sleep(rule.get("delay", 0) / 1000)
    error = rule.get("error")
    return Refusal(error["code"], error["message"], error["status"]) if error else None


def _matches(rule: dict[str, Any], service: str, operation: str, content: str) -> bool:
    return rule["service"] == service and rule.get("operation") in (None, operation) and rule.get("match", "") in content


def _is_due(rule: dict[str, Any]) -> bool:
    """Counts a call that the rule is about; true for each `every`-th of them."""
    if "every" not in rule:
        return True
    rule["seen"] = rule.get("seen", 0) + 1
    return rule["seen"] % rule["every"] == 0


def _use(rule: dict[str, Any]) -> None:
    if "times" not in rule:
        return
    rule["times"] -= 1
    if rule["times"] <= 0:
        _rules.remove(rule)
