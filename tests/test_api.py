"""`render` and `explain`: what comes back, what decides it, and what is refused."""

from __future__ import annotations

import functools
import hashlib
import math
from collections.abc import Callable
from subprocess import CompletedProcess
from typing import Any

import numpy as np
import pytest

import latentscore as ls

VIBE = "warm sunset over water"
SHORT_S = 2.0


def short(value: object) -> str:
    """Name a parameter, a number of 400 digits included."""
    return repr(value) if len(repr(value)) < 20 else "huge"


@functools.cache
def take(vibe: str = VIBE, **options: Any) -> ls.Audio:
    """A short render, made once."""
    return ls.render(vibe, **{"duration": SHORT_S, **options})


def same(one: ls.Audio, other: ls.Audio) -> bool:
    """Bit-equal samples."""
    return one.samples.shape == other.samples.shape and bool(np.array_equal(one.samples, other.samples))


@pytest.mark.parametrize("channels", [1, 2])
@pytest.mark.parametrize("sample_rate", [44100, 48000])
def test_the_audio_contract(channels: int, sample_rate: int) -> None:
    audio = take(channels=channels, sample_rate=sample_rate)
    n_frames = round(SHORT_S * sample_rate)
    samples = np.asarray(audio)
    assert samples.dtype == np.float32
    assert samples.shape == ((n_frames,) if channels == 1 else (n_frames, 2))
    assert (audio.sample_rate, audio.channels, audio.duration) == (sample_rate, channels, SHORT_S)
    assert np.isfinite(samples).all()
    assert np.abs(samples).max() <= 1.0
    level_db = 10 * math.log10(float(np.mean(samples.astype(np.float64) ** 2)))
    assert -40 < level_db < -6, "music, not silence and not a square wave"


@pytest.mark.parametrize("duration", [1 / 44100, 0.001, 0.0123, 0.5, 1, 1.00001])
def test_exactly_as_many_frames_as_asked(duration: float) -> None:
    assert len(take(duration=duration)) == round(duration * 44100)


def test_the_edges_are_silent() -> None:
    samples = take(channels=2).samples
    assert np.abs(samples[0]).max() == 0.0
    assert np.abs(samples[-1]).max() == 0.0
    cut = take(channels=2, fade_out=0).samples
    assert np.abs(cut[-1]).max() == 0.0
    assert same_until(cut, samples) >= 0.9 * SHORT_S - 0.01, "only the fade differs"


def same_until(one: np.ndarray, other: np.ndarray) -> float:
    """Seconds until the samples differ for the first time."""
    n = min(len(one), len(other))
    unlike = np.flatnonzero((one[:n] != other[:n]).reshape(n, -1).any(axis=1))
    return float(unlike[0] if unlike.size else n) / 44100


def test_mono_is_the_mean_of_the_stereo() -> None:
    mono, stereo = take(channels=1).samples, take(channels=2).samples
    np.testing.assert_allclose(mono, stereo.mean(axis=1), atol=1e-7)
    assert not np.array_equal(stereo[:, 0], stereo[:, 1]), "the stereo is real"


def test_a_shorter_render_is_the_beginning_of_a_longer_one() -> None:
    short, long = take(duration=2.0).samples, take(duration=3.3).samples
    assert same_until(short, long) >= 2.0 - 0.2 - 1e-3  # a tenth of it is its fade


def test_the_same_again_and_other_seeds() -> None:
    again = ls.render(VIBE, duration=SHORT_S)
    assert same(again, take())
    assert again.seed == take().seed
    assert not same(take(seed=1), take(seed=2))
    assert take(seed=1).seed == 1


def test_the_config_and_the_seed_decide_every_sample() -> None:
    audio = take()
    assert same(ls.render(audio.config, seed=audio.seed, duration=SHORT_S), audio)
    assert same(ls.render("other words", config=audio.config, seed=audio.seed, duration=SHORT_S), audio)
    assert same(
        ls.render(ls.MusicConfig.from_json(audio.config.to_json()), duration=SHORT_S, seed=audio.seed), audio
    )


def test_the_seed_follows_from_the_text() -> None:
    assert take().vibe == VIBE
    assert take("  Warm  SUNSET over water\n").seed == take().seed
    assert take("warm sunset over sand").seed != take().seed
    assert take(config=ls.MusicConfig()).seed == take().seed
    assert ls.render(ls.MusicConfig(), duration=0.1).seed == 0


def test_another_process_makes_the_same_samples(run_python: Callable[..., CompletedProcess[str]]) -> None:
    script = (
        "import hashlib, latentscore as ls; "
        f"audio = ls.render({VIBE!r}, duration={SHORT_S}, channels=2); "
        "print(audio.seed, hashlib.sha256(audio.samples.tobytes()).hexdigest())"
    )
    done = run_python("-c", script, env={"PYTHONHASHSEED": "77"})
    audio = take(channels=2)
    assert done.stdout.split() == [str(audio.seed), hashlib.sha256(audio.samples.tobytes()).hexdigest()], (
        done.stderr
    )


