"""The world of one seed: a lender, the sandbox's books, the bridge, and what connects them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from bridge import wiring
from bridge.core.tie_out.reconciliation import Reconciliation
from bridge.credentials import open_credentials
from bridge.pipeline.context import Dry, Live
from bridge.pipeline.older_state import was_told
from bridge.pipeline.reconcile import compare
from bridge.pipeline.sync import SyncResult, preview, sync
from bridge.store.store import Store
from tests.pipeline.world import COMPANIES, World
from tests.simulation.clock import WorldClock
from tests.simulation.deliveries import Deliveries

ZONES = (
    *3 * ("America/Bogota",),
    "America/Santiago",
    "America/New_York",
    "America/Havana",
    "America/Asuncion",
    "Pacific/Easter",
)
"""Where lenders live. Half of them where the clock is never changed; in Havana and in Santiago it
is changed at midnight, in Easter on the evening before."""
EVERYTHING = 1_000_000
BROWSER = "http://localhost:8766/callback"
KEYS = ("credentials.json", "locks")
"""Not the state: logging in anew changes them, also for who only looks."""


@dataclass
class Estate(World):
    """A `World` of several systems whose one time the sandbox keeps."""

    systems: tuple[str, ...] = ("quickbooks",)
    oauth: bool = False
    zone: str = ZONES[0]
    deliveries: Deliveries = field(init=False)
    believed: bool = False
    """A person has said that a shrunken ledger is true, for one pass."""
    _session: requests.Session = field(default_factory=requests.Session)

    def __post_init__(self) -> None:
        self.clock: WorldClock = WorldClock(  # type: ignore[assignment]
            self.sandbox.clock, self.sandbox.control.late.move_clock
        )
        (self.folder / "mappings").mkdir()
        self.deliveries = Deliveries(self.folder / "ledger")

    @property
    def snapshot(self) -> Path:
        return self.deliveries.path

    @property
    def database(self) -> Path:
        return self.folder / "state.db"

    def environment(self) -> dict[str, str]:
        found = super().environment() | {"LEDGER_BRIDGE_LENDER__TIMEZONE": self.zone}
        for name in COMPANIES:
            section = f"LEDGER_BRIDGE_SYSTEMS__{name.upper()}__"
            found[f"{section}ENABLED"] = "true" if name in self.systems else "false"
            found[f"{section}PARALLEL"] = "1"
            if self.oauth:
                found[f"{section}ACCESS"] = "oauth"
                del found[f"{section}STATIC_TOKEN"]
        if self.believed:
            found["LEDGER_BRIDGE_LIMITS__SHRINK_MONEY_PERCENT"] = "100"
            found["LEDGER_BRIDGE_LIMITS__SHRINK_ROWS_PERCENT"] = "100"
        return found | self.overrides

    def connect(self, system: str) -> None:
        """`ledger-bridge connect`: a person logs in with a browser, and says yes."""
        with wiring.open_login(self.settings(), system, self.clock) as login:
            page = login.begin(BROWSER)
            back = self._session.get(page, allow_redirects=False, timeout=60)
            login.finish(back.headers["Location"], "demo-secret")

    def disconnect(self, system: str) -> bool:
        """Take the app's access away at the provider. False when there is none."""
        keys = open_credentials(self.folder, {}, self.clock)
        token = keys.get(system, COMPANIES[system], "refresh_token")
        if not token:
            return False
        answer = self._session.post(
            self.sandbox.urls()[system]["revoke"],
            data={"token": token},
            auth=("demo-client", "demo-secret"),
            timeout=60,
        )
        return answer.ok

    @contextmanager
    def bridge(self) -> Iterator[Live]:
        with wiring.open_bridge(self.settings(), clock=self.clock) as bridge:
            yield bridge

    @contextmanager
    def dry(self) -> Iterator[Dry]:
        with wiring.open_dry(self.settings(), clock=self.clock) as bridge:
            yield bridge

    @contextmanager
    def known(self) -> Iterator[Store]:
        """A copy of the state store, to look at."""
        with closing(Store.open(self.settings().state.url, migrate=False).scratch()) as store:
            yield store

    def sync(
        self,
        approve: str | None = None,
        take_over: str = "",
        heard: Callable[[SyncResult], None] = lambda result: None,
    ) -> SyncResult:
        """A pass that somebody waits for: `heard` is the moment in which they have its answer.
        What dies after it has been heard, and what died before it was not."""
        with self.bridge() as bridge:
            result = sync(bridge, approve, take_over=take_over)
            heard(result)
            was_told(bridge.store, result.answer)
        return result

    def preview(self) -> SyncResult:
        with self.dry() as bridge:
            return preview(bridge)

    def reconcile(self, *, full: bool) -> Reconciliation:
        with self.bridge() as bridge:
            return compare(
                bridge,
                bridge.today,
                self.clock.now(),
                full=full,
                listed=EVERYTHING,
            )

    def control(self, method: str, path: str, **body: Any) -> Any:
        """Ask the sandbox; raises ValueError with its reason when it does not do that."""
        url = f"{self.sandbox.url}/_sandbox/{path}"
        answer = self._session.request(method, url, json=body or None, timeout=60)
        if not answer.ok:
            raise ValueError(answer.json()["error"])
        return answer.json()

    def books_of(self, system: str) -> dict[str, Any]:
        found: dict[str, Any] = self.control("GET", f"{system}/books")
        return found

    def state_files(self) -> dict[str, tuple[int, str]]:
        """Every file of the state folder → when it was written, and a digest of its content."""
        return {
            str(path.relative_to(self.folder)): (
                path.stat().st_mtime_ns,
                hashlib.blake2b(path.read_bytes()).hexdigest(),
            )
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and not any(part.startswith(KEYS) for part in path.parts)
        }

    def close(self) -> None:
        self._session.close()


def unlike(before: dict[str, tuple[int, str]], after: dict[str, tuple[int, str]]) -> list[str]:
    """Files that are not as they were."""
    return sorted({name for name, _ in before.items() ^ after.items()})
