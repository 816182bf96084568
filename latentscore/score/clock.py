"""The clock: beats to frames, with a tempo per bar that may ramp, swing, and human timing."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final, NamedTuple

from latentscore.randomness import Random
from latentscore.theory.meter import BEATS

_BELL_SCALE: Final = 1.0 / (65536.0 * (4.0 / 12.0) ** 0.5)


Knot = tuple[float, float]
"""A place in beats, and the frames per beat there; between knots these change linearly."""


class BarGrid(NamedTuple):
    """Where the beats of a bar lie. Seconds per beat change linearly over it, so that ramps join smoothly."""

    start: float
    """Frames from the start of the performance, not rounded: bars never drift."""
    first: float
    """Frames per beat at the bar's start."""
    last: float
    """Frames per beat at the bar's end."""
    swing: float
    """Where the middle of a beat is played: 0.5 is straight, 2/3 a full triplet swing."""
    bends: tuple[Knot, ...] = ()
    """Where the tempo bends within the bar: a steered one need not be a single line."""

    @property
    def end(self) -> float:
        """The frame at which the next bar starts, not rounded."""
        if self.bends:
            return self._along(BEATS)
        return self.start + BEATS * 0.5 * (self.first + self.last)

    def frame(self, beat: float) -> float:
        """Return the frame at which a beat of the bar sounds. Past the bar's end its last tempo goes on."""
        if self.swing != 0.5:
            beat = swung(beat, self.swing)
        return self.place(beat)

    def place(self, beat: float) -> float:
        """As `frame`, without swing."""
        if beat >= BEATS:
            return self.end + (beat - BEATS) * self.last
        if self.bends:
            return self._along(beat)
        return self.start + beat * (self.first + (self.last - self.first) * beat * (0.5 / BEATS))

    def per_beat(self, beat: float) -> float:
        """Return the frames per beat at a beat of the bar."""
        return interpolated(self._knots(), beat)

    def beat_at(self, frame: float) -> float:
        """Return the beat that lies at a frame, in [0, BEATS]."""
        low, high = 0.0, float(BEATS)
        for _ in range(40):  # halving: below a millionth of a frame
            middle = 0.5 * (low + high)
            low, high = (middle, high) if self.place(middle) < frame else (low, middle)
        return low

    def _knots(self) -> tuple[Knot, ...]:
        return ((0.0, self.first), *self.bends, (float(BEATS), self.last))

    def _along(self, beat: float) -> float:
        """Return the frame of a beat: the area under the line through the knots."""
        frame = self.start
        knots = self._knots()
        for (a, at_a), (b, at_b) in pairwise(knots):
            if beat <= b:
                here = at_a + (at_b - at_a) * (beat - a) / (b - a) if b > a else at_a
                return frame + (beat - a) * 0.5 * (at_a + here)
            frame += (b - a) * 0.5 * (at_a + at_b)
        return frame


def interpolated(knots: Sequence[Knot], beat: float) -> float:
    """Return the frames per beat at a beat, on the line through `knots` and level beyond its ends."""
    if beat <= knots[0][0]:
        return knots[0][1]
    for (a, at_a), (b, at_b) in pairwise(knots):
        if beat < b:
            return at_a + (at_b - at_a) * (beat - a) / (b - a)
    return knots[-1][1]


def swung(beat: float, ratio: float) -> float:
    """Return the beat with its halves stretched: the second eighth moves to `ratio` of the beat."""
    whole = int(beat)
    part = beat - whole
    if part < 0.5:
        return whole + part * 2.0 * ratio
    return whole + ratio + (part - 0.5) * 2.0 * (1.0 - ratio)


