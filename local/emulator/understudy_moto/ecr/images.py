"""Manifests and tags."""

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


class LayersNotFoundException(ServiceException):
    code = "LayersNotFoundException"


class LimitExceededException(ServiceException):
    code = "LimitExceededException"


class ReferencedImagesNotFoundException(ServiceException):
    code = "ReferencedImagesNotFoundException"


#: A quota that cannot be raised (https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html).
_MOST_TAGS = 1000


def install() -> None:
    delete = ECRBackend.batch_delete_image

    def batch_delete_image(
        backend: ECRBackend, repository_name: str, registry_id: str | None = None, image_ids: list[dict[str, str]] | None = None
    ) -> dict[str, Any]:
        repository = backend._get_repository(repository_name)
        answer: dict[str, Any] = {"imageIds": [], "failures": []}
        for wanted in image_ids or []:
            needed = _needed_by_list(repository, wanted)
            one = {"imageIds": [], "failures": [needed]} if needed else delete(backend, repository_name, registry_id, [wanted])
            for key, found in one.items():
                answer[key].extend(found)
        return answer

    ECRBackend.batch_delete_image = batch_delete_image
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

    _check_references(repository, image_manifest)
    image = next((known for known in repository.images if known.get_image_digest() == actual), None)
    holder = next((known for known in repository.images if image_tag in known.image_tags), None) if image_tag else None
    if image and (image_tag is None or image is holder):
        raise ImageAlreadyExistsException(repository_name, repository.registry_id, actual, image_tag or "null")
    if holder and not _may_move(repository, image_tag or ""):
        raise ImageTagAlreadyExistsException(
            f"The image tag '{image_tag}' already exists in the '{repository_name}' repository "
            "and cannot be overwritten because the tag is immutable."
        )
    if image and len(image.image_tags) >= _MOST_TAGS:
        raise LimitExceededException(f"The maximum limit of {_MOST_TAGS} tags per image has been reached for the image with digest '{actual}'")
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


def _check_references(repository: Repository, manifest: str) -> None:
    """Refuses a manifest that names layers or images that the repository does not have."""
    parts = json.loads(manifest)
    layers = [each for each in [parts.get("config"), *parts.get("layers", [])] if each and not each.get("urls")]
    if missing := [each["digest"] for each in layers if each["digest"] not in repository.layers]:
        raise LayersNotFoundException(
            f"Layers with digests '[{', '.join(missing)}]' required for pushing image into repository with name "
            f"'{repository.name}' in the registry with id '{repository.registry_id}' do not exist"
        )
    there = {image.get_image_digest() for image in repository.images}
    if missing := [each["digest"] for each in parts.get("manifests", []) if each["digest"] not in there]:
        raise ReferencedImagesNotFoundException(
            f"Images with digests '[{', '.join(missing)}]' required for pushing image into repository with name "
            f"'{repository.name}' in the registry with id '{repository.registry_id}' do not exist"
        )


def _needed_by_list(repository: Repository, wanted: dict[str, str]) -> dict[str, Any] | None:
    """The failure with which the deletion of an image ends that a manifest list names; taking away one of several tags is none."""
    image = _find(repository, wanted)
    if image is None or ("imageDigest" not in wanted and len(image.image_tags) > 1):
        return None
    digest = image.get_image_digest()
    for other in repository.images:
        if any(each["digest"] == digest for each in json.loads(other.image_manifest).get("manifests", [])):
            reason = f"Requested image referenced by manifest list: [{other.get_image_digest()}]"
            return {"imageId": wanted, "failureCode": "ImageReferencedByManifestList", "failureReason": reason}
    return None


def _may_move(repository: Repository, tag: str) -> bool:
    """Whether a tag may go to another image, by the repository's mutability and its excluded tags."""
    mutability = str(getattr(repository.image_tag_mutability, "value", repository.image_tag_mutability))
    filters = repository.image_tag_mutability_exclusion_filters or []
    excluded = any(fnmatchcase(tag, each["filter"]) for each in filters)
    return mutability.startswith("MUTABLE") != (excluded and mutability.endswith("WITH_EXCLUSION"))
