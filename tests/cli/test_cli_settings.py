"""What a shell can say about music: configs, changes, blends; the reference; JSON for scripts."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

import latentscore as ls
from latentscore.cli.settings import (
    read_config,
    read_content,
    read_fallback,
    read_options,
    read_update,
)
from latentscore.config import FIELDS, STYLE_HELP

Command = Callable[..., Any]
LABELS = [(name, label) for name, field in FIELDS.items() for label in field.labels]
ORDERED = [name for name, field in FIELDS.items() if field.ordered]


@pytest.mark.parametrize(("name", "label"), LABELS, ids=str)
def test_every_label_can_be_set_as_it_is_printed(name: str, label: Any) -> None:
    update = read_update([f"{name}={label}"])
    assert update == ls.MusicConfigUpdate(**{name: label})
    assert update is not None
    assert type(update.changes()[name]) is type(label)


@given(st.sampled_from(ORDERED), st.integers(-20, 20))
def test_steps_have_a_sign(name: str, steps: int) -> None:
    assert read_update([f" {name} = {steps:+d} "]) == ls.MusicConfigUpdate(**{name: ls.Step(steps)})


def test_several_changes_and_a_tempo_in_bpm() -> None:
    update = read_update(["tempo=92.5", "depth=true", "density=-1"])
    assert update == ls.MusicConfigUpdate(tempo=92.5, depth=True, density=ls.Step(-1))
    assert read_update([]) is None


@pytest.mark.parametrize(
    "written", ["tempo", "=dark", "shine=dark", "tempo=quick", "tempo=900", "root=+1", "pad="]
)
def test_what_cannot_be_set_is_refused(written: str) -> None:
    with pytest.raises(ls.InvalidConfigError, match="must be"):
        read_update([written])


def test_a_config_as_share_code_json_or_file(tmp_path: Path) -> None:
    config = ls.MusicConfig(tempo=92, space="vast")
    for text in (config.share(), config.to_json(), f"  {config.to_json(indent=2)}"):
        assert read_config(text) == config
        (tmp_path / "config").write_text(text + "\n", "utf-8")
        assert read_config(str(tmp_path / "config")) == config
    assert read_config(None) is None
    (tmp_path / "noise").write_bytes(b"\xff\xfe\x00")
    for path in (tmp_path / "missing", tmp_path, tmp_path / "noise"):
        with pytest.raises(ls.FileFormatError, match="config="):
            read_config(str(path))


def test_a_fallback_and_the_options_of_a_backend() -> None:
    assert read_fallback(None) is None
    assert read_fallback("embedding") == "embedding"
    assert read_fallback('{"tempo": "slow"}') == ls.MusicConfig(tempo="slow")
    assert read_options('{"guidance_scale": 3}') == {"guidance_scale": 3}
    assert read_options(None) is None
    for written in ("[1]", "{", "x"):
        with pytest.raises(ls.InvalidConfigError, match="JSON object"):
            read_options(written)


def test_a_blend_weighs_the_first_vibe_1() -> None:
    assert read_content("rain", ["neon=city=0.5", "sea=2"], None) == {
        "rain": 1.0,
        "neon=city": 0.5,
        "sea": 2.0,
    }
    assert read_content("rain", [], ls.MusicConfig()) == "rain"
    assert read_content(None, [], ls.MusicConfig()) == ls.MusicConfig()
    for vibe, others in ((None, []), (None, ["a=1"]), ("rain", ["neon"]), ("rain", ["neon=much"])):
        with pytest.raises(ls.InvalidConfigError):
            read_content(vibe, others, None)


def test_render_says_the_same_as_the_api(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = command(
        *("render", "rain", "--blend", "neon city=0.5", "--set", "brightness=+1", "--set", "tempo=92"),
        *("--config", '{"space": "dry"}', "--duration", "0.3", "--fade-out", "0.1", "--variants", "2"),
        *("--sample-rate", "48000", "--channels", "1", "-o", "take.wav", "--json"),
    )
    assert done.code == 0, done.err
    takes = ls.render(
        {"rain": 1.0, "neon city": 0.5},
        config=ls.MusicConfig(space="dry"),
        update=ls.MusicConfigUpdate(brightness=ls.Step(1), tempo=92),
        duration=0.3,
        fade_out=0.1,
        variants=2,
        sample_rate=48000,
    )
    told = json.loads(done.out)
    assert [one["file"] for one in told] == ["take-1.wav", "take-2.wav"]
    for one, audio in zip(told, takes, strict=True):
        audio.save("expected.wav")
        assert soundfile.read(one["file"])[0].tolist() == soundfile.read("expected.wav")[0].tolist()
        assert (one["seed"], one["duration_s"], one["sample_rate"]) == (audio.seed, 0.3, 48000)
        assert ls.MusicConfig.model_validate(one["config"]) == audio.config
        assert ls.MusicConfig.from_share(one["share"]) == audio.config


def test_a_config_alone_and_its_stems(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = command(
        "render", "--config", ls.MusicConfig().share(), "--duration", "0.3", "--stems", "parts", "--ending"
    )
    assert done.code == 0, done.err
    stems = ls.render(ls.MusicConfig(), duration=0.3, channels=2, ending=True, stems=True).stems
    assert stems is not None
    assert sorted(os.listdir("parts")) == sorted(f"{name}.wav" for name in stems)
    assert f"Wrote {len(stems)} stems to parts." in done.out


def test_render_play_writes_nothing_without_output(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = command("render", "rain", "--duration", "0.2", "--play")
    assert done.code == 1, "there is no device here"
    assert "device" in done.err
    assert os.listdir(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["render"], "a vibe, or --config"),
        (["render", "--blend", "rain=1"], "a vibe, or --config"),
        (["render", "rain", "--blend", "neon"], "TEXT=WEIGHT"),
        (["render", "rain", "--set", "brightnes=dark"], "Did you mean 'brightness'"),
        (["render", "rain", "--variants", "2", "--stems", "s"], "one take"),
        (["render", "rain", "--variants", "0"], "variants must be"),
        (["render", "rain", "--fade-out", "11"], "fade_out must be"),
        (["render", "rain", "--config", "ls1:x"], "share"),
        (["config", "shine"], "field must be"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_settings_exit_with_2(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], told: str
) -> None:
    monkeypatch.chdir(tmp_path)
    done = command(*arguments)
    assert done.code == 2
    assert told in done.err
    assert os.listdir(tmp_path) == []


def test_the_reference_has_every_field_and_label(command: Command) -> None:
    whole = command("config")
    assert whole.code == 0
    rows = {line.split()[0]: line.split()[1:] for line in whole.out.splitlines() if line.strip()}
    for name, field in FIELDS.items():
        expected = [f"[{label}]" if label == field.default else str(label) for label in field.labels]
        assert rows[name] == expected
    assert "\x1b" not in whole.out, "no colour when piped"


@pytest.mark.parametrize("name", FIELDS)
def test_one_field_with_what_its_labels_mean(command: Command, name: str) -> None:
    field, out = FIELDS[name], command("config", name).out
    assert field.help in out
    assert all(str(label) in out for label in field.labels)
    assert all(meaning in out for meaning in STYLE_HELP.get(name, {}).values())
    assert ("--set" in out) == field.ordered


def test_the_reference_for_scripts(command: Command) -> None:
    fields = json.loads(command("config", "--json").out)
    assert [one["name"] for one in fields] == list(FIELDS)
    tempo = fields[0]
    assert tempo["labels"][0] == {"label": "very_slow", "help": None, "value": 54.0}
    assert tempo["number_range"] == [30.0, 240.0]
    assert json.loads(command("config", "tempo", "--json").out) == tempo


def test_explain_for_scripts(command: Command) -> None:
    told, found = json.loads(command("explain", "rain, 92 bpm", "--json").out), ls.explain("rain, 92 bpm")
    assert ls.MusicConfig.model_validate(told["config"]) == found.config
    assert [near["vibe"] for near in told["neighbours"]] == [near.vibe for near in found.neighbours]
    assert told["fields"]["tempo"]["source"] == found.fields["tempo"].source
    assert told["instructions"] == list(found.instructions)
