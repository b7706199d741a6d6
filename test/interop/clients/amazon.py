"""boto3 at the vendors' S3 doors: version 4 signatures."""
from urllib.parse import quote, unquote

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

import resume

DOORS = {
    "cos": ("ap-guangzhou", "http://cos.ap-guangzhou.myqcloud.com", "virtual"),
    "ks3": ("BEIJING", "http://ks3-cn-beijing.ksyuncs.com", "virtual"),
    "bos": ("bj", "http://s3.bj.bcebos.com", "path"),
    "kodo": ("cn-east-1", "http://s3.cn-east-1.qiniucs.com", "path"),
}


class Client:
    def __init__(self, request):
        region, endpoint, style = DOORS[request["vendor"]]
        self.bucket = request["bucket"]
        self.client = boto3.client(
            "s3", region_name=region, endpoint_url=endpoint, aws_access_key_id=request["accessKeyId"],
            aws_secret_access_key=request["accessKeySecret"],
            config=Config(
                signature_version="s3v4", s3={"addressing_style": style}, proxies={"http": request["endpoint"]},
                retries={"max_attempts": 0}, request_checksum_calculation="when_required", response_checksum_validation="when_required",
            ),
        )

    def named(self, key):
        return {"Bucket": self.bucket, "Key": key}

    def put(self, key, body, content_type, metadata):
        # Metadata of this SDK is ASCII.
        meta = {name: quote(value, safe=" ") for name, value in metadata.items()}
        return self.client.put_object(**self.named(key), Body=body, ContentType=content_type, Metadata=meta)["ETag"]

    def get(self, key, range):
        got = self.client.get_object(**self.named(key), **({"Range": f"bytes={range[0]}-{range[1]}"} if range else {}))
        return got["Body"].read(), info(got)

    def head(self, key):
        return info(self.client.head_object(**self.named(key)))

    def list(self, prefix, page_size):
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=prefix, PaginationConfig={"PageSize": page_size})
        for page in pages:
            for entry in page.get("Contents", []):
                yield entry["Key"]

    def delete(self, key):
        self.client.delete_object(**self.named(key))

    def copy(self, source, key):
        self.client.copy_object(**self.named(key), CopySource={"Bucket": self.bucket, "Key": source})

    def multipart(self, key, parts, stop_after):
        def find():
            found = self.client.list_multipart_uploads(Bucket=self.bucket, Prefix=key).get("Uploads", [])
            return next((upload["UploadId"] for upload in found if upload["Key"] == key), None)

        def listed(upload_id):
            found = self.client.list_parts(**self.named(key), UploadId=upload_id).get("Parts", [])
            return [(part["PartNumber"], part["ETag"]) for part in found]

        return resume.upload(
            find,
            lambda: self.client.create_multipart_upload(**self.named(key))["UploadId"],
            listed,
            lambda upload_id, number, part: self.client.upload_part(
                **self.named(key), UploadId=upload_id, PartNumber=number, Body=part)["ETag"],
            lambda upload_id, done: self.client.complete_multipart_upload(
                **self.named(key), UploadId=upload_id,
                MultipartUpload={"Parts": [{"PartNumber": n, "ETag": etag} for n, etag in done]}),
            parts, stop_after,
        )

    def failure(self, error):
        if not isinstance(error, ClientError):
            return (None, None)
        return (error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"])


def info(result):
    meta = {name: unquote(value) for name, value in result["Metadata"].items()}
    return {"size": result["ContentLength"], "etag": result["ETag"], "contentType": result["ContentType"], "metadata": meta}
