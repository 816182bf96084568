"""What reading a vibe through LiteLLM adds to the model's own latency, against a server on this machine.

    python -m benchmarks.llm_overhead [--runs 40] [--latency 0.2]

The server waits a given time before it answers. Measured is what is left of the time from the call to the config:
prompt, client, parsing and threads. Importing LiteLLM, once a process, is told apart.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from latentscore.vibe import prompt
from latentscore.vibe.content import aresolve, resolve
from latentscore.vibe.external.spec import ExternalModelSpec
from latentscore.vibe.models import warm_up


class Server(ThreadingHTTPServer):
    """Answers every question with the same config after `latency_s` seconds."""

    daemon_threads = True

    def __init__(self, latency_s: float) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.latency_s = latency_s
        message = {"role": "assistant", "content": prompt.example_answer(prompt.examples()[0])}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
        body = {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [choice],
            "usage": usage,
        }
        self.body = json.dumps(body).encode()


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_POST(self) -> None:
        """Answer a question."""
        self.rfile.read(int(self.headers["Content-Length"]))
        time.sleep(self.server.latency_s)
        head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(self.server.body)}\r\n\r\n"
        self.wfile.write(head.encode() + self.server.body)


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--latency", type=float, default=0.2)
    arguments = parser.parse_args()
    server = Server(arguments.latency)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_address[1]}/v1"
    spec = ExternalModelSpec("openai/m", api_key="sk-none", cache=False, litellm_kwargs={"api_base": url})
    started = time.perf_counter()
    asyncio.run(warm_up(spec))
    print(f"importing LiteLLM, once a process:  {time.perf_counter() - started:.1f} s")

    def overhead_ms() -> float:
        started = time.perf_counter()
        resolve("rain on a tin roof", model=spec)
        return 1000 * (time.perf_counter() - started - arguments.latency)

    async def async_overheads_ms() -> list[float]:
        found: list[float] = []
        for _ in range(arguments.runs):
            started = time.perf_counter()
            await aresolve("rain on a tin roof", model=spec)
            found.append(1000 * (time.perf_counter() - started - arguments.latency))
        return found

    print(f"overhead of the first question:     {overhead_ms():.0f} ms")
    for name, found in (
        ("resolve", [overhead_ms() for _ in range(arguments.runs)]),
        ("aresolve", asyncio.run(async_overheads_ms())),
    ):
        middle, worst = statistics.median(found), statistics.quantiles(found, n=20)[-1]
        print(
            f"overhead of {name:9} {arguments.runs} times:  median {middle:.1f} ms, 95 % below {worst:.1f} ms"
        )


if __name__ == "__main__":
    main()
