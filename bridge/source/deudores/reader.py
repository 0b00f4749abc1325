"""Reads the deudores ledger in any of its forms.

A delivery is a package (folder or ZIP with `manifest.json`), a JSON snapshot, a set of CSV files,
a workbook, or a single sheet of a comparable app. What a file is follows from its content, not
from its name.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

from bridge.core.findings import Finding
from bridge.core.ledger import SnapshotFacts
from bridge.core.message import message
from bridge.errors import ConfigurationError, Problem, SnapshotRefused
from bridge.source.deudores import json_book
from bridge.source.deudores.about import ABOUT
from bridge.source.deudores.context import Context
from bridge.source.deudores.inbox import BOOK_NAMES, SHEET_NAMES, Delivery, newest
from bridge.source.deudores.mapping import DeudoresMapping
from bridge.source.deudores.package import Manifest, check_files, manifest_of
from bridge.source.deudores.snapshot import DeudoresSnapshot
from bridge.source.deudores.tables import Book
from bridge.source.files.delivered import (
    Delivered,
    PlainFile,
    SizeLimits,
    refuse_if,
    refusing,
    zip_files,
)
from bridge.source.files.sniff import Content, content

Form = Literal["json", "csv", "xlsx", "ods"]
_FORMS: tuple[Form, ...] = ("json", "csv", "xlsx", "ods")
_FORM_OF = {
    Content.JSON: "json",
    Content.TEXT: "csv",
    Content.WORKBOOK: "xlsx",
    Content.OPEN_DOCUMENT: "ods",
}


class Deudores:
    """One ledger of the Deudores app, at a path.

    `prefer` chooses which form is read where a delivery has several; by default JSON, which says
    most, then CSV, then XLSX, then ODS. `staging` is where temporary copies may be made.
    """

    def __init__(
        self,
        path: Path,
        mapping: DeudoresMapping,
        timezone: str,
        today: date,
        staging: Path | None = None,
        prefer: Form | None = None,
    ) -> None:
        self._path = path
        self._mapping = mapping
        self._today = today
        self._staging = staging
        self._prefer = prefer
        limits = mapping.limits
        self._sizes = SizeLimits(limits.file_bytes, limits.unpacked_bytes, limits.unpacked_ratio)
        try:
            self._zone = ZoneInfo(timezone)
        except (KeyError, ValueError, OSError) as error:
            problem = Problem("[lender] time zone", f'"{timezone}" is unknown.', "America/Bogota…")
            raise ConfigurationError(f"unknown time zone {timezone}", [problem]) from error

    def snapshot(self) -> DeudoresSnapshot:
        """The delivery, checked as a whole. Raises SnapshotRefused with every problem."""
        delivery = self._delivery()
        files, single = delivery.files, delivery.single
        manifest = None if single else manifest_of(files)
        if manifest is not None:
            check_files(manifest, files, self._mapping.limits.file_bytes)
            listed = {entry.name for entry in manifest.files}
            files = [file for file in files if file.name in listed]
        book, left = self._book(files, manifest, single)
        facts = book.facts
        if book.weak and self._mapping.weak_ids == "refuse":
            problem = Problem(
                self._path.name, message("refused_weak", what=book.weak), message("mend_weak")
            )
            raise SnapshotRefused(message("file_refused", file=self._path.name), [problem])

        def context() -> Context:
            new = Context(
                self._mapping, self._zone, facts.as_of, facts.default_currency, facts.locale
            )
            for notice in delivery.notices:
                new.log.findings.append(
                    Finding(
                        code=notice.code,
                        subject=f"file:{notice.file}",
                        detail=notice.detail,
                        file=notice.file,
                    )
                )
            code = "file.not_read" if manifest or self._prefer else "file.unread_ledger"
            for name in left:
                detail = message("other_form", form=facts.format)
                new.log.note(code, f"file:{name}", detail, at=(name, 0))
            return new

        return DeudoresSnapshot(delivery.name, book, context)

    def _delivery(self) -> Delivery:
        """The delivery that lies at the path: a file, a ZIP, a delivery's folder, or a folder of
        deliveries."""
        path = self._path
        with refusing(path.name):
            if not path.exists():
                problem = Problem(path.name, message("refused_absent"), message("mend_path"))
                raise SnapshotRefused(message("file_refused", file=path.name), [problem])
            if path.is_dir():
                limit = self._mapping.limits.json_bytes
                return newest(path, self._sizes, limit, self._zone)
            if not path.is_file():
                problem = Problem(path.name, message("refused_no_file"), message("mend_path"))
                raise SnapshotRefused(message("file_refused", file=path.name), [problem])
            file = PlainFile(path)
            what = content(file)
        if what is Content.ARCHIVE:
            return Delivery(name=path.name, files=zip_files(path, self._sizes))
        return Delivery(name=path.name, files=[file], single=True)

    def _book(
        self, files: Sequence[Delivered], manifest: Manifest | None, single: bool
    ) -> tuple[Book, list[str]]:
        """The ledger in the files, and the names of those in another form, which are not read."""
        by_form = self._by_form(files, single)
        form = self._chosen(by_form)
        chosen = by_form[form]
        left = [file.name for other in by_form if other != form for file in by_form[other]]
        if form == "json":
            return self._json(chosen, manifest), left
        sheets = [(file, form) for file in chosen]
        facts = self._loose_facts(form, chosen)
        from bridge.source.deudores.sheets import sheet_book  # heavy, and a snapshot has none

        return sheet_book(sheets, manifest, facts, self._mapping, self._staging), left

    def _by_form(self, files: Sequence[Delivered], single: bool) -> dict[str, list[Delivered]]:
        """The files that can be read, by form. Raises SnapshotRefused for one that cannot, unless
        another form is wanted."""
        found: dict[str, list[Delivered]] = {}
        problems: list[Problem] = []
        for file in files:
            if not single and not file.name.lower().endswith((".json", *BOOK_NAMES, *SHEET_NAMES)):
                continue
            what = content(file)
            if single or file.name.lower().endswith((f".{self._prefer or 'csv'}", *BOOK_NAMES)):
                problems += _unreadable(file.name, what)
            form = _FORM_OF.get(what)
            if form == "json" and not single and not json_book.looks_like_one(file):
                continue
            if form:
                found.setdefault(form, []).append(file)
        if self._prefer not in found:
            refuse_if(problems)
        return found

    def _chosen(self, by_form: dict[str, list[Delivered]]) -> Form:
        wanted = [self._prefer] if self._prefer else list(_FORMS)
        for form in wanted:
            if form in by_form:
                return form
        what = message("refused_no_ledger")
        if self._prefer:
            there = sorted(by_form) or ["—"]
            what = message("refused_no_form", form=self._prefer, others=there)
        problem = Problem(self._path.name, what, message("mend_no_ledger"))
        raise SnapshotRefused(message("file_refused", file=self._path.name), [problem])

    def _json(self, files: list[Delivered], manifest: Manifest | None) -> Book:
        if len(files) > 1:
            names = ", ".join(file.name for file in files)
            problem = Problem(names, message("refused_several"), message("mend_several"))
            raise SnapshotRefused(message("untrusted", problem=problem.told), [problem])
        file = files[0]
        limit = self._mapping.limits.json_bytes
        return json_book.book_of(file, limit, manifest, self._loose_facts("json", files))

    def _loose_facts(self, form: str, files: Sequence[Delivered]) -> SnapshotFacts:
        """The facts taken for granted about a delivery that says nothing about itself."""
        return SnapshotFacts(
            source="deudores",
            letters=ABOUT.letters,
            installation=self._mapping.installation,
            as_of=self._today,
            written_on=self._written_on(files),
            generated_at="",
            format=form,
            complete=False,
            locale=self._mapping.default_locale,
            default_currency=self._mapping.default_currency,
        )

    def _written_on(self, files: Sequence[Delivered]) -> date:
        """The day on which the newest of the files was written."""
        newest = max(file.written_at for file in files)
        return datetime.fromtimestamp(newest, self._zone).date()


def _unreadable(name: str, what: Content) -> list[Problem]:
    said = {
        Content.EMPTY: (message("refused_empty"), message("mend_empty")),
        Content.OLE: (message("refused_password"), message("mend_password")),
        Content.OTHER_SHEET: (message("refused_other_kind"), message("mend_other_kind")),
        Content.BINARY: (message("refused_binary"), message("mend_binary")),
        Content.DAMAGED_ZIP: (message("refused_damaged"), message("mend_damaged")),
    }.get(what)
    return [Problem(name, *said)] if said else []
