"""Images in repositories, and their layers.

Gaps in moto: a digest is not the manifest's SHA-256 (two images can get the same one), moving a tag deletes the image that had it,
BatchGetImage answers with another tag than the one that was asked for, an image may name layers and images that are not there, one that a
manifest list needs can be deleted, and an image has any number of tags. Of layers only the size is kept, so nothing can be downloaded, and
their upload refuses nothing. Lifecycle policies are kept and never carried out, as in moto.
"""

from . import images, layers


def install() -> None:
    """Puts both in place."""
    images.install()
    layers.install()
