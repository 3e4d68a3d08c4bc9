"""Images in repositories.

Gaps in moto: a digest is not the manifest's SHA-256 (two images can get the same one), moving a tag deletes the image that had it,
and BatchGetImage answers with another tag than the one that was asked for.
"""

import hashlib
import json
from fnmatch import fnmatchcase
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.ecr.exceptions import ImageAlreadyExistsException, InvalidParameterException
from moto.ecr.models import ECRBackend, Image, Repository
from moto.ecr.responses import ECRResponse


class ImageDigestDoesNotMatchException(ServiceException):
    code = "ImageDigestDoesNotMatchException"


class ImageTagAlreadyExistsException(ServiceException):
    code = "ImageTagAlreadyExistsException"


def install() -> None:
    ECRBackend.put_image = put_image
    ECRResponse.batch_get_image = batch_get_image
    ECRResponse.put_image = respond_put_image


def put_image(
    backend: ECRBackend,
    repository_name: str,
    image_manifest: str,
    image_tag: str | None = None,
    image_manifest_mediatype: str | None = None,
    digest: str | None = None,
) -> Image:
    repository = backend._get_repository(repository_name)
    media_type = image_manifest_mediatype or _media_type(image_manifest)
    actual = f"sha256:{hashlib.sha256(image_manifest.encode()).hexdigest()}"
    if digest not in (None, actual):
        raise ImageDigestDoesNotMatchException(f"The image digest '{digest}' does not match the digest '{actual}' calculated by ECR")

    image = next((known for known in repository.images if known.get_image_digest() == actual), None)
    holder = next((known for known in repository.images if image_tag in known.image_tags), None) if image_tag else None
    if image and (image_tag is None or image is holder):
        raise ImageAlreadyExistsException(repository_name, repository.registry_id, actual, image_tag or "null")
    if holder and not _may_move(repository, image_tag or ""):
        raise ImageTagAlreadyExistsException(
            f"The image tag '{image_tag}' already exists in the '{repository_name}' repository "
            "and cannot be overwritten because the tag is immutable."
        )
    if holder:
        holder.remove_tag(image_tag)
    if image:
        image.update_tag(image_tag)
        return image
    repository.images.append(Image(backend.account_id, image_tag, image_manifest, repository_name, media_type, actual))
    return repository.images[-1]


def batch_get_image(self: ECRResponse) -> ActionResult:
    repository = self.ecr_backend._get_repository(self._get_param("repositoryName"))
    images, failures = [], []
    for wanted in self._get_param("imageIds"):
        image = _find(repository, wanted)
        if image:
            images.append(_shape(repository, image, wanted.get("imageTag", image.image_tag)))
        else:
            failures.append({"imageId": wanted, "failureCode": "ImageNotFound", "failureReason": "Requested image not found"})
    return ActionResult({"images": images, "failures": failures})


def respond_put_image(self: ECRResponse) -> ActionResult:
    name, tag = self._get_param("repositoryName"), self._get_param("imageTag")
    image = self.ecr_backend.put_image(
        name, self._get_param("imageManifest"), tag, self._get_param("imageManifestMediaType"), self._get_param("imageDigest")
    )
    return ActionResult({"image": _shape(self.ecr_backend._get_repository(name), image, tag)})


def _shape(repository: Repository, image: Image, tag: str | None) -> dict[str, Any]:
    return {
        "registryId": repository.registry_id,
        "repositoryName": repository.name,
        "imageId": {"imageDigest": image.get_image_digest(), **({"imageTag": tag} if tag else {})},
        "imageManifest": image.image_manifest,
        "imageManifestMediaType": image.image_manifest_media_type,
    }


def _find(repository: Repository, wanted: dict[str, str]) -> Image | None:
    digest, tag = wanted.get("imageDigest"), wanted.get("imageTag")
    return next(
        (image for image in repository.images if digest in (None, image.get_image_digest()) and (tag is None or tag in image.image_tags)),
        None,
    )


def _media_type(manifest: str) -> str:
    try:
        return json.loads(manifest)["mediaType"]
    except (ValueError, KeyError, TypeError):
        raise InvalidParameterException(
            "Invalid parameter at 'ImageManifest' failed to satisfy constraint: 'Invalid JSON syntax', or it has no media type"
        ) from None


def _may_move(repository: Repository, tag: str) -> bool:
    """Whether a tag may go to another image, by the repository's mutability and its excluded tags."""
    mutability = str(getattr(repository.image_tag_mutability, "value", repository.image_tag_mutability))
    filters = repository.image_tag_mutability_exclusion_filters or []
    excluded = any(fnmatchcase(tag, each["filter"]) for each in filters)
    return mutability.startswith("MUTABLE") != (excluded and mutability.endswith("WITH_EXCLUSION"))
