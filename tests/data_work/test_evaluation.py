"""The evaluation: judged vibes, their split for ever, and the rates."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from data_work.evaluation_set import JudgedVibe, read_evaluation, split_of
from data_work.scoring import best_constants, of_configs, of_constant, of_random, rate
from latentscore.config import MusicConfig

SLOW = JudgedVibe(
    "a",
    "word",
    "one",
    {"tempo": frozenset({"slow", "very_slow"})},
    {"tempo": frozenset({"fast"}), "mode": frozenset({"major"})},
)
FAST = JudgedVibe("b", "scene", "two", {"tempo": frozenset({"fast"})}, {"tempo": frozenset({"slow"})})


def write(folder: Path, *lines: object) -> Path:
    (folder / "part.jsonl").write_text("\n".join(json.dumps(line) for line in lines), "utf-8")
    return folder


def line(vibe: str, **changes: object) -> dict[str, object]:
    judged = {"accept": {"tempo": ["slow"], "density": ["2"]}, "reject": {"tempo": ["fast"]}}
    return {"vibe": vibe, "kind": "word", **judged, **changes}


def test_labels_are_read_as_the_fields_have_them(tmp_path: Path) -> None:
    (judged,) = read_evaluation(folder=write(tmp_path, line("rain"), line("RAIN ")))
    assert judged.accept == {"tempo": {"slow"}, "density": {2}}
    assert judged.reject == {"tempo": {"fast"}}


@pytest.mark.parametrize(
    "changes",
    [{"accept": {"tempo": ["brisk"]}}, {"accept": {"speed": ["slow"]}}, {"reject": {"tempo": ["slow"]}}],
)
def test_a_mistake_is_named(tmp_path: Path, changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"part\.jsonl:2"):
        read_evaluation(folder=write(tmp_path, line("rain"), line("snow", **changes)))


def test_the_split_never_moves() -> None:
    assert [split_of(vibe) for vibe in ("rain", "boss fight", "gym")] == ["dev", "dev", "test"]
    assert split_of("Rain ") == split_of("rain")


def test_every_judged_vibe_is_in_one_split() -> None:
    dev, test = read_evaluation("dev"), read_evaluation("test")
    assert len(dev) + len(test) == len(read_evaluation())
    assert {one.split for one in dev} | {one.split for one in test} <= {"dev", "test"}


def test_rates() -> None:
    found = of_configs([SLOW, FAST], [MusicConfig(tempo=60.0, mode="major"), MusicConfig(tempo="slow")])
    assert rate(found.accepted).mean == pytest.approx(1 / 3)
    assert rate(found.rejected).mean == pytest.approx(2 / 3)
    assert np.isnan(found.accepted[1]).sum() == found.accepted.shape[1] - 1, "mode is not judged there"


def test_baselines() -> None:
    assert rate(of_random([SLOW, FAST]).accepted).mean == pytest.approx((2 / 5 + 0 + 1 / 5) / 3)
    constants = best_constants([SLOW, SLOW, FAST])
    assert constants["tempo"] == "very_slow"
    assert rate(of_constant([FAST], constants).rejected).mean == 0.0


def test_the_interval_holds_the_mean_and_shrinks() -> None:
    few, many = np.array([[1.0], [0.0]] * 5), np.array([[1.0], [0.0]] * 500)
    for verdicts in (few, many):
        found = rate(verdicts)
        assert found.low <= found.mean == 0.5 <= found.high
    assert rate(many).high - rate(many).low < rate(few).high - rate(few).low
