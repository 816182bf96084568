"""A model hub on this machine: enough of the Hugging Face protocol for its real client, with faults on demand."""

from __future__ import annotations

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

COMMIT = "c0ffee" * 6 + "0000"


class HubServer:
    """Serves the files of a folder as the repository `owner/name`.

    Attributes:
        break_at: When so many bytes of the weights were sent the connection is dropped, once.
        withheld: Whether the weights are not to be had.
        corrupt: How many more times the weights arrive with a wrong byte.
        gated: Whether the licence was not accepted.
        fetched: Path and first byte of every file that was asked for.
    """

    def __init__(self, folder: Path, repository: str = "owner/name") -> None:
        self.files = {path.name: path.read_bytes() for path in folder.iterdir()}
        self.repository = repository
        self.break_at: int | None = None
        self.withheld = False
        self.corrupt = 0
        self.gated = False
        self.fetched: list[tuple[str, int]] = []
        self._http = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._http.daemon_threads = True
        self._http.hub = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    def __enter__(self) -> HubServer:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._http.server_address[1]}"

    def tree(self) -> list[dict[str, Any]]:
        """What the hub tells of every file: weights by SHA-256, the rest by git's hash."""
        return [self._told(name, data) for name, data in self.files.items()]

    def _told(self, name: str, data: bytes) -> dict[str, Any]:
        git = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest()
        told: dict[str, Any] = {"type": "file", "path": name, "size": len(data), "oid": git}
        if name.endswith((".safetensors", ".bin")):
            sha256 = hashlib.sha256(data).hexdigest()
            told["lfs"] = {"oid": sha256, "size": len(data), "pointerSize": 134}
        return told

    def etag(self, name: str) -> str:
        """The hash by which the client names a file's content."""
        told = self._told(name, self.files[name])
        return str(told.get("lfs", told)["oid"])


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def hub(self) -> HubServer:
        return self.server.hub  # type: ignore[attr-defined]

    def log_message(self, *_: object) -> None:
        """Keep quiet."""

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def _answer(self, with_body: bool) -> None:
        path, hub = self.path.partition("?")[0], self.hub
        api, files = f"/api/models/{hub.repository}", f"/{hub.repository}/resolve/{COMMIT}/"
        if not path.startswith((api, files)):
            self._json(404, {"error": "Repository not found"}, {"X-Error-Code": "RepoNotFound"})
        elif hub.gated:
            self._json(403, {"error": "Access is restricted"}, {"X-Error-Code": "GatedRepo"})
        elif path.startswith(f"{api}/tree/"):
            self._json(200, hub.tree())
        elif path.startswith(api):
            siblings = [{"rfilename": name} for name in hub.files]
            self._json(200, {"id": hub.repository, "sha": COMMIT, "siblings": siblings})
        elif path.removeprefix(files) in hub.files:
            self._file(path.removeprefix(files), with_body)
        else:
            self._json(404, {"error": "Entry not found"}, {"X-Error-Code": "EntryNotFound"})

    def _file(self, name: str, with_body: bool) -> None:
        hub, data = self.hub, self.hub.files[name]
        is_weights = name.endswith(".safetensors")
        if with_body and is_weights and hub.withheld:
            self._json(404, {"error": "Entry not found"}, {"X-Error-Code": "EntryNotFound"})
            return
        asked = self.headers.get("Range")
        first = int(asked.removeprefix("bytes=").partition("-")[0]) if asked else 0
        if with_body:
            hub.fetched.append((name, first))
            if is_weights and hub.corrupt:
                hub.corrupt -= 1
                data = data[:-1] + bytes([data[-1] ^ 1])
        self.send_response(206 if asked else 200)
        self.send_header("ETag", f'"{hub.etag(name)}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Length", str(len(data) - first))
        if asked:
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.end_headers()
        if not with_body:
            return
        if is_weights and hub.break_at is not None:
            self.wfile.write(data[first : hub.break_at])
            self.wfile.flush()
            hub.break_at, self.close_connection = None, True
            self.connection.close()
            return
        self.wfile.write(data[first:])

    def _json(self, code: int, content: object, headers: dict[str, str] | None = None) -> None:
        body = json.dumps(content).encode()
        self.send_response(code)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
