"""Deudores y Cobranza, before anything of it is read. Its calls: FACTS L9."""

from __future__ import annotations

import re

from bridge.source.about import About, Dialect

ABOUT = About(
    reader="bridge.source.deudores.reader:Deudores",
    mapping="bridge.source.deudores.mapping:DeudoresMapping",
    check="bridge.source.deudores.mapping:check",
    questions="bridge.source.deudores.questions:QUESTIONS",
    letters="DY",
    forms=("json", "csv", "xlsx", "ods"),
    calls=Dialect(
        "Deudores-Event-Id",
        "Deudores-Signature",
        re.compile(r"(debtor|debt|movement)\.(created|updated|deleted)|snapshot\.ready"),
    ),
)
