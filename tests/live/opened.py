"""A test company on the sandbox, opened as one at the provider is."""

from __future__ import annotations

from bridge.sandbox.server import SandboxServer
from tests.conformance.ground import ROOT
from tests.live.company import LiveCompany, open_company

CONFIG = ROOT / "config" / "sandbox.toml"


def opened(sandbox: SandboxServer, system: str, **more: str) -> LiveCompany:
    return open_company(
        system,
        CONFIG,
        environment={
            "LEDGER_BRIDGE_SANDBOX_URL": sandbox.url,
            f"LEDGER_BRIDGE_SYSTEMS__{system.upper()}__CALLS_PER_MINUTE": "0",
            **more,
        },
    )
