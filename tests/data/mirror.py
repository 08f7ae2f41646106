"""A mirror on the loop-back address that misbehaves as it is told."""

import contextlib
import http.server
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass
class Mirror:
    """What it serves, how it misbehaves, and what it was asked.

    `cut` is a list: of each coming answer only so many bytes are sent, and the connection
    closed, though more were promised.
    """

    files: dict[str, bytes]
    cut: list[int] = field(default_factory=list)
    ranges: bool = True
    length: bool = True
    status: int = 0
    asked: list[str | None] = field(default_factory=list)
    address: str = ""


@contextlib.contextmanager
def serving(files: dict[str, bytes]) -> Iterator[Mirror]:
    mirror = Mirror(files)

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked = self.headers.get("Range")
            mirror.asked.append(asked)
            content = mirror.files.get(self.path.lstrip("/"))
            if content is None or mirror.status:
                self.send_error(mirror.status or 404)
                return
            start = int(asked.split("=")[1].rstrip("-")) if asked and mirror.ranges else 0
            if start >= len(content) > 0:
                self.send_error(416)
                return
            body = content[start:]
            self.send_response(206 if start else 200)
            if start:
                self.send_header(
                    "Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}"
                )
            if mirror.length:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            with contextlib.suppress(ConnectionError):
                self.wfile.write(body[: mirror.cut.pop(0)] if mirror.cut else body)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    mirror.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield mirror
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
