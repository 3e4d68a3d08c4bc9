"""Starts the emulator: moto with Understudy's additions, on 127.0.0.1.

Usage: UNDERSTUDY_OPERATOR_KEY=KEY server.py PORT. The operator's access key is KEY; port 0 takes a free one. When it answers, one
line on standard output says where: `listening on PORT`. A signal ends it at once: it has nothing to save.
"""

import os
import sys

# Read by moto when it is imported.
os.environ.update(
    {
        "MOTO_ACM_VALIDATION_WAIT": "-1",  # certificates are issued at once
        "MOTO_DISABLE_GLOBAL_CORS": "true",  # no web page may call the emulator
        "MOTO_ALLOW_NONEXISTENT_REGION": "false",
    }
)

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app  # noqa: E402
from werkzeug.serving import make_server  # noqa: E402

from understudy_moto import control, install  # noqa: E402


class QuietRequestHandler(MotoRequestHandler):
    """Writes no line per request: the log is for what went wrong."""

    def log_request(self, *_: object) -> None:
        pass


def main(port: int) -> None:
    install()
    aws = DomainDispatcherApplication(create_backend_app)

    def application(environ: dict, start_response: object) -> object:
        chosen = control.application if environ["PATH_INFO"].startswith(control.PREFIX) else aws
        return chosen(environ, start_response)

    server = make_server("127.0.0.1", port, application, threaded=True, request_handler=QuietRequestHandler)
    print(f"listening on {server.port}", flush=True)
    server.serve_forever()


if __name__ == "__main__":
    main(int(sys.argv[1]))
