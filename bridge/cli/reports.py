"""Report files of a reconciliation, where the settings or the call want them."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.cli.paths import new_folder, refuse_among_deliveries, refuse_own
from bridge.errors import ConfigurationError
from bridge.report.render import render
from bridge.settings import Settings

if TYPE_CHECKING:
    from bridge.core.tie_out.reconciliation import Reconciliation


def place_for_reports(arguments: Namespace, settings: Settings) -> None:
    """Have the folder that reports go to. Raises UsageError or ConfigurationError."""
    if arguments.out:
        refuse_own(arguments.out, "--out", settings, arguments.config)
        new_folder(arguments.out, "--out")
    elif not arguments.dry_run:
        refuse_among_deliveries(settings.report.folder, "[report] folder", settings)
        new_folder(settings.report.folder, "[report] folder", error=ConfigurationError)


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
