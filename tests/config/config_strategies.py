"""Random configs and updates for hypothesis, drawn from the field table."""

from __future__ import annotations

from hypothesis import strategies as st

from latentscore.config import FIELDS, MusicConfig, MusicConfigUpdate, Step
from latentscore.config.field import Field

REGISTER = ("register_min_oct", "register_max_oct")


def values(field: Field) -> st.SearchStrategy[object]:
    """Any value a config can hold in `field`."""
    labels = st.sampled_from(field.labels)
    if field.number_range is None:
        return labels
    return labels | st.floats(*field.number_range)


@st.composite
def configs(draw: st.DrawFn) -> MusicConfig:
    """Any valid config."""
    chosen = {name: draw(values(field)) for name, field in FIELDS.items() if name not in REGISTER}
    low = draw(st.integers(1, 7))
    return MusicConfig(**chosen, register_min_oct=low, register_max_oct=draw(st.integers(low + 1, 8)))


def steps() -> st.SearchStrategy[Step]:
    """Any step, mostly within the length of a scale."""
    return st.builds(Step, st.integers(-9, 9) | st.integers(-1000, 1000))


@st.composite
def updates(draw: st.DrawFn) -> MusicConfigUpdate:
    """Any update that is valid for any config: register bounds change by steps only."""
    changes: dict[str, object] = {}
    for name, field in FIELDS.items():
        options = [st.none()]
        options += [steps()] if field.ordered else []
        options += [values(field)] if name not in REGISTER else []
        changes[name] = draw(st.one_of(options))
    return MusicConfigUpdate(**changes)