def test_variants() -> None:
    takes = ls.render(VIBE, variants=3, duration=SHORT_S)
    assert same(takes[0], take())
    assert len({audio.seed for audio in takes}) == 3
    assert not same(takes[1], takes[2])
    assert same(takes[2], ls.render(VIBE, seed=takes[2].seed, duration=SHORT_S))
    assert [audio.seed for audio in ls.render(VIBE, variants=2, duration=0.1)] == [a.seed for a in takes[:2]]
    (only,) = ls.render(VIBE, variants=1, duration=SHORT_S)
    assert same(only, take())


def test_stems_add_up_to_the_premaster() -> None:
    audio = take(channels=2, stems=True)
    assert audio.stems is not None
    assert list(audio.stems) == [
        "bass",
        "pad",
        "melody",
        "rhythm",
        "texture",
        "accent",
        "returns",
        "premaster",
    ]
    parts = {name: np.asarray(stem, dtype=np.float64) for name, stem in audio.stems.items()}
    assert {part.shape for part in parts.values()} == {(round(SHORT_S * 44100), 2)}
    premaster = parts.pop("premaster")
    residue = np.abs(sum(parts.values()) - premaster).max()
    assert residue <= 1e-6 * np.abs(premaster).max()  # -120 dB
    assert all(np.isfinite(part).all() for part in parts.values())
    assert parts["bass"].any()
    assert parts["pad"].any()
    assert parts["returns"].any()


def test_stems_do_not_change_the_music() -> None:
    assert same(take(channels=2, stems=True), take(channels=2))
    assert take().stems is None
    mono = take(stems=True).stems
    assert mono is not None
    assert {stem.samples.shape for stem in mono.values()} == {(round(SHORT_S * 44100),)}


def test_config_replaces_the_model_and_update_comes_last() -> None:
    config = ls.MusicConfig(brightness="dark", rhythm="none")
    audio = take(config=config, update=ls.MusicConfigUpdate(brightness=ls.Step(+2), rhythm="minimal"))
    assert audio.match is None
    assert (audio.config.brightness, audio.config.rhythm) == ("bright", "minimal")
    assert audio.config.differences(config) == ("brightness", "rhythm")
    updated = take(update=ls.MusicConfigUpdate(space="vast"))
    assert updated.config == take().config.model_copy(update={"space": "vast"})


def test_the_match_is_told() -> None:
    match = take().match
    assert match is not None
    assert match.entry in list(ls.library())
    assert take().config == ls.explain(VIBE).config
    assert match.similarity > 0.5
    assert ls.render(ls.MusicConfig(), duration=0.1).match is None
    assert take().metadata is None


def test_a_blend_of_vibes() -> None:
    parts = {"rain on a tin roof": 0.7, "neon city at night": 0.3}
    audio = ls.render(parts, duration=0.5)
    explained = [(ls.explain(vibe).config, weight) for vibe, weight in parts.items()]
    assert audio.config == ls.blend(explained)
    turned = ls.render(dict(reversed(list(parts.items()))), duration=0.5)
    scaled = ls.render({vibe: 10 * weight for vibe, weight in parts.items()}, duration=0.5)
    assert audio.seed == turned.seed == scaled.seed
    assert ls.render({"rain on a tin roof": 3}, duration=0.5).config == explained[0][0]


@pytest.mark.parametrize(
    "vibe",
    [
        "🌊🌅",
        "\N{FAMILY}" * 50,
        "雨の夜",
        "a\x00b",
        "\ud800 lone surrogate",
        "rain " * 2000,
        "x" * 10_000,
        ".",
    ],
    ids=["emoji", "families", "japanese", "nul", "surrogate", "10,000 words", "10,000 letters", "dot"],
)
def test_any_text_makes_music(vibe: str) -> None:
    audio = ls.render(vibe, duration=0.5)
    assert np.asarray(audio).any()
    assert audio.vibe


def refused(kind: type[Exception], *fragments: str, **options: Any) -> str:
    """Render with bad arguments; return the message, which has all the fragments."""
    content = options.pop("content", VIBE)
    with pytest.raises(kind) as told:
        ls.render(content, **{"duration": 0.1, **options})
    message = str(told.value)
    for fragment in fragments:
        assert fragment in message, message
    return message


@pytest.mark.parametrize("vibe", ["", " ", "\n\t ", "\u3000"])
def test_a_blank_vibe_is_refused(vibe: str) -> None:
    refused(ls.InvalidConfigError, "vibe", repr(vibe), "not blank", content=vibe)
    with pytest.raises(ls.InvalidConfigError, match="not blank"):
        ls.explain(vibe)


@pytest.mark.parametrize("content", [None, 7, b"rain", ["rain"], ("rain", 1.0)])
def test_content_of_another_kind_is_refused(content: object) -> None:
    refused(ls.InvalidConfigError, "must be", "text", content=content)


@pytest.mark.parametrize("weight", [0, -1, 0.0, math.nan, math.inf, True, "1", None, 10**400], ids=short)
def test_a_weight_that_is_none_is_refused(weight: object) -> None:
    refused(ls.InvalidConfigError, "content['rain']", "above 0", content={"rain": weight})


