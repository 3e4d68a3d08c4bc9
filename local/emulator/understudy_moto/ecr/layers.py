"""Layers: uploaded in parts, downloaded from a URL of the control API, where AWS has one of S3."""

import hashlib
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.ecr.models import ECRBackend, Repository
from moto.ecr.responses import ECRResponse

from .images import LayersNotFoundException

#: All parts of a layer but the last (https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html).
_SMALLEST_PART = 5 * 1024 * 1024


class EmptyUploadException(ServiceException):
    code = "EmptyUploadException"


class InvalidLayerException(ServiceException):
    code = "InvalidLayerException"


class LayerAlreadyExistsException(ServiceException):
    code = "LayerAlreadyExistsException"


class LayerPartTooSmallException(ServiceException):
    code = "LayerPartTooSmallException"


def install() -> None:
    upload_part, complete = ECRBackend.upload_layer_part, ECRBackend.complete_layer_upload

    def upload_layer_part(backend: ECRBackend, repository_name: str, upload_id: str, *rest: Any, **named: Any) -> dict[str, Any]:
        answer = upload_part(backend, repository_name, upload_id, *rest, **named)
        upload = backend._get_repository(repository_name).uploads[upload_id]
        upload.ends = [*getattr(upload, "ends", []), answer["lastByteReceived"] + 1]
        return answer

    def complete_layer_upload(
        backend: ECRBackend, repository_name: str, upload_id: str, layer_digests: list[str], registry_id: str | None = None
    ) -> dict[str, Any]:
        repository = backend._get_repository(repository_name, registry_id)
        upload = repository.uploads.get(upload_id)
        content = bytes(upload.layer_parts) if upload else b""
        if upload:
            _check(repository, upload_id, content, getattr(upload, "ends", []), layer_digests)
        answer = complete(backend, repository_name, upload_id, layer_digests, registry_id)
        _contents(repository)[answer["layerDigest"]] = content
        return answer

    ECRBackend.upload_layer_part = upload_layer_part
    ECRBackend.complete_layer_upload = complete_layer_upload
    ECRResponse.get_download_url_for_layer = get_download_url_for_layer


def get_download_url_for_layer(self: ECRResponse) -> ActionResult:
    repository = self.ecr_backend._get_repository(self._get_param("repositoryName"))
    digest = self._get_param("layerDigest")
    if digest not in _contents(repository):
        raise LayersNotFoundException(
            f"The layer with digest '{digest}' does not exist in the repository with name '{repository.name}' "
            f"in the registry with id '{repository.registry_id}'"
        )
    path = f"ecr/{self.current_account}/{self.region}/layers/{digest}/{repository.name}"
    return ActionResult({"downloadUrl": f"http://{self.headers['Host']}/understudy/{path}", "layerDigest": digest})


def content_of(repository: Repository, digest: str) -> bytes | None:
    """The bytes of a layer that was uploaded."""
    return _contents(repository).get(digest)


def _contents(repository: Repository) -> dict[str, bytes]:
    """Moto keeps only the sizes."""
    if not hasattr(repository, "layer_contents"):
        repository.layer_contents = {}
    return repository.layer_contents


def _check(repository: Repository, upload_id: str, content: bytes, ends: list[int], wanted: list[str]) -> None:
    where = f"in the repository with name '{repository.name}' in the registry with id '{repository.registry_id}'"
    if not content:
        raise EmptyUploadException(f"The upload with id '{upload_id}' {where} does not contain any layer parts")
    if any(end - start < _SMALLEST_PART for start, end in zip([0, *ends], ends[:-1], strict=False)):
        raise LayerPartTooSmallException(f"Layer parts of the upload with id '{upload_id}' {where} must be at least 5 MiB in size")
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    if digest not in wanted:
        raise InvalidLayerException(f"The layer digest calculated by ECR, '{digest}', does not match the digest specified, '{wanted[0]}'")
    if digest in repository.layers:
        raise LayerAlreadyExistsException(f"Layer with digest '{digest}' already exists {where}")
