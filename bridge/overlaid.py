"""Settings of a file with the environment over them. Loaded only where a variable sets one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from pydantic import BaseModel
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource

ModelT = TypeVar("ModelT", bound=BaseModel)


def overlaid(model: type[ModelT], file: Mapping[str, Any], over: Mapping[str, Any]) -> ModelT:
    """The model of a file's values with the environment's over them, table by table. Raises
    pydantic's ValidationError."""

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
            return tuple(
                InitSettingsSource(settings_cls, init_kwargs=dict(each)) for each in (over, file)
            )

    made: ModelT = Overlaid()
    return made
