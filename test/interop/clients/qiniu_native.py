"""qiniu: native lists, looks, signed downloads from the bucket's domain, and uploads in parts (version 2)."""
from io import BytesIO
from urllib.parse import quote

import requests
from qiniu import Auth, BucketManager
from qiniu.http.region import Region
from qiniu.services.storage.uploaders import ResumeUploaderV2
from qiniu.utils import urlsafe_base64_encode

import resume

PART_BYTES = 4 * 1024 * 1024


class Failed(Exception):
    def __init__(self, status, text):
        super().__init__(f"{status} {text}")
        self.status = status


class Client:
    def __init__(self, request):
        self.bucket, self.domain = request["bucket"], request["domain"]
        self.auth = Auth(request["accessKeyId"], request["accessKeySecret"])
        self.regions = [Region.from_region_id("z0", preferred_scheme="http")]
        self.manager = BucketManager(self.auth, regions=self.regions, preferred_scheme="http")

    def put(self, key, body, content_type, metadata):
        uploader = ResumeUploaderV2(bucket_name=self.bucket, auth=self.auth, regions=self.regions, preferred_scheme="http")
        done, response = uploader.upload(
            up_token=self.auth.upload_token(self.bucket, key), key=key, file_path=None, data=BytesIO(body), data_size=len(body),
            mime_type=content_type, metadata={f"x-qn-meta-{name}": value for name, value in metadata.items()}, file_name="file",
            part_size=PART_BYTES, modify_time=1,
        )
        return checked(done, response)["hash"]

    def get(self, key, range):
        headers = {"Range": f"bytes={range[0]}-{range[1]}"} if range else {}
        response = self.ask("get", key, headers)
        return response.content, info(response)

    def head(self, key):
        checked(*self.manager.stat(self.bucket, key))
        return info(self.ask("head", key, {}))

    def ask(self, method, key, headers):
        # Slashes of a key are encoded too, so that none that comes first or twice is lost.
        url = self.auth.private_download_url(f"http://{self.domain}/{quote(key, safe='')}")
        response = getattr(requests, method)(url, headers={"Accept-Encoding": "identity", **headers})
        if response.status_code >= 400:
            raise Failed(response.status_code, response.text)
        return response

    def list(self, prefix, page_size):
        marker = None
        while True:
            page, end, response = self.manager.list(self.bucket, prefix=prefix or None, marker=marker, limit=page_size)
            for entry in checked(page, response)["items"]:
                yield entry["key"]
            if end:
                return
            marker = page["marker"]

    def delete(self, key):
        checked(*self.manager.delete(self.bucket, key))

    def multipart(self, key, parts, stop_after):
        """The steps of the same protocol one by one: the SDK itself goes on only by its own memory. `open_uploads` is that here."""
        token = self.auth.upload_token(self.bucket, key)
        base = f"http://up-z0.qiniup.com/buckets/{self.bucket}/objects/{urlsafe_base64_encode(key)}/uploads"
        headers = {"Authorization": f"UpToken {token}"}

        def call(method, path, **more):
            response = requests.request(method, base + path, headers={**headers, **more.pop("headers", {})}, **more)
            if response.status_code != 200:
                raise Failed(response.status_code, response.text)
            return response.json()

        def start():
            self.open_uploads[key] = call("POST", "")["uploadId"]
            return self.open_uploads[key]

        return resume.upload(
            lambda: self.open_uploads.get(key),
            start,
            lambda upload_id: [(part["partNumber"], part["etag"]) for part in call("GET", f"/{upload_id}")["parts"]],
            lambda upload_id, number, part: call("PUT", f"/{upload_id}/{number}", data=part)["etag"],
            lambda upload_id, done: call(
                "POST", f"/{upload_id}", json={"parts": [{"partNumber": n, "etag": etag} for n, etag in done]}),
            parts, stop_after,
        )

    open_uploads = {}

    def failure(self, error):
        return (None, error.status) if isinstance(error, Failed) else (None, None)


def checked(result, response):
    if response.status_code // 100 != 2:
        raise Failed(response.status_code, response.text_body)
    return result


def info(response):
    meta = {
        name[len("x-qn-meta-"):].lower(): value.encode("latin-1").decode("utf-8")
        for name, value in response.headers.items() if name.lower().startswith("x-qn-meta-")
    }
    headers = response.headers
    return {
        "size": int(headers["Content-Length"]), "etag": headers["ETag"], "contentType": headers["Content-Type"], "metadata": meta,
    }
