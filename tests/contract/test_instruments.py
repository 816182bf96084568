"""Every voice of every registered instrument keeps the same contract, whatever it sounds like."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from latentscore.dsp.ticks import TICK
from latentscore.dsp.weave import unwoven
from latentscore.errors import InvalidConfigError
from latentscore.events import LAYERS, NoteEvent
from latentscore.instruments.instrument import Touch, instrument, names
from latentscore.instruments.solo import MEDIUM, Soloist, play
from latentscore.instruments.units import gain

SHARP = MEDIUM._replace(attack_s=0.003)
SOFT = MEDIUM._replace(attack_s=0.4)
VOICES = [
    (name, voice) for name in names() for voice, patches in enumerate(instrument(name).voices) if patches
]
IDS = [f"{name}-{voice}" for name, voice in VOICES]
each_voice = pytest.mark.parametrize(("name", "voice"), VOICES, ids=IDS)

_PITCH = {"bass": 40.0, "pad": 62.0, "melody": 69.0, "rhythm": 60.0, "texture": 72.0, "accent": 74.0}


def note(name: str, voice: int, onset: int = 100, length: int = 22050, velocity: float = 0.7) -> NoteEvent:
    layer = name.split(".")[0]
    pitch = _PITCH[layer] if instrument(name).pitched else 60.0
    return NoteEvent(layer, onset, length, pitch, velocity, voice)


def render(
    name: str, events: list[NoteEvent], ticks: list[int], touch: Touch = MEDIUM, seed: int = 0
) -> NDArray[np.float32]:
    """Play through the given blocks, without the instrument's gain."""
    soloist = Soloist(instrument(name), touch, seed)
    soloist.start(events)
    return np.concatenate([soloist.process(n) for n in ticks], axis=1)


def test_the_layers_have_the_promised_number_of_instruments() -> None:
    counts = {layer: sum(name.startswith(f"{layer}.") for name in names()) for layer in LAYERS}
    assert counts == {"bass": 8, "pad": 7, "melody": 10, "rhythm": 10, "texture": 9, "accent": 10}


def test_an_unknown_instrument_or_voice_is_refused_and_the_valid_ones_are_named() -> None:
    with pytest.raises(InvalidConfigError, match=r"bass\.drone"):
        instrument("bass.drona")
    with pytest.raises(InvalidConfigError, match=r"voice of rhythm\.brush"):
        instrument("rhythm.brush").voice(1)
    with pytest.raises(InvalidConfigError):
        instrument("bass.drone").voice(-1)


@pytest.mark.parametrize("name", names())
def test_voices_are_named(name: str) -> None:
    found = instrument(name)
    assert len(found.voice_names) == len(found.voices)
    assert all(
        bool(label) == bool(patches) for label, patches in zip(found.voice_names, found.voices, strict=True)
    )


@each_voice
@pytest.mark.parametrize("touch", [SHARP, MEDIUM, SOFT], ids=["sharp", "medium", "soft"])
def test_a_note_sounds_stays_in_range_and_ends(name: str, voice: int, touch: Touch) -> None:
    soloist = Soloist(instrument(name), touch)
    soloist.start([note(name, voice)])
    audio = np.concatenate([soloist.process(128) for _ in range(16)], axis=1)
    assert np.isfinite(audio).all()
    highest = 2.0 if touch is SHARP else 1.0  # a sharp attack starts above its level
    assert 0.01 < float(np.abs(audio).max()) < highest
    assert gain(instrument(name).gain_db) < 4.0
    for _ in range(300):  # up to a minute: bells are patient
        soloist.process(128)
        if not soloist.n_sounding:
            return
    pytest.fail(f"{soloist.n_sounding} lanes still sound after a minute")


@each_voice
def test_nothing_sounds_before_the_note_nor_without_one(name: str, voice: int) -> None:
    before = render(name, [note(name, voice, onset=1000)], [40])
    assert not before[:, :1000].any()
    assert before[:, 1000:].any()
    assert not render(name, [], [3]).any()


