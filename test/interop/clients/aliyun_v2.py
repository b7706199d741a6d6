"""alibabacloud-oss-v2: version 4 signatures."""
from urllib.parse import quote, unquote

import alibabacloud_oss_v2 as oss

import resume


class Client:
    def __init__(self, request):
        config = oss.config.load_default()
        config.credentials_provider = oss.credentials.StaticCredentialsProvider(request["accessKeyId"], request["accessKeySecret"])
        config.region = request.get("region") or "cn-hangzhou"
        config.endpoint = f"http://oss-{config.region}.aliyuncs.com"
        config.proxy_host = request["endpoint"]
        config.retry_max_attempts = 1
        self.bucket, self.client = request["bucket"], oss.Client(config)

    def put(self, key, body, content_type, metadata):
        meta = {name: quote(value, safe=" ") for name, value in metadata.items()}
        return self.client.put_object(
            oss.PutObjectRequest(bucket=self.bucket, key=key, body=body, content_type=content_type, metadata=meta)).etag

    def get(self, key, range):
        header = f"bytes={range[0]}-{range[1]}" if range else None
        got = self.client.get_object(oss.GetObjectRequest(bucket=self.bucket, key=key, range_header=header))
        return got.body.content if hasattr(got.body, "content") else got.body.read(), info(got)

    def head(self, key):
        return info(self.client.head_object(oss.HeadObjectRequest(bucket=self.bucket, key=key)))

    def list(self, prefix, page_size):
        pages = self.client.list_objects_v2_paginator()
        for page in pages.iter_page(oss.ListObjectsV2Request(bucket=self.bucket, prefix=prefix, max_keys=page_size)):
            for entry in page.contents or []:
                yield entry.key

    def delete(self, key):
        self.client.delete_object(oss.DeleteObjectRequest(bucket=self.bucket, key=key))

    def copy(self, source, key):
        self.client.copy_object(
            oss.CopyObjectRequest(bucket=self.bucket, key=key, source_bucket=self.bucket, source_key=source))

    def multipart(self, key, parts, stop_after):
        named = {"bucket": self.bucket, "key": key}

        def find():
            found = self.client.list_multipart_uploads(oss.ListMultipartUploadsRequest(bucket=self.bucket, prefix=key)).uploads or []
            return next((upload.upload_id for upload in found if upload.key == key), None)

        def listed(upload_id):
            found = self.client.list_parts(oss.ListPartsRequest(**named, upload_id=upload_id)).parts or []
            return [(part.part_number, part.etag) for part in found]

        return resume.upload(
            find,
            lambda: self.client.initiate_multipart_upload(oss.InitiateMultipartUploadRequest(**named)).upload_id,
            listed,
            lambda upload_id, number, part: self.client.upload_part(
                oss.UploadPartRequest(**named, upload_id=upload_id, part_number=number, body=part)).etag,
            lambda upload_id, done: self.client.complete_multipart_upload(oss.CompleteMultipartUploadRequest(
                **named, upload_id=upload_id, complete_multipart_upload=oss.CompleteMultipartUpload(
                    parts=[oss.UploadPart(part_number=n, etag=etag) for n, etag in done]))),
            parts, stop_after,
        )

    def failure(self, error):
        inner = error.unwrap() if isinstance(error, oss.exceptions.OperationError) else error
        return (inner.code, inner.status_code) if isinstance(inner, oss.exceptions.ServiceError) else (None, None)


def info(result):
    return {
        "size": result.content_length, "etag": result.etag, "contentType": result.content_type,
        "metadata": {name.lower(): unquote(value) for name, value in (result.metadata or {}).items()},
        "crc64": result.hash_crc64,
    }
