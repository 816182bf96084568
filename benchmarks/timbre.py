"""What tells one style's sound from another's: a vector of common features of timbre, rhythm and space."""

from __future__ import annotations

import itertools
from typing import Final

import librosa
import numpy as np

from benchmarks.descriptors import RATE, Array, Audio, mid_of, onset_strength

_HOP: Final = 1024
_N_FFT: Final = 4096
_N_MELS: Final = 48
_AUDIBLE_DB: Final = -55.0
"""Frames this far under the loudest are left out of the timbre."""
_SILENCE: Final = 1e-6
_TINY: Final = 1e-9


def features(x: Audio) -> Array:
    """Return the features of stereo audio, float32 (n, 2); zeros for silence.

    Means and spreads over the audible frames of 20 MFCCs, spectral contrast, centroid, bandwidth, roll-off, flatness
    and crest; how fast the MFCCs change; the level's distribution, modulation spectrum and rise against fall; onset
    rate; how strongly onsets repeat at lags up to 3 s; the side against the mid.
    """
    x = np.asarray(x, dtype=np.float32)
    y = mid_of(x)
    if np.abs(x).max() < _SILENCE:
        return np.zeros_like(features(np.random.default_rng(0).normal(size=x.shape).astype(np.float32)))
    power = np.abs(librosa.stft(y, n_fft=_N_FFT, hop_length=_HOP)) ** 2
    level = 10.0 * np.log10(power.sum(axis=0) + 1e-12)
    heard = level > level.max() + _AUDIBLE_DB
    parts = [_timbre(power[:, heard]), _dynamics(level - level.max()), _rhythm(y), _width(x)]
    return np.concatenate(parts)


def _timbre(power: Array) -> Array:
    magnitude = np.sqrt(power)
    mel = librosa.feature.melspectrogram(S=power, sr=RATE, n_mels=_N_MELS, fmin=40.0, fmax=16000.0)
    mfcc = librosa.feature.mfcc(S=librosa.power_to_db(mel, ref=np.max, top_db=80.0), n_mfcc=21)[1:]
    flatness = librosa.feature.spectral_flatness(S=magnitude)[0]
    shape = np.stack(
        [
            np.log2(librosa.feature.spectral_centroid(S=magnitude, sr=RATE)[0] + 1.0),
            np.log2(librosa.feature.spectral_bandwidth(S=magnitude, sr=RATE)[0] + 1.0),
            np.log2(librosa.feature.spectral_rolloff(S=magnitude, sr=RATE)[0] + 1.0),
            np.log10(flatness + 1e-8),
            np.log10(magnitude.max(axis=0) / (magnitude.mean(axis=0) + _TINY) + _TINY),
        ]
    )
    rows = np.concatenate([mfcc, librosa.feature.spectral_contrast(S=magnitude, sr=RATE), shape])
    speed = np.abs(np.diff(mfcc, axis=1)).mean(axis=1) if mfcc.shape[1] > 1 else np.zeros(len(mfcc))
    return np.concatenate([rows.mean(axis=1), rows.std(axis=1), speed])


def _dynamics(level: Array) -> Array:
    """Describe the level, in dB below its maximum: quantiles, modulation bands, rises against falls."""
    level = np.maximum(level, -70.0)
    spectrum = np.abs(np.fft.rfft((level - level.mean()) * np.hanning(len(level)))) ** 2
    hertz = np.fft.rfftfreq(len(level), _HOP / RATE)
    edges = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0)
    bands = [
        np.log10(spectrum[(hertz >= low) & (hertz < high)].mean() + 1e-3)
        for low, high in itertools.pairwise(edges)
    ]
    steps = np.diff(level)
    rise, fall = np.percentile(steps, (99.0, 1.0))
    quantiles = np.percentile(level, (5.0, 25.0, 50.0, 75.0, 95.0))
    return np.array([*quantiles, *bands, rise, fall, steps.std()])


def _rhythm(y: Audio) -> Array:
    strength = onset_strength(y)
    onsets = librosa.onset.onset_detect(onset_envelope=strength, sr=RATE, hop_length=256)
    gaps = np.diff(np.append(onsets, len(strength))) * 256 / RATE
    repeats = librosa.autocorrelate(strength - strength.mean(), max_size=min(len(strength), 512))
    repeats = repeats / (repeats[0] + _TINY)
    rows = np.array_split(repeats[16:], 12)  # lags of 0.1 to 3 s
    spread = [np.log(np.mean(gaps) + 0.01), np.log(np.median(gaps) + 0.01), np.std(np.log(gaps + 0.01))]
    shape = [strength.max() / (strength.mean() + _TINY), strength.std() / (strength.mean() + _TINY)]
    return np.array([np.log(len(onsets) + 1.0), *spread, *shape, *(row.max() for row in rows)])


def _width(x: Audio) -> Array:
    """Describe side against mid in three bands, and how far the balance strays."""
    sides = [np.abs(librosa.stft(x[:, side], n_fft=2048, hop_length=_HOP)) ** 2 for side in (0, 1)]
    side = np.abs(librosa.stft(0.5 * (x[:, 0] - x[:, 1]), n_fft=2048, hop_length=_HOP)) ** 2
    mid = np.abs(librosa.stft(mid_of(x), n_fft=2048, hop_length=_HOP)) ** 2
    edges = (0, 24, 120, 1025)  # about 500 and 2600 Hz
    ratios = [
        np.log10((side[low:high].sum() + _SILENCE) / (mid[low:high].sum() + _SILENCE))
        for low, high in itertools.pairwise(edges)
    ]
    balance = np.log10((sides[0].sum(axis=0) + _SILENCE) / (sides[1].sum(axis=0) + _SILENCE))
    return np.array([*ratios, balance.std()])
