"""bce-python-sdk: bce-auth-v1 at Baidu's native door."""
import re
from io import BytesIO

from baidubce.auth.bce_credentials import BceCredentials
from baidubce.bce_client_configuration import BceClientConfiguration
from baidubce.exception import BceHttpClientError, BceServerError
from baidubce.retry.retry_policy import NoRetryPolicy
from baidubce.services.bos.bos_client import BosClient

import resume


class Client:
    def __init__(self, request):
        host, port = re.match(r"http://([^:/]+):(\d+)", request["endpoint"]).groups()
        config = BceClientConfiguration(
            credentials=BceCredentials(request["accessKeyId"], request["accessKeySecret"]), endpoint="http://bj.bcebos.com",
            retry_policy=NoRetryPolicy(), proxy_host=host, proxy_port=int(port),
        )
        self.bucket, self.client = request["bucket"], BosClient(config)

    def put(self, key, body, content_type, metadata):
        done = self.client.put_object_from_string(self.bucket, key, body, content_type=content_type, user_metadata=metadata or None)
        return done.metadata.etag

    def get(self, key, range):
        got = self.client.get_object(self.bucket, key, range=range)
        return got.data.read(), info(got)

    def head(self, key):
        return info(self.client.get_object_meta_data(self.bucket, key))

    def list(self, prefix, page_size):
        marker = None
        while True:
            page = self.client.list_objects(self.bucket, prefix=prefix, marker=marker, max_keys=page_size)
            for entry in page.contents:
                yield entry.key
            if not page.is_truncated:
                return
            marker = page.next_marker

    def delete(self, key):
        self.client.delete_object(self.bucket, key)

    def copy(self, source, key):
        self.client.copy_object(self.bucket, source, self.bucket, key)

    def multipart(self, key, parts, stop_after):
        def find():
            found = self.client.list_multipart_uploads(self.bucket, prefix=key).uploads
            return next((upload.upload_id for upload in found if upload.key == key), None)

        return resume.upload(
            find,
            lambda: self.client.initiate_multipart_upload(self.bucket, key).upload_id,
            lambda upload_id: [(part.part_number, part.etag) for part in self.client.list_all_parts(self.bucket, key, upload_id)],
            lambda upload_id, number, part: self.client.upload_part(
                self.bucket, key, upload_id, number, len(part), BytesIO(part)).metadata.etag,
            lambda upload_id, done: self.client.complete_multipart_upload(
                self.bucket, key, upload_id, [{"partNumber": n, "eTag": etag} for n, etag in done]),
            parts, stop_after,
        )

    def failure(self, error):
        last = error.last_error if isinstance(error, BceHttpClientError) else error
        return (last.code, last.status_code) if isinstance(last, BceServerError) else (None, None)


def info(response):
    found = response.metadata.__dict__
    meta = {name[len("bce_meta_"):]: value for name, value in found.items() if name.startswith("bce_meta_")}
    return {
        "size": int(found["content_length"]), "etag": found["etag"], "contentType": found["content_type"], "metadata": meta,
        "crc32": found.get("bce_content_crc_32"),
    }
