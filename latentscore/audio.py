"""`Audio`: rendered music with everything known about how it was made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Protocol, overload, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from latentscore.config.checks import is_integer
from latentscore.errors import (
    FileFormatError,
    OutputError,
    PlaybackError,
    StreamStateError,
    invalid,
    require,
    shown,
)
from latentscore.output.files import check_target, write_audio
from latentscore.output.midi import SUFFIXES as MIDI_SUFFIXES
from latentscore.output.midi import sheet_of, write_midi

if TYPE_CHECKING:
    import os

    from matplotlib.figure import Figure

    from latentscore.config.model import MusicConfig
    from latentscore.output.playback import Playback
    from latentscore.output.recipes import Recipe
    from latentscore.vibe.model import GenerateResult
    from latentscore.vibe.retrieval import Match


@dataclass(frozen=True, eq=False)
class Audio:
    """Rendered music. `np.asarray(audio)` is its samples.

    Attributes:
        samples: float32 in [-1, 1], (n,) for one channel, (n, 2) for two. Read-only.
        sample_rate: Frames per second.
        config: What was played; None if an audio backend made it, which has no config.
        seed: The seed it was played with: `ls.render(audio.config, seed=audio.seed)` plays it again.
        vibe: The text it came from; None when a config was given.
        match: The library row that was chosen, and its neighbours; None when a config was given.
        metadata: What a language model said beside the config; None for `fast`.
        stems: By name, with `stems=True`; else None. The layers and `returns` add up to `premaster`.
        substitutions: What was not played as asked, one sentence each.
        recipe: How it was made, as it is written into files; None if that is not known.
        items: What a stream played one after another. If they led to several configs, `config` is None.
    """

    samples: NDArray[np.float32]
    sample_rate: int
    config: MusicConfig
    seed: int
    vibe: str | None = None
    match: Match | None = None
    metadata: GenerateResult | None = None
    stems: Mapping[str, Audio] | None = field(default=None, repr=False)
    substitutions: tuple[str, ...] = ()
    recipe: Recipe | None = field(default=None, repr=False)
    items: tuple[Any, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        self.samples.flags.writeable = False

    @property
    def channels(self) -> int:
        """1 or 2."""
        return 1 if self.samples.ndim == 1 else int(self.samples.shape[1])

    @property
    def duration(self) -> float:
        """Seconds."""
        return len(self.samples) / self.sample_rate

    def __len__(self) -> int:
        return len(self.samples)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.samples)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NDArray[Any]:
        array = self.samples if dtype is None else self.samples.astype(dtype, copy=False)
        if copy is False and array is not self.samples:
            raise ValueError(f"samples are float32; they can't be seen as {dtype} without a copy")
        return array.copy() if copy else array

    def __repr__(self) -> str:
        what = shown(self.vibe) if self.vibe else str(self.config)
        return f"<Audio {self.duration:g} s, {self.channels} ch, {self.sample_rate} Hz, seed {self.seed}: {what}>"

    def save(self, path: str | os.PathLike[str], *, bits: int | None = None) -> Path:
        """Write to a file; the suffix (.wav, .flac, .ogg, .opus, .mp3; .mid for the notes) chooses the format.

        The file's metadata has title, vibe, seed and recipe, from which `ls.replay` makes the same samples again; a
        loop's file has its loop points. Integer formats are dithered with this audio's seed, so that the file too can
        be made again. Opus files always have 48000 frames per second. A MIDI file has the score that was played, as
        `Score.save` writes it.

        Args:
            path: Target. What stands there is replaced when the new file is complete.
            bits: Bits per sample: 16, 24 or, for WAV, 32 (floats). None is 16 for WAV and 24 for FLAC; lossy formats
                take no other.

        Raises:
            InvalidConfigError: Bits that the format does not have.
            FileFormatError: Unknown suffix, a loop at 44100 frames per second as Opus, or the notes of audio that is not
                one render's.
            OutputError: The path can't be written; what stood there before still does.
        """
        target = Path(path)
        if target.suffix.lower() in MIDI_SUFFIXES:
            return self._save_midi(target, bits)
        write_audio(
            target,
            [self.samples],
            self.sample_rate,
            self.channels,
            self.recipe.seed if self.recipe else self.seed,
            bits=bits,
            recipe=self.recipe,
        )
        return target

    @overload
    def to(self, kind: Literal["numpy"], suffix: str = ".wav") -> NDArray[np.float32]: ...
    @overload
    def to(self, kind: Literal["path"], suffix: str = ".wav") -> Path: ...
    @overload
    def to(self, kind: Literal["bytes"], suffix: str = ".wav") -> bytes: ...
    @overload
    def to(self, kind: Literal["data_url"], suffix: str = ".wav") -> str: ...
    def to(
        self, kind: Literal["numpy", "path", "bytes", "data_url"], suffix: str = ".wav"
    ) -> NDArray[np.float32] | Path | bytes | str:
        """Hand the music over as something else.

        Args:
            kind: `"numpy"` are the samples; `"path"` is a file in a new temporary folder, yours to delete; `"bytes"` is
                what that file would hold; `"data_url"` is a URL that holds it, for web pages.
            suffix: Which file: any suffix that `save` takes.

        Raises:
            InvalidConfigError: Another kind.
            FileFormatError: Unknown suffix.
        """
        from latentscore.output.handing import hand_over

        return self.samples if kind == "numpy" else hand_over(self.save, kind, suffix)

    def plot(self) -> Figure:
        """Draw waveform and spectrogram, as a Matplotlib figure of its own (extra `plot`).

        Raises:
            LatentScoreError: Matplotlib is not installed.
        """
        require("matplotlib", extra="plot", what="plot()")
        from latentscore.output.pictures import audio_picture

        return audio_picture(self.samples, self.sample_rate, self._caption())

    def _repr_html_(self) -> str:
        """Show a player, the waveform and the config in a notebook."""
        from latentscore.output.player import player_html

        facts = (f"{self.channels} ch", f"{self.sample_rate} Hz", f"seed {self.seed}")
        return player_html(
            self.samples,
            self.sample_rate,
            seed=self.seed,
            caption=self._caption(),
            facts=facts,
            config=self.config,
        )

    def _save_midi(self, target: Path, bits: int | None) -> Path:
        if bits is not None:
            raise invalid("bits", bits, "None for a MIDI file, which has no samples")
        if self.recipe is None:
            raise FileFormatError(
                f"path={str(target)!r}: it is not known how this audio was made, so it has no score"
            )
        return write_midi(target, sheet_of(self.recipe))

    def _caption(self) -> str:
        return self.vibe or (str(self.config) if self.config else f"A stream of {len(self.items)} items")

    def save_stems(
        self, folder: str | os.PathLike[str], suffix: str = ".wav", *, bits: int | None = None
    ) -> list[Path]:
        """Write every stem to `folder`, made if need be, as `<name><suffix>`.

        Args:
            folder: Target.
            suffix: Format, as in `save`.
            bits: As in `save`, but None is 32 for WAV: floats add up to the mix exactly, and never clip.

        Raises:
            StreamStateError: This audio was rendered without `stems=True`.
            InvalidConfigError, FileFormatError, OutputError: As in `save`.
        """
        if self.stems is None:
            raise StreamStateError("no stems were kept; render with stems=True")
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(f"folder={str(folder)!r}: can't be made ({error.strerror})") from error
        if bits is None and suffix.lower() == ".wav":
            bits = 32
        targets = {name: check_target(Path(folder) / f"{name}{suffix}", bits) for name in self.stems}
        return [self.stems[name].save(target, bits=bits) for name, target in targets.items()]

    @overload
    def play(
        self, block: Literal[False], device: str | int | None = None, sleep: float | None = None
    ) -> Playback: ...
    @overload
    def play(
        self, block: bool = True, device: str | int | None = None, sleep: float | None = None
    ) -> Playback | None: ...
    def play(
        self, block: bool = True, device: str | int | None = None, sleep: float | None = None
    ) -> Playback | None:
        """Play through a sound device.

        Args:
            block: Wait until it has been played; otherwise return at once. Ctrl-C stops it.
            device: Name or number of the output device; None is the system's default.
            sleep: Seconds until it fades to silence within 30 s and ends; None plays all of it.

        Returns:
            A handle with `stop`, `pause`, `resume`, `wait`, `position`, `playing` and `stats`. None where a notebook's
            machine can't play, and `block` is set: the notebook shows a player instead.

        Raises:
            PlaybackError: No PortAudio library, no such device, or the device was lost.
        """
        from latentscore.output.notebook import shown_in_notebook
        from latentscore.output.playback import play_samples

        try:
            playback = play_samples(self.samples, self.sample_rate, device=device, sleep=sleep)
        except PlaybackError:
            if block and shown_in_notebook(self):
                return None
            raise
        if block:
            playback.wait()
        return playback


_HIGHEST_RATE: Final = (1 << 32) // 8 - 1
"""Frames of two floats, whose bytes a second a WAV file counts in 32 bits."""


@runtime_checkable
class Savable(Protocol):
    """What writes itself: an `Audio` or a stream. It knows its rate and its recipe."""

    def save(self, path: str | os.PathLike[str], *, bits: int | None = None) -> Path:
        """Write to a file."""
        ...


def save_wav(
    path: str | os.PathLike[str],
    audio_or_chunks: Savable | NDArray[Any] | Iterable[NDArray[Any]],
    *,
    sample_rate: int = 44100,
    bits: int = 16,
) -> Path:
    """Write a WAV file as its samples come; memory stays flat.

    Args:
        path: Target, with the suffix .wav.
        audio_or_chunks: An `Audio` or a stream, whose recipe is kept; or samples, float (n,) or (n, 2), as one array
            or as chunks, such as a session's blocks.
        sample_rate: Frames per second of samples; an `Audio` or a stream has its own.
        bits: 16 or 24, dithered, or 32 for floats.

    Raises:
        InvalidConfigError: No samples, or arrays of another shape or kind.
        FileFormatError: Another suffix.
        OutputError: The path can't be written.
    """
    target = Path(path)
    if target.suffix.lower() != ".wav":
        raise FileFormatError(f"path={str(target)!r}: save_wav writes .wav files")
    check_target(target, bits)
    if not is_integer(sample_rate) or not 1 <= sample_rate <= _HIGHEST_RATE:
        raise invalid("sample_rate", sample_rate, f"a whole number from 1 to {_HIGHEST_RATE}")
    if isinstance(audio_or_chunks, Savable):
        return audio_or_chunks.save(target, bits=bits)
    is_whole = isinstance(audio_or_chunks, np.ndarray)
    if not (is_whole or hasattr(audio_or_chunks, "__iter__")):
        raise invalid("audio_or_chunks", audio_or_chunks, "an Audio, an array or an iterable of arrays")
    chunks = iter([audio_or_chunks] if is_whole else audio_or_chunks)
    first = next(chunks, None)
    if first is None:
        raise invalid("audio_or_chunks", audio_or_chunks, "an Audio, or at least one array of samples")
    channels = _frames(first).shape[1]
    frames = (_frames(chunk, channels) for chunk in chain([first], chunks))
    write_audio(target, frames, sample_rate, channels, seed=0, bits=bits)
    return target


def _frames(chunk: object, channels: int | None = None) -> NDArray[np.float32]:
    """Return samples as float32 (n, channels). Raises `InvalidConfigError`."""
    array = np.asarray(chunk)
    columns = array if array.ndim == 2 else array[..., None]
    wanted = (1, 2) if channels is None else (channels,)
    if array.ndim not in (1, 2) or array.dtype.kind != "f" or columns.shape[1] not in wanted:
        shape = "(n, 2)" if channels == 2 else "(n,)" if channels == 1 else "(n,) or (n, 2)"
        raise invalid("audio_or_chunks", f"{array.dtype} {array.shape}", f"arrays of floats, {shape}")
    if not np.isfinite(array).all():
        raise invalid("audio_or_chunks", "samples that are infinite or no numbers", "finite samples")
    return columns.astype(np.float32, copy=False)
