"""UPYUN's own Python client: does what it is told, one step after the other, and prints what came of each."""
import base64
import hashlib
import io
import json
import sys

import upyun

told = json.load(sys.stdin)
up = upyun.UpYun(told["service"], told["operator"], told["password"], timeout=20, endpoint=told["endpoint"])


def attempt(step):
    verb, key = step["do"], step.get("key", "/")
    if verb == "put":
        return up.put(key, base64.b64decode(step["bytes"]), checksum=step.get("checksum", False), headers=step.get("headers"))
    if verb == "get":
        return base64.b64encode(read(key)).decode()
    if verb == "info":
        return up.getinfo(key)
    if verb == "list":
        return up.getlist(key)
    if verb == "pages":
        return pages(key, step["limit"])
    if verb == "mkdir":
        return up.mkdir(key)
    if verb == "delete":
        return up.delete(key)
    if verb == "parts":
        return parts(key, base64.b64decode(step["bytes"]), step["part_size"], step["order"])
    raise ValueError(verb)


def read(key):
    content = io.BytesIO()
    up.get(key, content)
    return content.getvalue()


def pages(key, limit):
    names, begin = [], None
    while True:
        page = up.get_list_with_iter(key, limit=limit, begin=begin)
        names.append([entry["name"] for entry in page["files"]])
        begin = page["iter"]
        if begin == "g2gCZAAEbmV4dGQAA2VvZg":
            return names


def parts(key, content, part_size, order):
    uploader = up.init_multi_uploader(key, part_size=part_size, file_size=len(content))
    for part in order:
        uploader.upload(part, content[part * part_size : (part + 1) * part_size])
    return uploader.complete(hashlib.md5(content).hexdigest())


def outcome(step):
    try:
        return {"ok": attempt(step)}
    except upyun.UpYunServiceException as error:
        return {"status": error.status, "code": json.loads(error.err or "{}").get("code")}


print(json.dumps([outcome(step) for step in told["steps"]]))
