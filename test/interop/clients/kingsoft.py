"""ks3sdk: KSS signatures."""
import re
from io import BytesIO
from urllib.parse import quote, unquote

from ks3.connection import Connection
from ks3.exception import S3ResponseError
from ks3.multipart import MultiPartUpload

import resume


class Client:
    def __init__(self, request):
        host, port = re.match(r"http://([^:/]+):(\d+)", request["endpoint"]).groups()
        connection = Connection(
            request["accessKeyId"], request["accessKeySecret"], host="ks3-cn-beijing.ksyuncs.com", port=80, proxy_host=host,
            proxy_port=int(port), retry_policy=None, dns_cache_time=0,
        )
        self.name, self.bucket = request["bucket"], connection.get_bucket(request["bucket"])

    def put(self, key, body, content_type, metadata):
        # Headers of this SDK are text in latin-1.
        headers = {f"x-kss-meta-{name}": quote(value, safe=" ") for name, value in metadata.items()}
        done = self.bucket.new_key(key).set_contents_from_string(body, headers={"Content-Type": content_type, **headers})
        return done.headers["ETag"]

    def get(self, key, range):
        headers = {"Range": f"bytes={range[0]}-{range[1]}"} if range else {}
        found = self.bucket.new_key(key)
        found.open_read(headers=headers)
        return found.resp.read(), info(found.resp)

    def head(self, key):
        response = self.bucket.connection.make_request("HEAD", self.name, key)
        if response.status != 200:
            raise S3ResponseError(response.status, response.reason, response.read())
        return info(response)

    def list(self, prefix, page_size):
        marker = ""
        while True:
            page = self.bucket.get_all_keys(prefix=prefix, marker=marker, max_keys=page_size)
            for entry in page:
                yield entry.name
            if not page.is_truncated:
                return
            marker = page.next_marker or page[-1].name

    def delete(self, key):
        self.bucket.delete_key(key)

    def copy(self, source, key):
        self.bucket.copy_key(key, self.name, source)

    def multipart(self, key, parts, stop_after):
        def of(upload_id):
            upload = MultiPartUpload(self.bucket)
            upload.key_name, upload.id = key, upload_id
            return upload

        def find():
            found = self.bucket.get_all_multipart_uploads(prefix=key)
            return next((upload.id for upload in found if upload.key_name == key), None)

        return resume.upload(
            find,
            lambda: self.bucket.initiate_multipart_upload(key).id,
            lambda upload_id: [(part.part_number, part.etag) for part in of(upload_id).get_all_parts() or []],
            lambda upload_id, number, part: of(upload_id).upload_part_from_file(BytesIO(part), number).getheader("ETag"),
            lambda upload_id, done: of(upload_id).complete_upload(),
            parts, stop_after,
        )

    def failure(self, error):
        return (error.error_code, error.status) if isinstance(error, S3ResponseError) else (None, None)


def info(response):
    low = {name.lower(): value for name, value in response.headers.items()}
    meta = {name[len("x-kss-meta-"):]: unquote(value) for name, value in low.items() if name.startswith("x-kss-meta-")}
    return {
        "size": int(low["content-length"]), "etag": low["etag"], "contentType": low["content-type"], "metadata": meta,
        "crc64": low.get("x-kss-checksum-crc64ecma"),
    }
