"""Warm-up: compiles or loads every kernel before the first sound, and says where compiled code is kept."""

from __future__ import annotations

import functools
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import numpy as np

from latentscore.config.model import MusicConfig
from latentscore.dsp import movement
from latentscore.dsp.reverb import reverb
from latentscore.dsp.strip import N_CONTROLS, returns
from latentscore.dsp.ticks import TICK
from latentscore.effects.chorus import Chorus
from latentscore.effects.echo import Echo
from latentscore.effects.reverb import Reverb
from latentscore.engine.controls import layer_controls
from latentscore.engine.master import Master
from latentscore.engine.mix import mix_targets
from latentscore.engine.ramps import Ramps
from latentscore.engine.renderer import Renderer
from latentscore.engine.strip import Buses, Strip
from latentscore.events import LAYERS
from latentscore.instruments.bank import BANK_KINDS, Bank
from latentscore.progress import ProgressLine


@functools.cache
def warm() -> None:
    """Have every kernel ready: compiled the first time on a machine, loaded from the disk cache after that.

    The first time a second process compiles half of them, as one process can only use one core for that.
    """
    helper = _start_helper() if is_cold() else None
    _warm_voices()
    _warm_mix()
    if helper is not None:
        helper.wait()
    _warm_effects()
    Renderer(MusicConfig(), seed=0, sample_rate=44100).read(TICK)


def warm_up(line: ProgressLine) -> None:
    """Compile on a new machine, and say so; elsewhere kernels load as they are first called."""
    if is_cold():
        line.say("Compiling the synthesizer, once on this machine …")
        warm()


@functools.cache
def warm_if_cold() -> None:
    """As `warm_up`, with a line of its own, looked at once a process: for streams, which ask at every block."""
    with ProgressLine() as line:
        warm_up(line)


def cache_folder() -> Path | None:
    """The folder of the compiled kernels, or None if none is writable."""
    # numba's dispatcher names it in `stats`; a kernel without a cache has no path.
    path = getattr(getattr(cast(Any, reverb), "stats", None), "cache_path", None)
    return Path(path) if path else None


def is_cold() -> bool:
    """Whether there is a cache, and nothing in it yet."""
    folder = cache_folder()
    return folder is not None and not any(folder.glob("reverb.reverb-*.nbi"))


def _start_helper() -> subprocess.Popen[bytes] | None:
    command = [sys.executable, "-m", "latentscore.engine.warmup"]
    try:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    except OSError:  # no interpreter to start, as in a frozen program: this process then compiles all
        return None


def _warm_voices() -> None:
    """Run the kernel of the voice banks, and the chorus, on a tick of next to nothing."""
    controls, silence = np.ones((2, 3), dtype=np.float32), np.zeros((2, TICK), dtype=np.float32)
    for kind in BANK_KINDS.values():
        Bank(kind, 44100).process(0, 1, controls, silence)
    Chorus(44100).process(silence + np.float32(1e-3), np.ones((2, 2), dtype=np.float32))


def _warm_mix() -> None:
    """Run the kernels of the controls and of the returns on a tick of nothing."""
    still, n_curves = np.zeros(2, dtype=np.float32), len(LAYERS) * movement.N_CURVES
    state, words = np.zeros((movement.STATE_SIZE, n_curves), np.float32), np.zeros(n_curves, np.uint32)
    curves = np.zeros((2, n_curves), dtype=np.float32)
    movement.movement(state, words, still, still, np.float32(44100), curves)
    targets = mix_targets(MusicConfig(), 44100) | {f"{layer}_fader": 1.0 for layer in LAYERS}
    table = curves.reshape(2, len(LAYERS), movement.N_CURVES)
    layer_controls(Ramps(targets).block(0, 1), table, LAYERS, [1.0] * len(LAYERS))
    returns(still, *np.zeros((4, TICK), dtype=np.float32))


def _warm_effects() -> None:
    """Run the kernels of the strips, the sends and the master on a tick of nothing: half of all, for the helper."""
    silence = np.zeros((2, TICK), dtype=np.float32)
    strip = np.zeros((2, N_CONTROLS), dtype=np.float32)
    Strip(44100, 0.01).process(0, strip, silence.copy(), silence.copy(), Buses(*silence[None].repeat(3, 0)))
    for effect in (Echo(44100), Reverb(44100)):
        effect.process(silence + np.float32(1e-3), np.ones((2, 3), dtype=np.float32), silence.copy())
    Master(44100).process(silence, np.ones(2, dtype=np.float32), silence.copy())


if __name__ == "__main__":
    _warm_effects()
