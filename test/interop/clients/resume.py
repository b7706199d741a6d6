"""How every client here goes on with an upload: by what the store says, never by its own memory."""


def upload(find, start, listed, send, complete, parts, stop_after):
    """`find` an open upload or `start` one, `send` the parts that are not `listed`, `complete` with (number, etag) pairs."""
    upload_id = find() or start()
    done = dict(listed(upload_id))
    sent = 0
    for number, part in enumerate(parts, 1):
        if number in done:
            continue
        if stop_after is not None and sent == stop_after:
            return sent
        done[number] = send(upload_id, number, part)
        sent += 1
    complete(upload_id, sorted(done.items()))
    return sent
