"""The error tree, and the wording of refused arguments."""

from __future__ import annotations

import pickle

import pytest

from latentscore import errors


def test_every_error_is_a_latentscore_error() -> None:
    names = [
        "InvalidConfigError",
        "ModelNotAvailableError",
        "LLMInferenceError",
        "ConfigGenerateError",
        "PlaybackError",
        "StreamStateError",
        "FileFormatError",
        "OutputError",
    ]
    for name in names:
        error = getattr(errors, name)("what, why, remedy")
        assert isinstance(error, errors.LatentScoreError)
        assert str(error) == "what, why, remedy"


def test_errors_that_are_also_builtin_ones() -> None:
    assert issubclass(errors.InvalidConfigError, ValueError)
    assert issubclass(errors.OutputError, OSError)
    assert issubclass(errors.CapabilityWarning, UserWarning)
    assert not issubclass(errors.CapabilityWarning, errors.LatentScoreError)


def test_output_error_keeps_the_fields_of_os_error() -> None:
    error = errors.OutputError(13, "Permission denied", "/root/x.wav")
    assert (error.errno, error.filename) == (13, "/root/x.wav")


def test_invalid_names_argument_value_and_phrase() -> None:
    error = errors.invalid("duration", -1.0, "a number above 0")
    assert str(error) == "duration must be a number above 0; got -1.0."


def test_invalid_lists_choices_and_suggests_the_nearest() -> None:
    error = errors.invalid("tempo", "Fsat", ["slow", "fast"], also="or a number")
    assert str(error) == "tempo must be one of 'slow', 'fast', or a number; got 'Fsat'. Did you mean 'fast'?"
    assert "Did you mean" not in str(errors.invalid("tempo", "zebra", ["slow", "fast"]))
    assert "Did you mean 'very_slow'?" in str(errors.invalid("tempo", "Very slow", ["very_slow"]))


@pytest.mark.parametrize(
    "value",
    ["x" * 1_000_000, ["x" * 1000] * 1000, {"k" * 500: "v" * 500}, 10**6000, b"\xff" * 9999, object()],
    ids=["text", "list", "dict", "integer", "bytes", "object"],
)
def test_long_values_are_shortened(value: object) -> None:
    assert len(errors.shown(value)) <= 120
    assert len(str(errors.invalid("vibe", value, ["a", "b"]))) < 250


def test_short_values_are_shown_whole() -> None:
    assert errors.shown("rain on a tin roof") == "'rain on a tin roof'"
    assert errors.shown("\ud800") == "'\\ud800'"  # printable on any terminal


def test_errors_survive_pickling() -> None:
    error = pickle.loads(pickle.dumps(errors.invalid("seed", "a", "an integer")))
    assert isinstance(error, errors.InvalidConfigError)
    assert str(error) == "seed must be an integer; got 'a'."