class Clock:
    """Lays bars end to end. Each bar ramps from the tempo in which the last one ended to the one asked for.

    Args:
        sample_rate: Frames per second.
        tempo_bpm: Tempo in which the first bar starts.
        starts_at: Frame of the first bar.
    """

    def __init__(self, sample_rate: int, tempo_bpm: float, *, starts_at: int = 0) -> None:
        self._sample_rate = sample_rate
        self._next_start = float(starts_at)
        self._next_beat = 0.0
        self._per_beat = 60.0 * sample_rate / tempo_bpm
        self.course: tuple[Knot, ...] = ()
        """Steered tempo, in beats since the start of the performance; empty where bars ramp by themselves."""

    @property
    def next_start(self) -> float:
        """The frame at which the next bar will start, not rounded."""
        return self._next_start

    def bar(self, tempo_bpm: float, swing: float) -> BarGrid:
        """Return the next bar, ramping from the tempo in which the last bar ended to `tempo_bpm`.

        While a course is set that leads to `tempo_bpm`, the bar follows the course.
        """
        target = 60.0 * self._sample_rate / tempo_bpm
        grid = BarGrid(self._next_start, self._per_beat, target, swing)
        if self.course and self.course[-1] > (self._next_beat, 0.0) and self.course[-1][1] == target:
            grid = self._steered(swing)
        self._per_beat = grid.last
        self._next_start = grid.end
        self._next_beat += BEATS
        return grid

    def turned(
        self, grid: BarGrid, first: float, beat: float, tempo_bpm: float, n_frames: float
    ) -> tuple[Knot, ...]:
        """Return the course that turns to another tempo within a bar that this clock has already laid.

        Args:
            grid: That bar.
            first: Beats since the start of the performance at which it starts.
            beat: Where in it the tempo begins to change.
            tempo_bpm: Where it leads.
            n_frames: How long the change takes; at least a sixteenth of a beat.
        """
        here, target = grid.per_beat(beat), 60.0 * self._sample_rate / tempo_bpm
        n_beats = max(1.0 / 16.0, n_frames / (0.5 * (here + target)))
        past = [knot for knot in self.course if first - BEATS <= knot[0] < first + beat] or [
            (first, grid.first)
        ]
        return (*past, (first + beat, here), (first + beat + n_beats, target))

    def _steered(self, swing: float) -> BarGrid:
        first = self._next_beat
        bends = tuple((beat - first, at) for beat, at in self.course if first < beat < first + BEATS)
        start, end = (interpolated(self.course, beat) for beat in (first, first + BEATS))
        return BarGrid(self._next_start, start, end, swing, bends)


class HumanHand:
    """Timing and loudness errors of one player: spread around the grid, the same for strokes played as one.

    Args:
        random: Owned by this player.
        sample_rate: Frames per second.
    """

    _TOGETHER_S = 0.045

    def __init__(self, random: Random, sample_rate: int) -> None:
        self._random = random
        self._sample_rate = sample_rate
        self._last_place = -1e9
        self._last_error = 0.0

    def timing(self, place: float, sigma_ms: float) -> float:
        """Return the frames by which a stroke at frame `place` misses it (at most 3.5 sigma).

        Strokes within 45 ms (a chord, a flam) share one error, so that their figure stays whole.
        """
        if sigma_ms <= 0.0:
            return 0.0
        if abs(place - self._last_place) > self._TOGETHER_S * self._sample_rate:
            self._last_error = bell(self._random) * sigma_ms * 0.001 * self._sample_rate
            self._last_place = place
        return self._last_error

    def loudness(self, spread: float) -> float:
        """Return a factor around 1 for one stroke."""
        return 1.0 + spread * bell(self._random) if spread > 0.0 else 1.0


def bell(random: Random) -> float:
    """Return a nearly normal value of mean 0 and deviation 1, within ±3.47.

    The sum of a word's four quarters (Irwin-Hall) is exact integer arithmetic, so every platform agrees to
    the last bit, which libm's logarithm and cosine do not promise.
    """
    word = random.word()
    total = (word & 0xFFFF) + (word >> 16 & 0xFFFF) + (word >> 32 & 0xFFFF) + (word >> 48)
    return (total - 131070) * _BELL_SCALE
