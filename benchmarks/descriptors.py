"""Acoustic descriptors: for each ordered field, one number that grows with the label, read from the finished audio.

Each takes mastered stereo, float32 (n, 2), and the tempo in BPM. The tempo stands for the pulse that a listener taps
to: `echo` and `human` are heard against it, the others do not use it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

import librosa
import numpy as np
from numpy.typing import NDArray
from scipy.signal import find_peaks

RATE: Final = 44100

Audio = NDArray[np.float32]
Array = NDArray[np.float64]
Descriptor = Callable[[Audio, float], float]

_TINY: Final = 1e-9


def mid_of(x: Audio) -> Audio:
    """Return the mean of both sides, (n,)."""
    return 0.5 * (x[:, 0] + x[:, 1])


def mel_db(y: Audio, hop: int, n_fft: int, n_mels: int, top_db: float, fmax: float = 16000.0) -> Array:
    """Return mel-band levels in dB below the loudest, (n_mels, n_frames)."""
    power = librosa.feature.melspectrogram(
        y=y, sr=RATE, n_fft=n_fft, hop_length=hop, n_mels=n_mels, fmin=60.0, fmax=fmax
    )
    return librosa.power_to_db(power, ref=np.max, top_db=top_db)


def onset_strength(y: Audio, hop: int = 256) -> Array:
    """Return librosa's onset strength: mean rise of the mel bands, in dB a frame."""
    return librosa.onset.onset_strength(y=y, sr=RATE, hop_length=hop)


def onset_rate(strength: Array, delta: float, hop: int = 256, *, normalize: bool = True) -> float:
    """Return onsets a second, peaks that rise above their surroundings by `delta`: of the largest, or plain."""
    onsets = librosa.onset.onset_detect(
        onset_envelope=strength, sr=RATE, hop_length=hop, delta=delta, normalize=normalize
    )
    return (len(onsets) + 1) * RATE / (hop * len(strength))


def tempo(x: Audio, bpm: float) -> float:
    """Rate of onsets, and of the pulses that their pattern repeats at (octaves, summed).

    The second is the tempogram's: the mean log rate of the peaks of the autocorrelated onset strength in four
    bands, weighted by how strong each is. Texture and echo hide one of the two, seldom both.
    """
    y, hop = mid_of(x), 256
    strength = onset_strength(y, hop)
    rate = 0.5 * sum(np.log2(onset_rate(strength, delta, hop)) for delta in (0.07, 0.15))
    levels = mel_db(y, hop, 2048, 48, 60.0, fmax=12000.0)
    rises = np.maximum(0.0, levels[:, 2:] - levels[:, :-2])
    peaks = np.concatenate([_pulses(band.mean(axis=0), RATE / hop) for band in np.split(rises, 4)], axis=1)
    rates, weights = peaks[0], peaks[1] + _TINY
    return float(rate + np.average(np.log2(rates), weights=weights)) if len(rates) else float(rate)


def _pulses(rises: Array, frame_rate: float) -> Array:
    """Return rates in Hz (0.25 to 8) and strengths, (2, n), of what repeats in an onset envelope."""
    n = len(rises)
    kept = librosa.autocorrelate(rises - rises.mean(), max_size=int(4.0 * frame_rate))
    kept = kept / (kept[0] + _TINY) * n / (n - np.arange(len(kept)))
    window = np.hanning(7) / np.hanning(7).sum()
    kept = np.convolve(kept, window, "same")
    lags, _ = find_peaks(kept)
    lags = lags[(lags > 0.12 * frame_rate) & (kept[lags] > 0.02)]
    return np.stack([frame_rate / lags, kept[lags] ** 2])


def brightness(x: Audio, bpm: float) -> float:
    """Spectral centroid in octaves, the mean over time weighted by energy."""
    magnitude = np.abs(librosa.stft(mid_of(x), n_fft=2048))
    centroid = librosa.feature.spectral_centroid(S=magnitude, sr=RATE)[0]
    return float(np.log2(np.average(centroid, weights=(magnitude**2).sum(axis=0) + _TINY)))


