"""The app's webhooks: true, late, repeated, replayed, forged, in any order, or never sent.

The receiver and the daemon are the product's. What must come of a call is worked out here anew,
from the contract: signed by who knows the secret, within five minutes, and not heard of before.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bridge.daemon import jobs
from bridge.daemon.done import Done
from bridge.daemon.service import Daemon, Job
from bridge.daemon.times import DueTimes
from bridge.source.deudores.about import ABOUT
from bridge.source.webhooks import Receiver
from tests.simulation.agenda import Agenda
from tests.simulation.clock import WorldClock
from tests.simulation.ledger import FieldLedger
from tests.simulation.person import Ended
from tests.simulation.trace import Broken, Trace

CALLS = ABOUT.calls
assert CALLS is not None
SECRET = "agreed-with-the-app-of-the-lender"
FRESH_S = 300
KINDS = {"true": 5, "late": 2, "repeated": 3, "replayed": 3, "forged": 1, "of no use": 1}
NEVER = "0 0 29 2 *"
"""Passes at their times are the day's own; this daemon does what it is asked for alone."""
LONGEST_S = 4000
"""No pass is put off for longer, once it has been asked for."""


@dataclass(frozen=True)
class Call:
    """One POST, as it went over the wire."""

    event: str
    signed_s: int
    headers: dict[str, str]
    body: bytes


@dataclass
class Postbox:
    """Calls of the app, and the daemon that they reach."""

    folder: Path
    clock: WorldClock
    ledger: FieldLedger
    agenda: Agenda
    trace: Trace
    work: Callable[[], Ended]
    """One pass."""
    sent: list[Call] = field(default_factory=list)
    heard: set[str] = field(default_factory=set)
    """Events that this daemon has taken in."""

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        """The daemon starts anew, and remembers no call."""
        self.receiver, self.passes = Receiver(CALLS), 0
        self.heard.clear()
        done = Done(self.folder / "daemon.json")
        done.set("sync", datetime.max.replace(tzinfo=UTC))
        self.daemon = Daemon([Job("sync", DueTimes(NEVER, "UTC"), self._act)], done, self.clock)
        self.daemon.jobs["sync"].seen = self.clock.now()

    def _act(self) -> jobs.Ended:
        """A pass, and the exit code that its process would have."""
        self.passes += 1
        ended = self.work()
        if ended.killed:
            return jobs.Ended(-9)
        if ended.disk:
            return jobs.Ended(jobs.TRY_LATER)
        done = ended.error or ended.result
        assert done is not None
        return jobs.Ended(done.exit_code)

    def receive(self, chance: random.Random) -> None:
        """A swarm of calls, and the pass that it brings, if it brings one."""
        if chance.random() < 0.2:
            self.restart()
        job = self.daemon.jobs["sync"]
        put_off = job.asked_s is not None
        accepted = sum(self._call(chance) for _ in range(chance.choice((1, 1, 2, 5))))
        self.passes, until_s = 0, self.clock.monotonic() + LONGEST_S
        while job.asked_s is not None and self.clock.monotonic() < until_s:
            self.clock.move(self.daemon.step())
        if bool(self.passes) != bool(accepted or put_off):
            raise Broken("only a true event brings a pass", f"{accepted} brought {self.passes}")

    def _call(self, chance: random.Random) -> bool:
        """One call. Whether it must bring a pass."""
        kind = self.agenda.pick(chance, KINDS)
        call = self._made(kind, chance)
        now = self.clock.now()
        outcome = self.receiver.take(call.headers, call.body, SECRET, now)
        must = self._must(kind, call, now)
        self.trace.count("webhooks", f"{kind}: {outcome}")
        self.trace.say(f"webhook {kind} {call.event}: {outcome}")
        if outcome != must:
            raise Broken("only a true event brings a pass", f"{kind} {call.event} was {outcome}")
        if outcome == "accepted":
            self.daemon.ask("sync")
        return outcome == "accepted"

    def _made(self, kind: str, chance: random.Random) -> Call:
        old = chance.choice(self.sent) if self.sent else None
        if kind == "replayed" and old:
            return old
        signed_s = int(self.clock.truth().timestamp())
        if kind == "late":
            signed_s -= chance.choice((FRESH_S + 1, 3600, 86_400 * 3))
        again = kind == "repeated" and old
        name = again.event if again else f"e{len(self.sent)}"
        call = self._signed(name, kind, signed_s, chance)
        self.sent.append(call)
        return call

    def _signed(self, event: str, kind: str, signed_s: int, chance: random.Random) -> Call:
        movement = chance.choice([*self.ledger.movements, 999_999])
        what = {"of no use": "debt.overdue"}.get(kind, "movement.updated")
        told = {"id": event, "type": what, "sequence": chance.randrange(99)}
        body = json.dumps({**told, "data": {"movement_id": movement}}).encode()
        key = "somebody-else" if kind == "forged" else SECRET
        v1 = hmac.new(key.encode(), f"{signed_s}.".encode() + body, hashlib.sha256).hexdigest()
        signature = f"t={signed_s},v1={v1}"
        headers = {"Deudores-Event-Id": event, "Deudores-Signature": signature}
        return Call(event, signed_s, headers, body)

    def _must(self, kind: str, call: Call, now: datetime) -> str:
        """What the contract says of a call at that moment of the receiver's own clock."""
        told = json.loads(call.body)
        key = SECRET.encode()
        v1 = hmac.new(key, f"{call.signed_s}.".encode() + call.body, hashlib.sha256).hexdigest()
        if not call.headers["Deudores-Signature"].endswith(v1):
            return "unsigned"
        if abs(int(now.timestamp()) - call.signed_s) > FRESH_S:
            return "stale"
        if call.event in self.heard:
            return "repeated"
        self.heard.add(call.event)
        return "not for us" if told["type"] == "debt.overdue" else "accepted"