@each_voice
def test_any_partition_gives_the_same_samples(name: str, voice: int) -> None:
    events = [
        note(name, voice),
        note(name, voice, 5000, 3000, 0.9),
        note(name, voice, 5001),
        note(name, voice, 9037),
    ]
    whole = render(name, events, [200, 50])
    generator = np.random.default_rng(5)
    parts: list[int] = []
    while (left := 250 - sum(parts)) > 0:
        parts.append(min(left, int(generator.choice([1, 1, 2, 3, 7, 30]))))
    assert np.array_equal(whole, render(name, events, parts))


@each_voice
def test_a_later_start_is_the_same_sound_later(name: str, voice: int) -> None:
    """Starts are exact to the frame. Envelopes are straight within a tick, so they differ by a little."""
    shift = 37
    early = render(name, [note(name, voice, onset=640)], [120])
    late = render(name, [note(name, voice, onset=640 + shift)], [120])
    assert np.flatnonzero(early.any(axis=0))[0] + shift == np.flatnonzero(late.any(axis=0))[0]
    if any(getattr(patch, field, 0.0) for patch in instrument(name).voice(voice) for field in OF_THE_MOMENT):
        return
    a, b = early[:, 640:6000], late[:, 640 + shift : 6000 + shift]
    assert np.abs(a - b).max() < 0.15 * np.abs(a).max()
    assert np.sqrt(np.mean((a - b) ** 2)) < 0.12 * np.sqrt(np.mean(a**2))


OF_THE_MOMENT = ("noise_level", "breath", "flutter_amp", "flutter_oct")
"""Fields of patches whose chances belong to the moment, not to the note."""


@each_voice
def test_seeds_change_the_chances_of_a_note_but_not_its_loudness(name: str, voice: int) -> None:
    one, again = (render(name, [note(name, voice)], [128, 128], seed=1) for _ in range(2))
    assert np.array_equal(one, again)
    several = [one] + [render(name, [note(name, voice)], [128, 128], seed=seed) for seed in range(2, 8)]
    levels = [float(np.sqrt(np.mean(audio**2))) for audio in several]
    assert 20.0 * np.std(np.log10(levels)) < 3.5


@each_voice
def test_no_click_where_a_note_starts(name: str, voice: int) -> None:
    """It starts from rest, and its first step is no larger than those that the sound makes anyway."""
    audio = render(name, [note(name, voice, onset=1017, length=20000)], [128] * 6, touch=SHARP)
    steps = np.abs(np.diff(audio, axis=1)).max(axis=0)
    assert np.abs(audio[:, 1017]).max() < 0.05 * np.abs(audio).max()
    assert steps[1016] <= steps.max() * 0.25


@each_voice
def test_no_click_where_a_note_ends(name: str, voice: int) -> None:
    """Letting go bends the sound away from that of a longer note without a step of its own."""
    short, long = (
        render(name, [note(name, voice, 1017, length)], [128] * 4, touch=SHARP) for length in (15000, 10**8)
    )
    change = np.abs(np.diff(long - short, axis=1)).max(axis=0)
    assert not change[:15900].any()  # nothing happens before its end
    assert change.max() <= 1.2 * np.abs(np.diff(long, axis=1)).max()


@pytest.mark.parametrize(
    "name", ["bass.sustained", "pad.dark_sustained", "accent.bells", "melody.ornamental"]
)
def test_crowding_lets_the_oldest_notes_fade_and_cuts_none(name: str) -> None:
    """What is missing from the sum of all notes played alone is smooth: a cut would be a step in it."""
    events = [note(name, 0, onset=100 + 431 * k, length=10**8) for k in range(130)]
    crowded = Soloist(instrument(name))
    crowded.start(events)
    audio = np.concatenate([crowded.process(128) for _ in range(9)], axis=1).astype(np.float64)
    patches = instrument(name).voice(0)
    from latentscore.instruments.bank import BANK_KINDS, Bank
    from latentscore.randomness import Random

    random, alone = Random(0, "solo", name), np.zeros_like(audio)
    controls = np.ones((129, 3), dtype=np.float32)
    for event in events:
        for patch in patches:
            bank = Bank(BANK_KINDS[patch.bank], 44100)
            bank.start(event.onset, patch.lanes(event, MEDIUM, random))
            for block in range(9):
                out = np.zeros((2, 128 * TICK), dtype=np.float32)
                bank.process(block * 128 * TICK, 128, controls, out)
                alone[:, block * 128 * TICK : (block + 1) * 128 * TICK] += unwoven(out)
    missing = alone - audio
    assert np.abs(missing).max() > 0.05 * np.abs(audio).max()  # some were stolen
    one = np.abs(render(name, events[:1], [128])).max()
    assert np.abs(np.diff(missing, n=2, axis=1)).max() < 0.2 * one  # a cut would be a bend of its full height


