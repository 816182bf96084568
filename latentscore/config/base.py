"""The base of both config models: the field table reads values, and refusals are `InvalidConfigError`s."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast

from pydantic import BaseModel, GetJsonSchemaHandler, ValidationError, ValidationInfo, field_validator
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, ErrorDetails
from typing_extensions import Self

from latentscore.config.fields import FIELDS, Field
from latentscore.errors import InvalidConfigError, invalid

_BY_NAME = "an object with fields by name"


class LabelModel(BaseModel, frozen=True, extra="forbid"):
    """A frozen pydantic model whose attributes are fields of the table.

    Whatever pydantic would refuse, its own way of building included, raises `InvalidConfigError` here.
    """

    @classmethod
    def _parse(cls, field: Field, value: object) -> object:
        """Return `value` as it is stored. Raises `InvalidConfigError`."""
        return field.parse(value)

    @field_validator("*", mode="before")
    @classmethod
    def _parse_field(cls, value: object, info: ValidationInfo) -> object:
        return cls._parse(FIELDS[cast(str, info.field_name)], value)

    if not TYPE_CHECKING:  # type checkers keep pydantic's own signature, one keyword for each field

        def __init__(self, /, **data: Any) -> None:
            with _refusals(type(self)):
                super().__init__(**data)

        def __setattr__(self, name: str, value: Any) -> None:
            raise _frozen(type(self), name)

        def __delattr__(self, name: str) -> None:
            raise _frozen(type(self), name)

    @classmethod
    def model_validate(cls, obj: Any, **options: Any) -> Self:
        """As pydantic's, but raises `InvalidConfigError`."""
        if isinstance(obj, Mapping) and not all(
            isinstance(key, str) for key in cast(Mapping[object, Any], obj)
        ):
            raise invalid(cls.__name__, cast(object, obj), _BY_NAME)  # __init__ could only raise a TypeError
        with _refusals(cls):
            return super().model_validate(obj, **options)

    @classmethod
    def model_validate_json(cls, json_data: str | bytes | bytearray, **options: Any) -> Self:
        """As pydantic's, but raises `InvalidConfigError`."""
        with _refusals(cls):
            return super().model_validate_json(json_data, **options)

    @classmethod
    def model_validate_strings(cls, obj: Any, **options: Any) -> Self:
        """As pydantic's, but raises `InvalidConfigError`."""
        with _refusals(cls):
            return super().model_validate_strings(obj, **options)

    def model_copy(self, *, update: Mapping[str, Any] | None = None, deep: bool = False) -> Self:
        """Return a copy with some fields replaced. Unlike pydantic's it validates them."""
        kept = {name: getattr(self, name) for name in self.model_fields_set}
        return self.model_validate({**kept, **(update or {})})

    def to_json(self, *, indent: int | None = None) -> str:
        """Return the JSON object, on one line unless `indent` is given; `from_json` reads it back equal."""
        return self.model_dump_json(indent=indent, exclude_none=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a JSON object; a missing field takes its default. Raises `InvalidConfigError`."""
        if not isinstance(cast(object, text), str | bytes):
            raise invalid(f"{cls.__name__} JSON", text, "text (str or bytes)")
        return cls.model_validate_json(text)

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler, /
    ) -> JsonSchemaValue:
        schema = handler(core_schema)
        properties = handler.resolve_ref_schema(schema)["properties"]
        for name, described in properties.items():
            _describe(FIELDS[name], described)
        return schema


def _describe(field: Field, schema: dict[str, Any]) -> None:
    """Add to a property's schema what the table knows and the annotation does not."""
    schema["description"] = field.help
    if field.number_range:
        numbers = next(option for option in schema["anyOf"] if option.get("type") == "number")
        numbers["minimum"], numbers["maximum"] = field.number_range
        numbers["description"] = field.unit


@contextmanager
def _refusals(model: type[LabelModel]) -> Generator[None, None, None]:
    try:
        yield
    except ValidationError as error:
        problems = [_problem(model, detail) for detail in error.errors(include_url=False)]
        # without the cause: its text repeats this one, in pydantic's words
        raise InvalidConfigError(" ".join(problems)) from None


def _problem(model: type[LabelModel], detail: ErrorDetails) -> str:
    refusal = detail.get("ctx", {}).get("error")
    if isinstance(refusal, InvalidConfigError):
        return str(refusal)
    if detail["type"] == "extra_forbidden":
        return str(invalid(f"A field of {model.__name__}", detail["loc"][-1], FIELDS))
    if detail["type"] == "json_invalid":
        return str(invalid(f"{model.__name__} JSON", detail["input"], f"valid JSON ({detail['msg']})"))
    return str(invalid(model.__name__, detail["input"], _BY_NAME))


def _frozen(model: type[LabelModel], name: str) -> InvalidConfigError:
    return InvalidConfigError(
        f"{name} cannot be set: a {model.__name__} never changes. Make another with "
        f"model_copy(update={{{name!r}: …}})."
    )