def space(x: Audio, bpm: float) -> float:
    """How slowly sounds decay: the mean fall of a band in the 300 ms after each of its peaks, in dB, negative.

    In 32 mel bands from 250 to 4000 Hz, where the ear judges a room, over peaks that stand out by 6 dB and lie less
    than 45 dB under the loudest. It is the early decay that listeners call reverberance (ISO 3382-1), taken blindly.
    """
    hop = 512
    power = librosa.feature.melspectrogram(
        y=mid_of(x), sr=RATE, n_fft=2048, hop_length=hop, n_mels=32, fmin=250.0, fmax=4000.0
    )
    after = int(0.3 * RATE / hop)
    falls = [0.0]
    for row in librosa.power_to_db(power, ref=np.max, top_db=90.0):
        peaks, _ = find_peaks(row[:-after], prominence=6.0, distance=4)
        falls += [row[peak] - row[peak : peak + after].min() for peak in peaks[row[peaks] > -45.0]]
    return -float(np.mean(falls))


def motion(x: Audio, bpm: float) -> float:
    """How much timbre, place and levels move: the product of their spreads and paces, as a log.

    Standard deviation of the centroid in octaves and of the left-right balance in dB, their steps from frame to
    frame, and the median step of the bands' levels. Medians and steps leave single notes out of account.
    """
    hop = 1024
    sides = [
        librosa.feature.melspectrogram(
            y=x[:, side], sr=RATE, n_fft=4096, hop_length=hop, n_mels=24, fmin=60.0, fmax=16000.0
        )
        for side in (0, 1)
    ]
    bands = sides[0] + sides[1]
    hertz = librosa.mel_frequencies(24, fmin=60.0, fmax=16000.0)
    weights = np.sqrt(bands)
    centroid = np.log2((weights * hertz[:, None]).sum(axis=0) / (weights.sum(axis=0) + _TINY))
    balance = 10.0 * np.log10((sides[0].sum(axis=0) + _TINY) / (sides[1].sum(axis=0) + _TINY))
    levels = librosa.power_to_db(bands, ref=np.max, top_db=60.0)
    steps = np.median(np.abs(np.diff(levels[:, ::2], axis=1)))
    terms = (
        centroid.std() + 0.01,
        balance.std() + 0.2,  # with mono there is none
        steps + 0.01,
        np.abs(np.diff(centroid)).mean() + 0.001,
        np.median(np.abs(np.diff(balance[::2]))) + 0.1,
    )
    return float(np.sum(np.log(terms)))


def stereo(x: Audio, bpm: float) -> float:
    """Energy of the side against that of the mid, in dB, from -60."""
    side = 0.5 * (x[:, 0] - x[:, 1])
    ratio = np.mean(np.square(side, dtype=np.float64)) / np.mean(np.square(mid_of(x), dtype=np.float64))
    return float(10.0 * np.log10(ratio + 1e-6))


def echo(x: Audio, bpm: float) -> float:
    """How strongly the sound repeats itself at the echo's distance, a dotted eighth, and its multiples up to six.

    The peaks of the power cepstrum there (Bogert, Healy and Tukey, 1963), against the cepstrum around them. A note
    that is played again is never the same samples; an echo is.
    """
    y = mid_of(x)
    lag = round(0.75 * 60.0 / bpm * RATE)
    size = 1 << (2 * len(y) - 1).bit_length()
    power = np.abs(np.fft.rfft(y, size)) ** 2
    cepstrum = np.fft.irfft(np.log(power + 1e-6 * power.mean() + 1e-12))
    found = 0.0
    for repeat in range(1, 7):
        at = repeat * lag
        around = cepstrum[at - 400 : at + 401]
        found += max(0.0, float(cepstrum[at - 3 : at + 4].max() / around.std()) - 2.5)
    return float(np.log(found + 0.1))


