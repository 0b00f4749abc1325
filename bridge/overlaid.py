"""Settings of a file with the environment over them. Loaded only where a variable sets one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource

ModelT = TypeVar("ModelT", bound=BaseModel)

_OVER, _FILE = "over", "file"


def overlaid(model: type[ModelT], file: Mapping[str, Any], over: Mapping[str, Any]) -> ModelT:
    """The model of a file's values with the environment's over them, table by table. Raises
    pydantic's ValidationError."""
    made: ModelT = _of_both(model)(**{_OVER: dict(over), _FILE: dict(file)})
    return made


@cache
def _of_both(model: type[BaseModel]) -> Any:
    """A class like the model, of the values of both: made once, as that takes as long as all of a
    load."""

    class Overlaid(model, BaseSettings):  # type: ignore[misc, valid-type]
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,
            file_secret_settings: PydanticBaseSettingsSource,
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            given = init_settings()
            return tuple(
                InitSettingsSource(settings_cls, init_kwargs=given[each]) for each in (_OVER, _FILE)
            )

    return Overlaid
