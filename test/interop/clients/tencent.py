"""cos-python-sdk-v5: COS's own signature."""
from urllib.parse import quote, unquote

from qcloud_cos import CosConfig, CosS3Client, CosServiceError

import resume


class Client:
    def __init__(self, request):
        self.bucket, self.region = request["bucket"], request.get("region") or "ap-guangzhou"
        config = CosConfig(
            Region=self.region, SecretId=request["accessKeyId"], SecretKey=request["accessKeySecret"], Scheme="http",
            Proxies={"http": request["endpoint"]},
        )
        self.client = CosS3Client(config, retry=0)

    def put(self, key, body, content_type, metadata):
        # Headers of this SDK are text in latin-1: other text is percent-encoded, as its documentation advises.
        meta = {f"x-cos-meta-{name}": quote(value, safe=" ") for name, value in metadata.items()}
        return self.client.put_object(self.bucket, body, key, ContentType=content_type, Metadata=meta)["ETag"]

    def get(self, key, range):
        more = {"Range": f"bytes={range[0]}-{range[1]}"} if range else {}
        got = self.client.get_object(self.bucket, key, **more)
        return got["Body"].get_raw_stream().read(), info(got)

    def head(self, key):
        return info(self.client.head_object(self.bucket, key))

    def list(self, prefix, page_size):
        marker = ""
        while True:
            page = self.client.list_objects(self.bucket, Prefix=prefix, Marker=marker, MaxKeys=page_size, EncodingType="url")
            for entry in page.get("Contents", []):
                yield unquote(entry["Key"])
            if page["IsTruncated"] == "false":
                return
            marker = unquote(page["NextMarker"])

    def delete(self, key):
        self.client.delete_object(self.bucket, key)

    def copy(self, source, key):
        self.client.copy_object(self.bucket, key, {"Bucket": self.bucket, "Key": source, "Region": self.region})

    def multipart(self, key, parts, stop_after):
        named = {"Bucket": self.bucket, "Key": key}

        def find():
            found = self.client.list_multipart_uploads(self.bucket, Prefix=key).get("Upload", [])
            return next((upload["UploadId"] for upload in found if upload["Key"] == key), None)

        def listed(upload_id):
            page = self.client.list_parts(**named, UploadId=upload_id)
            return [(int(part["PartNumber"]), part["ETag"]) for part in page.get("Part", [])]

        return resume.upload(
            find,
            lambda: self.client.create_multipart_upload(**named)["UploadId"],
            listed,
            lambda upload_id, number, part: self.client.upload_part(**named, Body=part, PartNumber=number, UploadId=upload_id)["ETag"],
            lambda upload_id, done: self.client.complete_multipart_upload(
                **named, UploadId=upload_id, MultipartUpload={"Part": [{"PartNumber": n, "ETag": etag} for n, etag in done]}),
            parts, stop_after,
        )

    def failure(self, error):
        return (error.get_error_code(), error.get_status_code()) if isinstance(error, CosServiceError) else (None, None)


def info(headers):
    low = {name.lower(): value for name, value in headers.items() if isinstance(value, str)}
    meta = {name[len("x-cos-meta-"):]: text(value) for name, value in low.items() if name.startswith("x-cos-meta-")}
    return {
        "size": int(low["content-length"]), "etag": low["etag"], "contentType": low["content-type"], "metadata": meta,
        "crc64": low.get("x-cos-hash-crc64ecma"),
    }


def text(value):
    return unquote(value.encode("latin-1").decode("utf-8"))
