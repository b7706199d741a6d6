"""Other people's clients of object stores, driven by lines of JSON: one request on standard input, one answer on standard output.

Request: {client, endpoint, bucket, accessKeyId, accessKeySecret, op, ...}. `endpoint` is a test server's http://HOST:PORT, which the
client takes for its proxy, so that it asks for, and signs, the vendor's real host names. Optional: region, domain (kodo's downloads).

| op | takes | answers |
|---|---|---|
| put | key, body (base64), contentType?, metadata? | etag |
| get | key, range? [first, last] | sha256, size, etag, contentType, metadata |
| head | key | size, etag, contentType, metadata |
| list | prefix?, pageSize? | keys |
| delete | key | |
| copy | key, source | |
| multipart | key, body, partBytes, stopAfter? | parts sent now; with stopAfter the upload stays open, the next call goes on with it |
| verify | objects [{key, sha256}] | wrong [{key, ...}]: those whose bytes differ or cannot be read |

Failures: {error: {code, status, message}}.
"""
import base64
import hashlib
import importlib
import json
import os
import sys

MODULES = {
    "cos": "tencent",
    "kodo": "qiniu_native",
    "bos": "baidu",
    "ks3": "kingsoft",
    "oss2": "aliyun",
    "oss-v2": "aliyun_v2",
    "boto3": "amazon",
}
opened = {}


def client_of(request):
    os.environ["http_proxy"] = request["endpoint"]
    os.environ.pop("no_proxy", None)
    os.environ.pop("NO_PROXY", None)
    names = ("client", "endpoint", "bucket", "accessKeyId", "accessKeySecret", "region", "vendor", "domain")
    identity = tuple(request.get(name) for name in names)
    if identity not in opened:
        opened[identity] = importlib.import_module(MODULES[request["client"]]).Client(request)
    return opened[identity]


def put(client, request):
    body = base64.b64decode(request["body"])
    etag = client.put(request["key"], body, request.get("contentType", "application/octet-stream"), request.get("metadata", {}))
    return {"etag": unquote(etag)}


def get(client, request):
    body, info = client.get(request["key"], request.get("range"))
    return {"sha256": hashlib.sha256(body).hexdigest(), **info_of(info), "size": len(body)}


def head(client, request):
    return info_of(client.head(request["key"]))


def info_of(info):
    return {**info, "etag": unquote(info.get("etag"))}


def unquote(etag):
    return etag.strip('"') if etag else etag


def list_keys(client, request):
    return {"keys": list(client.list(request.get("prefix", ""), request.get("pageSize", 1000)))}


def delete(client, request):
    client.delete(request["key"])
    return {}


def copy(client, request):
    client.copy(request["source"], request["key"])
    return {}


def multipart(client, request):
    body, size = base64.b64decode(request["body"]), request["partBytes"]
    parts = [body[at:at + size] for at in range(0, len(body), size)]
    return {"parts": client.multipart(request["key"], parts, request.get("stopAfter"))}


def verify(client, request):
    wrong = []
    for item in request["objects"]:
        try:
            found = hashlib.sha256(client.get(item["key"], None)[0]).hexdigest()
            if found != item["sha256"]:
                wrong.append({"key": item["key"], "sha256": found})
        except Exception as error:
            wrong.append({"key": item["key"], "error": describe(client, error)})
    return {"wrong": wrong}


OPERATIONS = {
    "put": put, "get": get, "head": head, "list": list_keys, "delete": delete, "copy": copy, "multipart": multipart, "verify": verify,
}


def describe(client, error):
    code, status = client.failure(error)
    return {"code": code, "status": status, "message": f"{type(error).__name__}: {error}"[:500]}


def answer(request):
    client = client_of(request)
    try:
        return OPERATIONS[request["op"]](client, request)
    except Exception as error:
        return {"error": describe(client, error)}


def main():
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the SDKs print goes elsewhere
    for line in sys.stdin:
        out.write(json.dumps(answer(json.loads(line))) + "\n")
        out.flush()


if __name__ == "__main__":
    sys.stdin.reconfigure(encoding="utf-8")
    main()
