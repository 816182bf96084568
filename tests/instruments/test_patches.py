"""The numbers of a patch are what one measures in its sound: pitch, decay, attack, harmonics."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from latentscore.dsp.loudness import integrated_loudness
from latentscore.events import NoteEvent
from latentscore.instruments.banks import lanes
from latentscore.instruments.banks.lanes import column
from latentscore.instruments.instrument import Instrument, Patch
from latentscore.instruments.patches.fm import FmPatch
from latentscore.instruments.patches.modal import ModalPatch, Partial
from latentscore.instruments.patches.saw import SawPatch
from latentscore.instruments.patches.string import StringPatch
from latentscore.instruments.shape import Amp
from latentscore.instruments.solo import MEDIUM, play
from latentscore.instruments.units import fade_oct, fall_co, makeup, rise_oct
from latentscore.randomness import Random
from latentscore.theory.pitch import hertz

RATE = 44100
Mono = NDArray[np.float64]


def render(patch: Patch, pitch: float, seconds: float, length_s: float = 1e4, rate: int = RATE) -> Mono:
    event = NoteEvent("melody", 0, round(length_s * rate), pitch, 0.7)
    touch = MEDIUM._replace(sample_rate=rate)
    return play(Instrument("test.one", ((patch,),), 0.0), [event], seconds, touch)[0].astype(np.float64)


def demodulated(audio: Mono, frequency: float, rate: int = RATE) -> NDArray[np.complex128]:
    """The partial near `frequency` as a slowly turning complex number, each 20 ms from 0.1 s on."""
    turned = audio * np.exp(-2j * np.pi * frequency * np.arange(audio.size) / rate)
    width, hop = round(0.2 * rate), round(0.02 * rate)
    window = np.hanning(width)
    starts = range(round(0.1 * rate), audio.size - width, hop)
    return np.array([np.sum(turned[start : start + width] * window) for start in starts])


def cents_off(audio: Mono, frequency: float, rate: int = RATE) -> float:
    angle = np.unwrap(np.angle(demodulated(audio, frequency, rate)))
    slope = np.polyfit(np.arange(angle.size) * 0.02, angle, 1)[0] / (2.0 * np.pi)
    return 1200.0 * float(np.log2(1.0 + slope / frequency))


def t60_s(audio: Mono, frequency: float, rate: int = RATE) -> float:
    level = np.log(np.abs(demodulated(audio, frequency, rate)))
    return -6.9078 / float(np.polyfit(np.arange(level.size) * 0.02, level, 1)[0])


@pytest.mark.parametrize("rate", [44100, 48000])
@pytest.mark.parametrize("frequency", [80.0, 147.0, 262.0, 523.0, 988.0, 1480.0, 2000.0])
def test_a_string_is_in_tune_and_rings_as_long_as_it_says(frequency: float, rate: int) -> None:
    patch = StringPatch(t60_s=2.6, high_t60_s=0.5, key_decay=0.0)
    audio = render(patch, 69.0 + 12.0 * np.log2(frequency / 440.0), 1.5, rate=rate)
    assert abs(cents_off(audio, frequency, rate)) < 1.0
    assert t60_s(audio, frequency, rate) == pytest.approx(2.6, rel=0.05)


def test_a_strings_harmonics_die_sooner() -> None:
    audio = render(StringPatch(t60_s=3.0, high_t60_s=0.5), 48.0, 1.5)
    assert t60_s(audio, 5.0 * hertz(48.0)) < 0.6 * t60_s(audio, hertz(48.0))


@pytest.mark.parametrize(("ratio", "seconds"), [(1.0, 0.6), (1.0, 4.0), (2.756, 1.5), (9.2, 1.0)])
def test_a_partial_decays_as_long_as_it_says_and_is_in_tune(ratio: float, seconds: float) -> None:
    patch = ModalPatch((Partial(ratio, 1.0, seconds),), amp=Amp(attack_s=0.001, rings=True), jitter=0.0)
    audio = render(patch, 60.0, min(1.2, 1.2 * seconds))
    assert t60_s(audio, ratio * hertz(60.0)) == pytest.approx(seconds, rel=0.02)
    assert abs(cents_off(audio, ratio * hertz(60.0))) < 1.0


def envelope(patch: FmPatch, seconds: float, length_s: float) -> NDArray[np.float64]:
    """Amplitude of a sine of 2 kHz, from the analytic signal."""
    from scipy.signal import hilbert

    return np.abs(
        np.asarray(hilbert(render(patch, 69.0 + 12.0 * np.log2(2000.0 / 440.0), seconds, length_s)))
    )


@pytest.mark.parametrize("attack_s", [0.01, 0.04, 0.4])
def test_an_attack_takes_the_time_it_says(attack_s: float) -> None:
    level = envelope(FmPatch(amp=Amp(attack_s=attack_s)), 4.0 * attack_s + 0.2, 1e4)
    steady = np.median(level[-4000:-2000])
    assert np.argmax(level > 0.9 * steady) / RATE == pytest.approx(attack_s, rel=0.05)


@pytest.mark.parametrize(("length_s", "attack_s"), [(0.2, 0.1), (0.5, 0.25), (2.0, 0.4)])
def test_a_soft_attack_is_over_by_the_middle_of_its_note(length_s: float, attack_s: float) -> None:
    soft = MEDIUM._replace(attack_s=0.4)
    assert Amp().attack_within(soft, length_s) == pytest.approx(attack_s)
    assert Amp(rings=True).attack_within(soft, length_s) == 0.4
    assert Amp(attack_s=0.3).attack_within(soft, length_s) == 0.3
    event = NoteEvent("melody", 0, round(length_s * RATE), 69.0, 0.7)
    rows = FmPatch(amp=Amp()).lanes(event, soft, Random(0, "test"))
    assert rows[0, column(lanes.RISE_OCT)] == pytest.approx(rise_oct(attack_s, RATE), rel=1e-6)


def test_a_dry_touch_damps_the_release() -> None:
    event = NoteEvent("pad", 0, RATE, 69.0, 0.7)
    patch = FmPatch(amp=Amp(release_s=0.8))
    for ring in (0.45, 1.0, 1.3):
        rows = patch.lanes(event, MEDIUM._replace(ring=ring), Random(0, "test"))
        assert rows[0, column(lanes.RELEASE_CO)] == pytest.approx(fall_co(0.8 * ring, RATE), rel=1e-6)


@pytest.mark.parametrize(("length_s", "tail_s"), [(0.2, 1.0), (1.5, 1.5), (5.0, 2.0)])
def test_a_tail_is_no_longer_than_its_note_from_a_second_on(length_s: float, tail_s: float) -> None:
    level = envelope(FmPatch(amp=Amp(attack_s=0.001, release_s=2.0)), length_s + 2.5, length_s)
    start = round(length_s * RATE) + 32
    fallen = np.argmax(level[start:] < 1e-3 * level[start - 400]) / RATE
    assert fallen == pytest.approx(tail_s, rel=0.05)


@pytest.mark.parametrize("time_s", [0.05, 0.3, 1.5])
def test_decay_and_release_take_the_time_they_say(time_s: float) -> None:
    released = envelope(FmPatch(amp=Amp(attack_s=0.001, release_s=time_s)), 0.3 + 2.5 * time_s, time_s)
    start = time_s * RATE + 32.0  # a release begins with a tick
    fallen = np.argmax(released[round(start) :] < 1e-3 * released[round(start) - 400]) / RATE
    assert fallen == pytest.approx(time_s, rel=0.05, abs=0.0015)
    decayed = envelope(FmPatch(amp=Amp(attack_s=0.001, decay_s=time_s, sustain=0.0)), 1.5 * time_s, 1e4)
    fallen = np.argmax(decayed[2000:] < 1e-3) / RATE + 2000 / RATE
    # Its peak is below 1, since it decays while it rises, hence the wider margin.
    assert fallen == pytest.approx(time_s, rel=0.1)


def test_a_sustain_is_the_level_that_it_says() -> None:
    level = envelope(FmPatch(amp=Amp(attack_s=0.001, decay_s=0.2, sustain=0.25)), 1.0, 1e4)
    full = envelope(FmPatch(amp=Amp(attack_s=0.001)), 1.0, 1e4)
    assert np.median(level[30_000:40_000]) == pytest.approx(0.25 * np.median(full[30_000:40_000]), rel=0.02)


def test_a_pure_tone_is_as_loud_at_all_heights() -> None:
    """In the middle of the field, at the level of its patch, and measured as BS.1770 weighs it."""
    tone, pitches = FmPatch(amp=Amp(attack_s=0.001)), (60.0, 72.0, 84.0, 96.0, 108.0)
    heard = [integrated_loudness(render(tone, pitch, 1.0), RATE) for pitch in pitches]
    assert np.ptp(heard) < 0.5
    assert np.sqrt(2.0) * render(tone, 36.0, 1.0)[2000:].std() == pytest.approx(np.sqrt(0.5), rel=0.01)


def test_harmonics_are_those_asked_for() -> None:
    wanted = (1.0, 0.5, 0.0, 0.25, 0.1, 0.0, 0.3, 0.2)
    audio = render(FmPatch(harmonics=wanted, amp=Amp(attack_s=0.001)), 57.0, 1.0)
    found = [abs(demodulated(audio, hertz(57.0) * k)[10]) for k in range(1, 9)]
    assert np.array(found) / found[0] == pytest.approx(np.array(wanted), abs=0.005)


def test_breath_falls_by_6_db_an_octave_above_its_corner() -> None:
    patch = FmPatch(harmonics=(0.0,), breath=0.5, breath_hz=500.0, amp=Amp(attack_s=0.001))
    power = np.abs(np.fft.rfft(render(patch, 60.0, 4.0))) ** 2
    hertz_of_bin = np.fft.rfftfreq(4 * RATE, 1.0 / RATE)
    bands = [
        power[(hertz_of_bin > hz / 1.2) & (hertz_of_bin < hz * 1.2)].mean() for hz in (1500.0, 3000.0, 6000.0)
    ]
    assert 10.0 * np.log10(bands[0] / bands[1]) == pytest.approx(5.7, abs=0.8)
    assert 10.0 * np.log10(bands[1] / bands[2]) == pytest.approx(5.9, abs=0.8)


def test_a_lower_drive_makes_a_duller_tone_without_dc() -> None:
    full, soft = (
        render(FmPatch(harmonics=(1.0, 0.6, 0.5, 0.4, 0.3), drive=drive, amp=Amp(attack_s=0.001)), 57.0, 1.0)
        for drive in (1.0, 0.5)
    )

    def brightness(audio: Mono) -> float:
        levels = [abs(demodulated(audio, hertz(57.0) * k)[10]) for k in range(1, 6)]
        return sum(levels[2:]) / levels[0]

    assert brightness(soft) < 0.5 * brightness(full)
    assert abs(soft.mean()) < 1e-3


def test_a_square_has_odd_harmonics_only() -> None:
    patch = SawPatch(cutoff_hz=18_000.0, pulse_width=0.5, key_track=0.0, amp=Amp(attack_s=0.001))
    audio = render(patch, 57.0, 1.0)
    levels = [abs(demodulated(audio, hertz(57.0) * k)[10]) for k in range(1, 6)]
    assert levels[1] < 0.002 * levels[0]
    assert levels[3] < 0.002 * levels[0]
    assert levels[2] == pytest.approx(levels[0] / 3.0, rel=0.05)


def test_a_glide_starts_on_the_old_pitch_and_ends_on_the_new_one() -> None:
    event = NoteEvent("bass", 0, RATE, 69.0, 0.7, 0, 0.0, 57.0)
    one = Instrument("test.one", ((FmPatch(glide_s=0.2, amp=Amp(attack_s=0.001)),),), 0.0)
    audio = play(one, [event], 1.0)[0].astype(np.float64)
    crossings = np.flatnonzero(np.diff(np.signbit(audio).astype(int)) != 0)
    pace = RATE / (2.0 * np.diff(crossings))
    assert 220.0 < pace[1:4].mean() < 250.0
    assert pace[-40:].mean() == pytest.approx(440.0, rel=0.01)


def test_makeup_restores_the_peak() -> None:
    time = np.arange(RATE) / RATE
    for attack_s, decay_s in ((0.04, 0.8), (0.1, 0.8), (0.02, 2.0)):
        rise = (1.0 - np.exp(-time * 2.97 / attack_s)) ** 2
        assert (rise * np.exp(-time * 6.9078 / decay_s)).max() * makeup(attack_s, decay_s) == pytest.approx(
            1.0, rel=0.01
        )
    assert makeup(10.0, 0.1) == pytest.approx(2.82)
    assert 2.0 ** (RATE * fade_oct(1.0, RATE)) == pytest.approx(1e-3, rel=1e-9)
