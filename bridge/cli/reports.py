"""Report files of a reconciliation, where the settings or the call want them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.report.render import render
from bridge.settings import Settings

if TYPE_CHECKING:
    from bridge.core.reconciliation import Reconciliation


def write_reports(
    settings: Settings,
    found: Reconciliation,
    formats: Sequence[str] | None = None,
    folder: Path | None = None,
) -> list[Path]:
    """Write the reports and return their paths. They stay with their owner: mode 0600."""
    return render(
        found,
        formats or settings.report.formats,
        folder or settings.report.folder,
        settings.report.languages,
        settings.lender.locale,
        settings.lender.timezone,
    )