def human(x: Audio, bpm: float) -> float:
    """How far onsets stray from the grid: one minus the length of their mean direction on the circle of the grid.

    The mean resultant length of circular statistics, weighted by how much the sound rises (mean of 40 mel bands over
    6 ms), summed over grids of sixteenths, thirty-seconds and sixty-fourths of a bar.
    """
    hop = 64
    levels = mel_db(mid_of(x), hop, 1024, 40, 60.0)
    reach = int(0.006 * RATE / hop)
    rises = np.maximum(0.0, levels[:, reach:] - levels[:, :-reach]).mean(axis=0)
    width = int(0.2 * RATE / hop)
    surroundings = np.convolve(rises, np.ones(width) / width, "same")
    rises = np.maximum(0.0, rises - 1.5 * surroundings)
    beats = np.arange(len(rises)) * hop / RATE * bpm / 60.0
    lengths = [abs(np.sum(rises * np.exp(2j * np.pi * beats * per_beat))) for per_beat in (4, 8, 16)]
    return 1.0 - float(np.mean(lengths) / (rises.sum() + _TINY))


def attack(x: Audio, bpm: float) -> float:
    """Log attack time of held partials, negative (Peeters, 2004): how quickly tones, not drums, come.

    In every bin from 100 to 3000 Hz: peaks that rise by 8 dB or more and stay within 12 dB for 150 ms; the time
    from 6 dB below to the peak. The mean is weighted by the rise.
    """
    hop = 128
    rate = RATE / hop
    magnitude = np.abs(librosa.stft(mid_of(x), n_fft=2048, hop_length=hop))
    hertz = librosa.fft_frequencies(sr=RATE, n_fft=2048)
    levels = librosa.amplitude_to_db(magnitude, ref=np.max, top_db=70.0)[(hertz > 100.0) & (hertz < 3000.0)]
    logs, weights = [-1.0], [_TINY]
    for row in levels:
        row = np.convolve(row, np.full(5, 0.2), "same")
        peaks, _ = find_peaks(row, prominence=8.0, distance=int(0.08 * rate))
        for peak in peaks[row[peaks] > -55.0]:
            before = row[max(0, peak - int(0.7 * rate)) : peak + 1]
            below = np.flatnonzero(before < row[peak] - 6.0)
            is_held = row[peak : peak + int(0.15 * rate)].min() > row[peak] - 12.0
            if is_held and len(below) and row[peak] - before.min() >= 8.0:
                logs.append(np.log10((len(before) - 1 - below[-1]) / rate + 0.002))
                weights.append(row[peak] - before.min())
    return -float(np.average(logs, weights=weights))


def grain(x: Audio, bpm: float) -> float:
    """How far dirt fills the valleys between the partials: spectral contrast (Jiang, 2002), negative."""
    magnitude = np.abs(librosa.stft(mid_of(x), n_fft=4096, hop_length=2048))
    contrast = librosa.feature.spectral_contrast(S=magnitude, sr=RATE, fmin=100.0, n_bands=6, quantile=0.2)
    return -float(contrast[1:-1].mean())


def density(x: Audio, bpm: float) -> float:
    """How busy the sound is: its share of spectral flux times its rate of clear onsets, as a log.

    The flux counts what is new in the magnitude from moment to moment, whichever layer brings it; the onsets count
    events that stand out from the bed by 1 dB, in the mean over the mel bands. That is absolute: measured against
    the loudest stroke of a piece, one drum would hide all other events.
    """
    y = mid_of(x)
    magnitude = np.abs(librosa.stft(y, n_fft=2048, hop_length=512))
    rises = np.maximum(0.0, np.diff(magnitude, axis=1))
    share = rises.sum() / (magnitude.sum() + _TINY)
    return float(np.log(share + _TINY) + np.log(onset_rate(onset_strength(y), 1.0, normalize=False)))


DESCRIPTORS: Final[Mapping[str, Descriptor]] = MappingProxyType(
    {
        "tempo": tempo,
        "brightness": brightness,
        "space": space,
        "motion": motion,
        "stereo": stereo,
        "echo": echo,
        "human": human,
        "attack": attack,
        "grain": grain,
        "density": density,
    }
)
"""By field, in the fields' order."""
