"""Layers of images, as they are downloaded: AWS gives out URLs of S3 for them."""

from moto.ecr.models import ecr_backends
from werkzeug.exceptions import NotFound
from werkzeug.wrappers import Response

from ..ecr.layers import content_of


def layer(account: str, region: str, digest: str, repository: str) -> Response:
    """The bytes of a layer."""
    known = ecr_backends[account][region].repositories.get(repository)
    content = content_of(known, digest) if known else None
    if content is None:
        raise NotFound(f"{repository} has no layer {digest}")
    return Response(content, mimetype="application/octet-stream")
