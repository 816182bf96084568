"""The saw bank against the same voice written in Faust: nanoseconds a voice and sample, and their ratio.

    python -m benchmarks.faust_voice --voices 1 4 16 32 --seconds 20

The voice: two band-limited saws, detuned, through a resonant state-variable low-pass, under an envelope. A second
envelope moves the cutoff (`swept`), or it stays (`still`). Faust compiles it through DawDreamer with LLVM at its
highest level, as scalar and as vector code; the faster one counts. Each side renders the same seconds by turns, so
that the ratio holds when the machine's speed drifts; it is the median over the turns. Time is that of the processor,
so that other programs do not count.

Both do what is natural to them. Faust's filter follows a moving cutoff every sample; ours every tick of 64 frames,
at which it costs the same as a still one. A call of our bank has its price in Python: blocks of 512 frames are those
of a stream, 8192 those of a render. Faust's saws are those that its library offers by default, whose aliases lie
higher than ours.
"""

from __future__ import annotations

import argparse
import itertools
import time
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from latentscore.dsp.ticks import TICK
from latentscore.events import NoteEvent
from latentscore.instruments.bank import BANK_KINDS, Bank
from latentscore.instruments.patches.saw import SawPatch
from latentscore.instruments.shape import Amp, Sweep
from latentscore.instruments.solo import MEDIUM
from latentscore.randomness import Random
from latentscore.theory.pitch import hertz

RATE = 44_100
LOWEST = 40
DETUNE_CENTS = 12.0
STILL, SWEPT = (
    SawPatch(
        cutoff_hz=800.0,
        key_track=0.0,
        velocity_oct=0.0,
        resonance=2.0,
        detune_cents=DETUNE_CENTS,
        sweep=Sweep(decay_s=1.5, sustain=0.3),
        sweep_oct=octaves,
        amp=Amp(attack_s=0.01, decay_s=2.0, sustain=0.7),
    )
    for octaves in (0.0, 2.0)
)

FAUST = """
import("stdfaust.lib");
voice(freq) = 0.5 * (os.sawtooth(freq * %(down)f) + os.sawtooth(freq * %(up)f))
    : fi.svf.lp(%(cutoff)s, 2.0)
    : *(en.adsr(0.01, 2.0, 0.7, 0.4, gate));
gate = 1 - button("off");
process = %(voices)s :> /(%(n)d) <: _, _;
"""

FAUST_CUTOFF = {STILL: "800", SWEPT: "800 * pow(2.0, 2.0 * en.adsr(0.001, 1.5, 0.3, 0.4, gate))"}
FAUST_FLAGS: tuple[list[str], ...] = ([], ["-vec", "-vs", "64"])

Renders = Callable[[float], float]
"""Renders that many seconds of audio and returns how long it took."""


def ours(patch: SawPatch, n_voices: int, block: int) -> Renders:
    """Return what renders held notes on a bank."""

    def render(seconds: float) -> float:
        bank = Bank(BANK_KINDS["saw"], RATE)
        random = Random(0, "benchmark")
        for k in range(n_voices):
            bank.start(0, patch.lanes(NoteEvent("pad", 0, 10**8, LOWEST + k, 0.7), MEDIUM, random))
        n_ticks = block // TICK
        controls = np.ones((n_ticks + 1, 3), dtype=np.float32)
        out = np.empty((2, block), dtype=np.float32)
        started = time.process_time()
        for k in range(round(seconds * RATE) // block):
            out[:] = 0.0
            bank.process(k * block, n_ticks, controls, out)
        spent = time.process_time() - started
        if bank.n_sounding != n_voices or np.abs(out).max() < 1e-3:
            raise RuntimeError("the bank does not sound")
        return spent

    return render


def faust(patch: SawPatch, n_voices: int, block: int, flags: list[str]) -> Renders:
    """Return what renders the same voices in Faust."""
    import dawdreamer  # pyright: ignore[reportMissingImports]  # of the extra `bench`

    engine: Any = dawdreamer.RenderEngine(RATE, block)
    processor = engine.make_faust_processor("voices")
    processor.opt_level = 4
    processor.compile_flags = flags
    spread = 2.0 ** (0.5 * DETUNE_CENTS / 1200.0)
    names = {
        "down": 1.0 / spread,
        "up": spread,
        "cutoff": FAUST_CUTOFF[patch],
        "voices": ", ".join(f"voice({hertz(LOWEST + k):.4f})" for k in range(n_voices)),
        "n": n_voices,
    }
    processor.set_dsp_string(FAUST % names)
    processor.compile()
    engine.load_graph([(processor, [])])

    def render(seconds: float) -> float:
        started = time.process_time()
        engine.render(seconds)
        spent = time.process_time() - started
        audio = engine.get_audio()
        if not np.isfinite(audio).all() or np.abs(audio[:, -RATE // 2 :]).max() < 1e-3:
            raise RuntimeError("the Faust patch does not sound")
        return spent

    return render


def compare(
    patch: SawPatch, n_voices: int, block: int, seconds: float, turns: int
) -> tuple[float, float, float]:
    """Return nanoseconds a voice-sample of the bank and of Faust, and the median ratio of the turns."""
    sides = [ours(patch, n_voices, block), *(faust(patch, n_voices, block, flags) for flags in FAUST_FLAGS)]
    for side in sides:
        side(1.0)
    spent = np.array([[side(seconds) for side in sides] for _ in range(turns)])
    mine, theirs = spent[:, 0], spent[:, 1:]
    fastest = theirs[:, np.argmin(np.median(theirs, axis=0))]
    scale = 1e9 / (n_voices * seconds * RATE)
    return (
        scale * float(np.median(mine)),
        scale * float(np.median(fastest)),
        float(np.median(fastest / mine)),
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Print a line for each kind of voice and number of voices."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--voices", type=int, nargs="+", default=[1, 4, 16, 32])
    parser.add_argument("--blocks", type=int, nargs="+", default=[512, 8192], help="frames, multiples of 64")
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--turns", type=int, default=9)
    options = parser.parse_args(arguments)
    print("block  cutoff  voices   ours ns   Faust ns   Faust / ours")
    for block, (name, patch) in itertools.product(options.blocks, (("still", STILL), ("swept", SWEPT))):
        for n_voices in options.voices:
            mine, theirs, ratio = compare(patch, n_voices, block, options.seconds, options.turns)
            print(f"{block:5}  {name}  {n_voices:7}  {mine:8.2f}  {theirs:9.2f}  {ratio:13.2f}", flush=True)


if __name__ == "__main__":
    main()
