"""What may be changed about reading the toy's ledger: `mappings/toyledger.toml`."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class ToyMapping(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    installation: str
    default_currency: str = "COP"
