"""Buckets.

Gaps in moto: it forgets tags that a bucket is made with, does not know who signed a presigned URL, gives everybody the buckets of every
account, and loses all versions of an object that is put or deleted while versioning is suspended. A bucket here is its own account's,
whatever its policy says.
"""

import os
from typing import Any

import xmltodict
from moto.s3.exceptions import AccessDeniedByLock, BucketAlreadyExists
from moto.s3.models import FakeDeleteMarker, FakeKey, S3Backend
from moto.s3.responses import S3Response


def install() -> None:
    os.environ["MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS"] = "false"  # read at each call
    put_bucket = S3Response._bucket_response_put
    header_key = S3Response.get_access_key
    put, delete = S3Backend.put_object, S3Backend.delete_object

    def _bucket_response_put(self: S3Response, request: Any, bucket_name: str, querystring: dict[str, Any]) -> Any:
        try:
            response = put_bucket(self, request, bucket_name, querystring)
        except AccessDeniedByLock:
            if self.data["Action"] != "CreateBucket":
                raise
            raise BucketAlreadyExists(bucket=bucket_name) from None
        if self.data["Action"] == "CreateBucket" and (tags := _tags(self.body)):
            self.backend.put_bucket_tagging(bucket_name, tags)
        return response

    def get_access_key(self: S3Response) -> str:
        return presigned_key(self) or header_key(self)

    def put_object(self: S3Backend, bucket_name: str, key_name: str, *rest: Any, **named: Any) -> FakeKey:
        bucket = self.get_bucket(bucket_name)
        versions = bucket.keys.getlist(key_name, []) if bucket.versioning_status == "Suspended" else []
        older = [version for version in versions if version.version_id != "null"]
        if older:
            dict.__setitem__(bucket.keys, key_name, [version for version in versions if version not in older])
        try:
            return put(self, bucket_name, key_name, *rest, **named)
        finally:
            if older:
                dict.__setitem__(bucket.keys, key_name, [*older, *bucket.keys.getlist(key_name, [])])

    def delete_object(
        self: S3Backend, bucket_name: str, key_name: str, version_id: str | None = None, bypass: bool = False
    ) -> tuple[bool, dict[str, Any]]:
        bucket = self.get_bucket(bucket_name)
        latest = bucket.keys.get(key_name)
        if bucket.versioning_status != "Suspended" or latest is None:
            return delete(self, bucket_name, key_name, version_id, bypass)
        bucket.versioning_status = "Enabled"  # so that moto looks at versions
        try:
            done, said = delete(self, bucket_name, key_name, version_id or "null", bypass)
        finally:
            bucket.versioning_status = "Suspended"
        if version_id is not None:
            return done, said
        marker = FakeDeleteMarker(key=latest)
        marker._version_id = "null"
        bucket.keys[key_name] = marker
        return True, {"version-id": "null", "delete-marker": "true"}

    S3Backend.put_object = put_object
    S3Backend.delete_object = delete_object
    S3Response._bucket_response_put = _bucket_response_put
    S3Response.get_access_key = get_access_key


def presigned_key(response: S3Response) -> str | None:
    """The access key with which a URL was signed, if it was."""
    credential = response.querystring.get("X-Amz-Credential")
    return credential[0].split("/")[0] if credential else None


def _tags(body: bytes) -> dict[str, str]:
    configuration = xmltodict.parse(body, force_list=("Tag",)).get("CreateBucketConfiguration") if body else None
    tags = ((configuration or {}).get("Tags") or {}).get("Tag", [])
    return {tag["Key"]: tag.get("Value") or "" for tag in tags}
