"""The control API: what AWS does behind its own API. Its shapes are declared in `control.ts` and `views.ts`."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from .. import changes, faults
from . import ecr, ecs, elbv2, identity, inventory, servicediscovery

PREFIX = "/understudy/"

#: Longest time that a request waits for a change, whatever it asks for.
_LONGEST_WAIT_IN_S = 60

_ROUTES: dict[tuple[str, str], Callable[..., Any]] = {
    ("POST", "ecs/<account>/<region>/tasks/<cluster>"): ecs.create_task,
    ("PUT", "ecs/<account>/<region>/tasks/<cluster>/<task_id>"): ecs.report_task,
    ("PUT", "ecs/<account>/<region>/services/<cluster>/<service>"): ecs.report_service,
    ("POST", "ecs/<account>/<region>/services/<cluster>/<service>/rollback"): ecs.roll_back,
    ("PUT", "elbv2/<account>/<region>/targets"): elbv2.put_targets,
    ("DELETE", "elbv2/<account>/<region>/targets"): elbv2.remove_targets,
    ("PUT", "servicediscovery/<account>/<region>/services/<service_id>/instances/<instance_id>"): servicediscovery.put_instance,
    ("DELETE", "servicediscovery/<account>/<region>/services/<service_id>/instances/<instance_id>"): servicediscovery.remove_instance,
    ("GET", "ecr/<account>/<region>/layers/<digest>/<path:repository>"): ecr.layer,
    ("POST", "credentials"): identity.role_credentials,
    ("POST", "accounts/<account>/credentials"): identity.root_credentials,
    ("GET", "inventory"): lambda: inventory.everything(),
    ("GET", "faults"): lambda: faults.rules(),
    ("PUT", "faults"): lambda rules: faults.set_rules(rules),
}

_VIEWS: dict[str, Callable[[], dict[str, Any]]] = {
    "ecs": ecs.view,
    "elbv2": elbv2.view,
    "servicediscovery": servicediscovery.view,
    "changes": lambda: {view: changes.revision(view) for view in changes.VIEWS},
}

_MAP = Map(
    [Rule(f"{PREFIX}{path}", methods=[method], endpoint=handler) for (method, path), handler in _ROUTES.items()]
    + [Rule(f"{PREFIX}{name}", methods=["GET"], endpoint=name) for name in _VIEWS]
)


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answers a control request: JSON, the bytes of a layer, or a plain sentence with a status of 400 and more."""
    try:
        endpoint, path_values = _MAP.bind_to_environ(environ).match()
        request = Request(environ)
        answer = _view(endpoint, request) if isinstance(endpoint, str) else _act(endpoint, request, path_values)
        response = answer if isinstance(answer, Response) else Response(json.dumps(answer), mimetype="application/json")
    except HTTPException as error:
        response = Response(error.description or error.name, status=error.code, mimetype="text/plain")
    return response(environ, start_response)


def _view(name: str, request: Request) -> dict[str, Any]:
    counter = None if name == "changes" else name
    after = request.args.get("after", type=int)
    with changes.state:
        if after is not None:
            timeout = request.args.get("timeout", default=0, type=int) / 1000
            changes.wait(counter, after, min(timeout, _LONGEST_WAIT_IN_S))
        return {"revision": changes.revision(counter), **_VIEWS[name]()}


def _act(handler: Callable[..., Any], request: Request, path_values: dict[str, str]) -> Any:
    body = request.get_json(silent=True) or {}
    with changes.state:
        return handler(**path_values, **body)
