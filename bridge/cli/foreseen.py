"""The words that `sync --dry-run` tells beside its counts: sums, accounts, what is left out,
documents."""

from __future__ import annotations

from typing import Any

import msgspec

from bridge.cli.output import Output
from bridge.core.change.planned import Planned
from bridge.pipeline.context import Dry
from bridge.pipeline.planned import changes, noticed, planned
from bridge.report import planned as report
from bridge.report.figures import Figures, locale_for
from bridge.report.texts import language_of, texts
from bridge.settings import Settings


class Foreseen:
    """The plan that lies in a scratch store, while it is there."""

    def __init__(self, dry: Dry, loaded: Settings, *, every: bool) -> None:
        """`every`: with every document that would be written."""
        self._dry, self._every = dry, every
        self._names = loaded.lender.names_in_reports
        locale = loaded.lender.locale
        catalogue = texts(language_of(locale))
        self.words = catalogue.tables["cli"]
        figures = Figures(locale_for(catalogue.language, locale), {})
        self._report = report.PlanWords(catalogue, figures)
        self._plans: dict[str, Planned] = {
            name: planned(dry.store, books) for name, books in dry.books.items()
        }
        self._found = noticed(dry.store)

    def add_to(self, document: dict[str, Any]) -> None:
        """Put it into the document of `sync --json`."""
        for name, plan in self._plans.items():
            document["systems"][name] |= report.document(plan)
        document["findings"] = report.findings(self._found)
        if self._every:
            document["documents"] = msgspec.Raw(b"[" + b",".join(self._encoded()) + b"]")

    def tell(self, out: Output) -> None:
        """Tell it to a person."""
        for name, plan in self._plans.items():
            out.line()
            out.line(f"{name}: {self.words['would' if plan.sums else 'nothing']}")
            if plan.sums:
                out.table(*self._report.sums(plan))
            if plan.accounts:
                out.line()
                out.line(f"{name}: {self.words['effect']}")
                out.table(*self._report.accounts(plan))
            if plan.held:
                out.line()
                out.line(f"{name}: {self.words['left_out']}")
                for line in self._report.held(plan):
                    out.line(line)
        if self._found:
            out.line()
            out.line(self.words["found"])
            for line in self._report.found(self._found):
                out.line(line)
        if self._every:
            self._list(out)
        out.line()

    def _list(self, out: Output) -> None:
        for name, books in self._dry.books.items():
            out.line()
            out.line(f"{name}: {self.words['documents']}")
            for each in changes(self._dry.store, books):
                entry, customer = each.entry, each.customer if self._names else ""
                line = self._report.change(entry.operation, entry.document, customer, each.effects)
                out.line(f"  {line}")

    def _encoded(self) -> list[bytes]:
        """One document after another, each as it will be printed: small beside what it tells of."""
        encode = msgspec.json.Encoder().encode
        return [
            encode(
                report.change(
                    name,
                    each.entry.operation,
                    each.entry.document,
                    each.customer if self._names else "",
                    each.effects,
                )
            )
            for name, books in self._dry.books.items()
            for each in changes(self._dry.store, books)
        ]
