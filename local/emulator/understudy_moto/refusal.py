"""An answer that refuses an AWS call."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Refusal:
    code: str
    message: str
    status: int