@pytest.mark.parametrize("name", names())
def test_styles_of_a_layer_do_not_share_a_sound(name: str) -> None:
    layer = name.split(".")[0]
    mine = _sounds(name)
    for other in names():
        if other != name and other.startswith(f"{layer}."):
            assert mine - _sounds(other), f"{name} has no sound that {other} has not"
            assert layer == "rhythm" or not mine & _sounds(other)  # kits may share single drums


def _sounds(name: str) -> set[int]:
    return {id(patch) for patches in instrument(name).voices for patch in patches}


def test_the_touch_is_read_from_a_config() -> None:
    from latentscore.config import MusicConfig

    config = MusicConfig(attack="soft", brightness="very_bright", grain="gritty", space="dry")
    assert Touch.of(config, 48000) == Touch(48000, 0.4, 2.0, 2.0, 0.45)


@pytest.mark.parametrize("name", [name for name in names() if instrument(name).pitched])
def test_the_sound_does_not_depend_on_the_sample_rate(name: str) -> None:
    voice = next(k for k, patches in enumerate(instrument(name).voices) if patches)
    centroids: list[float] = []
    for rate in (44100, 48000):
        event = note(name, voice, onset=0, length=rate // 2)
        audio = play(instrument(name), [event], 1.5, MEDIUM._replace(sample_rate=rate))
        power = np.abs(np.fft.rfft(audio.mean(axis=0))) ** 2
        hertz = np.fft.rfftfreq(audio.shape[1], 1.0 / rate)
        centroids.append(float(np.exp(np.sum(np.log(hertz[1:]) * power[1:]) / np.sum(power[1:]))))
    assert centroids[0] == pytest.approx(centroids[1], rel=0.1)


def test_controls_move_cutoff_pitch_and_level() -> None:
    found = instrument("pad.warm_slow")

    def loudness_and_centroid(*controls: float) -> tuple[float, float]:
        soloist = Soloist(found)
        soloist.start([note("pad.warm_slow", 0, onset=0, length=88200)])
        audio = np.concatenate([soloist.process(128, controls) for _ in range(6)], axis=1)[0, 8192:]
        power = np.abs(np.fft.rfft(audio)) ** 2
        hertz = np.fft.rfftfreq(audio.size, 1.0 / 44100)
        return float(np.sqrt(np.mean(audio**2))), float(np.sum(hertz * power) / np.sum(power))

    level, centroid = loudness_and_centroid(1.0, 1.0, 1.0)
    assert loudness_and_centroid(1.0, 1.0, 0.5)[0] == pytest.approx(0.5 * level, rel=0.01)
    assert loudness_and_centroid(2.5, 1.0, 1.0)[1] > 1.1 * centroid
    assert loudness_and_centroid(1.0, 1.5, 1.0)[1] > 1.1 * centroid


def test_a_layer_is_let_go_within_thirty_milliseconds() -> None:
    soloist = Soloist(instrument("pad.warm_slow"))
    soloist.start([note("pad.warm_slow", 0, 0, 10**8), note("pad.warm_slow", 0, 60_000, 10**8)])
    soloist.process(128)
    bank = soloist.banks["saw"]
    bank.release(300 * TICK + 5)
    audio = np.concatenate([soloist.process(n) for n in (128, 100, 28)], axis=1)[:, : 256 * TICK]
    held, gone = audio[:, : 172 * TICK], audio[:, 172 * TICK + round(0.03 * 44100) :]
    assert np.abs(gone).max() < 2e-3 * np.abs(held).max()
    soloist.process(128)
    assert not bank.active  # neither sounding nor waiting: the note queued for later is forgotten
