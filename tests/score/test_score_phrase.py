"""Motifs and phrases: what development keeps, and what a phrase's end does."""

from __future__ import annotations

import pytest

from latentscore.randomness import Random
from latentscore.score.motif import Motif, Taste, augmented, developed, invent, inverted, ornamented, thinned
from latentscore.score.phrase import MotifBook

TASTE = Taste(notes_per_bar=4.0, off_beat=0.3, leaps=0.35)


def motifs(n: int = 60, taste: Taste = TASTE, n_bars: int = 2) -> list[Motif]:
    random = Random(3, "test")
    return [invent(random, taste, n_bars) for _ in range(n)]


def reach(motif: Motif) -> int:
    return sum(cell.step for cell in motif)


def test_motifs_are_in_order_and_fill_their_bars() -> None:
    for motif in motifs():
        beats = [cell.beat for cell in motif]
        assert beats == sorted(set(beats))
        assert all(cell.length > 0.0 for cell in motif)
        assert motif[-1].beat + motif[-1].length == 8.0


@pytest.mark.parametrize("wanted", [1.0, 2.0, 4.0, 6.0, 9.0])
def test_as_many_notes_as_asked(wanted: float) -> None:
    made = motifs(200, TASTE._replace(notes_per_bar=wanted))
    assert sum(len(motif) for motif in made) / len(made) / 2 == pytest.approx(wanted, rel=0.12)


@pytest.mark.parametrize("off_beat", [0.0, 0.15, 0.35, 0.6])
def test_as_many_notes_off_the_beat_as_asked(off_beat: float) -> None:
    cells = [cell for motif in motifs(200, Taste(3.0, off_beat, 0.3)) for cell in motif]
    assert sum(cell.beat % 1 != 0 for cell in cells) / len(cells) == pytest.approx(off_beat, abs=0.06)


@pytest.mark.parametrize("leaps", [0.1, 0.35, 0.6])
def test_as_many_leaps_as_asked(leaps: float) -> None:
    steps = [cell.step for motif in motifs(200, Taste(4.0, 0.2, leaps)) for cell in motif[1:]]
    assert sum(abs(step) > 1 for step in steps) / len(steps) == pytest.approx(leaps, abs=0.05)


def test_inversion_undoes_itself() -> None:
    for motif in motifs():
        assert inverted(inverted(motif)) == motif
        assert reach(inverted(motif)) == -reach(motif)


def test_thinning_keeps_the_way_from_first_to_last_kept_note() -> None:
    for motif in motifs():
        thin = thinned(motif, 0.5)
        assert len(thin) <= len(motif)
        at = {cell.beat: sum(c.step for c in motif[: place + 1]) for place, cell in enumerate(motif)}
        climbed = 0
        for cell in thin:
            climbed += cell.step
            assert climbed == at[cell.beat]


def test_augmentation_doubles_times_within_the_span() -> None:
    for motif in motifs():
        slow = augmented(motif, 8.0)
        assert [cell.beat for cell in slow] == [cell.beat * 2 for cell in motif if cell.beat < 4.0]
        assert all(cell.beat + cell.length <= 8.0 for cell in slow)


def test_an_ornament_adds_one_note_and_returns() -> None:
    random = Random(1, "test")
    for motif in motifs():
        more = ornamented(motif, random)
        if len(more) > len(motif) and motif[-1].length < max(cell.length for cell in motif):
            assert reach(more) == reach(motif)


def test_development_stays_within_the_bars() -> None:
    random = Random(2, "test")
    for motif in motifs(200):
        variation = developed(motif, random, TASTE, 8.0)
        assert variation
        assert all(0.0 <= cell.beat < 8.0 and cell.length > 0.0 for cell in variation)


def test_a_book_that_repeats_often_holds_fewer_motifs() -> None:
    def different(repeat: float) -> int:
        random, book = Random(5, "test"), MotifBook()
        return len({book.next(random, TASTE, 1, repeat) for _ in range(60)})

    assert different(0.8) < different(0.5) < different(0.25)