@pytest.mark.parametrize("content", [{}, {"": 1.0}, {"rain": 1.0, " ": 1.0}, {3: 1.0}])
def test_a_blend_of_nothing_is_refused(content: object) -> None:
    refused(ls.InvalidConfigError, "must be", content=content)


@pytest.mark.parametrize(
    "duration",
    [0, -1, -0.0, math.nan, math.inf, -math.inf, 86400.1, 1e-9, True, "10", None, [1], 10**400, 1j],
    ids=short,
)
def test_a_duration_that_is_none_is_refused(duration: object) -> None:
    told = refused(ls.InvalidConfigError, "duration must be", "got", duration=duration)
    assert "24 hours" in told or "one frame" in told


@pytest.mark.parametrize(
    ("argument", "values", "allowed"),
    [
        ("channels", [0, 3, -1, True, "2", None], "1, 2"),
        ("sample_rate", [22050, 0, -44100, 96000, "44100", None, True], "44100, 48000"),
        ("seed", [-1, 2**63, 1.0, True, "7", math.nan], "0 to 2**63 - 1"),
        ("fade_out", [-1, 0.2, math.nan, math.inf, "1", True, 10**400], "0 to the duration"),
        ("variants", [0, -1, 1.5, True, "2"], "from 1"),
        ("config", [{"bass": "drone"}, "drone", 3], "a MusicConfig"),
        ("update", [{"bass": "drone"}, ls.Step(1), ls.MusicConfig()], "a MusicConfigUpdate"),
        ("hooks", [print, {}, 3], "a RenderHooks"),
    ],
)
def test_a_bad_argument_is_named_with_its_value_and_what_is_allowed(
    argument: str, values: list[object], allowed: str
) -> None:
    for value in values:
        told = refused(ls.InvalidConfigError, f"{argument} must be", allowed, "got", **{argument: value})
        if isinstance(value, int | float | str) and value != 10**400:
            assert told.rstrip(".").endswith(f"got {value!r}")


@pytest.mark.parametrize("model", ["slow", "", None, 3, "FAST", ["fast"]])
def test_an_unknown_model_is_refused(model: object) -> None:
    refused(ls.ModelNotAvailableError, "model must be", "'fast'", repr(model), model=model)


def test_an_unknown_label_is_refused_with_the_valid_ones() -> None:
    for build in (ls.MusicConfig, ls.MusicConfigUpdate):
        with pytest.raises(ls.InvalidConfigError, match=r"bass must be one of 'drone'.*got 'banjo'"):
            build(bass="banjo")
    with pytest.raises(TypeError, match="durations"):
        ls.render(VIBE, durations=3)  # type: ignore[call-overload]


def test_bad_arguments_are_refused_before_the_text_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*arguments: Any, **keywords: Any) -> Any:
        raise AssertionError("the model was asked")

    monkeypatch.setattr("latentscore.vibe.content.read", read)
    for options in ({"duration": 0}, {"channels": 3}, {"seed": -1}, {"config": 3}, {"update": 3}):
        refused(ls.InvalidConfigError, **options)


def test_explain() -> None:
    found = ls.explain(VIBE)
    assert found.config == take().config
    assert len(found.neighbours) >= 3
    similarities = [near.similarity for near in found.neighbours]
    assert similarities == sorted(similarities, reverse=True)
    assert all(
        near.vibe and near.title and isinstance(near.config, ls.MusicConfig) for near in found.neighbours
    )
    assert list(found.fields) == list(found.config.labels())
    assert all(found.fields[name].value == value for name, value in found.config.labels().items())
    assert not found.low_confidence
    assert not found.truncated
    table = str(found)
    for word in (
        found.neighbours[0].vibe,
        found.neighbours[2].title,
        "brightness",
        found.config.bass,
        "accent",
    ):
        assert word in table


def test_explain_says_when_only_the_beginning_was_read() -> None:
    found = ls.explain("slow rain over an old harbour " * 350)
    assert len(found.vibe) > 10_000
    assert found.truncated
    assert "256 word pieces" in str(found)
    assert len(str(found)) < 10_000


def test_explain_says_when_it_guesses() -> None:
    found = ls.explain("zxqv 9 $$ jjjjjj")
    assert found.low_confidence
    assert "guess" in str(found)


def test_the_library_is_there() -> None:
    entries = ls.library()
    assert len(entries) >= 500
    assert {type(entry.config) for entry in entries[:50]} == {ls.MusicConfig}
    assert all(
        entry.vibe and entry.title and entry.theme and len(entry.palettes[0].colors) == 5 for entry in entries
    )
    assert entries[-1] == list(entries)[-1]
    entry = entries[3]
    assert ls.render(entry.vibe, duration=0.1).config == entry.config, "an entry's own words find it"


def test_a_score_is_what_a_render_of_the_same_vibe_plays() -> None:
    piece = ls.score("rain on a tin roof", 20)
    audio = ls.render("rain on a tin roof", duration=1)
    assert (piece.config, piece.seed) == (audio.config, audio.seed)
    assert piece.notes == ls.score(audio.config, 20, seed=audio.seed).notes
    with pytest.raises(ls.InvalidConfigError, match="duration"):
        ls.score("rain", 0)
