"""oss2: version 4 signatures."""
from urllib.parse import quote, unquote

import oss2

import resume


class Client:
    def __init__(self, request):
        auth = oss2.AuthV4(request["accessKeyId"], request["accessKeySecret"])
        region = request.get("region") or "cn-hangzhou"
        self.name = request["bucket"]
        self.bucket = oss2.Bucket(
            auth, f"http://oss-{region}.aliyuncs.com", self.name, region=region, proxies={"http": request["endpoint"]})

    def put(self, key, body, content_type, metadata):
        # Headers of this SDK are text in latin-1.
        meta = {f"x-oss-meta-{name}": quote(value, safe=" ") for name, value in metadata.items()}
        return self.bucket.put_object(key, body, headers={"Content-Type": content_type, **meta}).etag

    def get(self, key, range):
        got = self.bucket.get_object(key, byte_range=tuple(range) if range else None)
        return got.read(), info(got.headers)

    def head(self, key):
        return info(self.bucket.head_object(key).headers)

    def list(self, prefix, page_size):
        for entry in oss2.ObjectIteratorV2(self.bucket, prefix=prefix, max_keys=page_size):
            yield entry.key

    def delete(self, key):
        self.bucket.delete_object(key)

    def copy(self, source, key):
        self.bucket.copy_object(self.name, source, key)

    def multipart(self, key, parts, stop_after):
        def find():
            return next((upload.upload_id for upload in oss2.ObjectUploadIterator(self.bucket, key)), None)

        return resume.upload(
            find,
            lambda: self.bucket.init_multipart_upload(key).upload_id,
            lambda upload_id: [(part.part_number, part.etag) for part in oss2.PartIterator(self.bucket, key, upload_id)],
            lambda upload_id, number, part: self.bucket.upload_part(key, upload_id, number, part).etag,
            lambda upload_id, done: self.bucket.complete_multipart_upload(
                key, upload_id, [oss2.models.PartInfo(n, etag) for n, etag in done]),
            parts, stop_after,
        )

    def failure(self, error):
        return (error.code or None, error.status) if isinstance(error, oss2.exceptions.OssError) else (None, None)


def info(headers):
    low = {name.lower(): value for name, value in headers.items()}
    meta = {name[len("x-oss-meta-"):]: unquote(value) for name, value in low.items() if name.startswith("x-oss-meta-")}
    return {
        "size": int(low["content-length"]), "etag": low["etag"], "contentType": low["content-type"], "metadata": meta,
        "crc64": low.get("x-oss-hash-crc64ecma"),
    }
