"""The generated files are what the generator makes of the table, and the package is cheap to import."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import get_args

import pytest

from latentscore import config
from latentscore.config import FIELDS, MusicConfig, MusicConfigUpdate, labels

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def generator() -> ModuleType:
    path = ROOT / "data_work" / "generate_labels.py"
    spec = importlib.util.spec_from_file_location("generate_labels", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["labels.py", "bodies.py"])
def test_generated_file_is_up_to_date(generator: ModuleType, name: str) -> None:
    wanted = {path.name: (path, text) for path, text in generator.sources().items()}
    path, text = wanted[name]
    assert path.read_text("utf-8") == text, "run: python -m data_work.generate_labels"


@pytest.mark.parametrize("field", FIELDS.values(), ids=list(FIELDS))
def test_alias_holds_the_labels(field: config.fields.Field) -> None:
    assert get_args(getattr(labels, field.alias)) == field.labels


def test_documented_alias_names() -> None:
    documented = [
        "TempoLabel",
        "BrightnessLabel",
        "SpaceLabel",
        "MotionLabel",
        "StereoLabel",
        "EchoLabel",
        "HumanLabel",
        "AttackLabel",
        "GrainLabel",
        "DensityLabel",
        "RootLabel",
        "ModeLabel",
        "BassStyle",
        "PadStyle",
        "MelodyStyle",
        "RhythmStyle",
        "TextureStyle",
        "AccentStyle",
    ]
    assert labels.__all__[:18] == documented


def test_models_have_the_fields_of_the_table() -> None:
    assert list(MusicConfig.model_fields) == list(FIELDS)
    assert list(MusicConfigUpdate.model_fields) == list(FIELDS)
    assert MusicConfig().labels() == {name: field.default for name, field in FIELDS.items()}


@pytest.mark.parametrize(
    "statement",
    [
        "import latentscore.config",
        "import latentscore.errors",
        "from latentscore.config import FIELDS, STYLE_HELP, Step, TempoLabel",
    ],
)
def test_import_stays_light(statement: str) -> None:
    check = f"import sys; {statement}; print(sorted({{'pydantic', 'numpy'}} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", check], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_exports_resolve_and_are_listed() -> None:
    for name in config.__all__:
        assert getattr(config, name) is not None
        assert name in dir(config)
    assert callable(config.blend)
    with pytest.raises(AttributeError, match="no attribute 'Musicconfig'"):
        _ = config.Musicconfig
