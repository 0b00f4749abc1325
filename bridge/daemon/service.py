"""The daemon's loop: does what is due, one job at a time, and waits for the next.

All work is done by the one thread that runs `serve`. Others only ask for it, and look.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bridge.clock import Clock
from bridge.daemon.done import Done
from bridge.daemon.jobs import Ended
from bridge.daemon.notify import BEAT_S, beat, tell
from bridge.daemon.times import LOOK_BACK, DueTimes

log = logging.getLogger(__name__)

RETRY_FIRST_S = 300.0
RETRY_MAX_S = 3600.0
AHEAD_MAX = timedelta(minutes=5)
"""A clock that is set back by less is only put right."""
QUIET_S = 30.0
"""How long after an event a pass begins: events come in swarms."""
APART_S = 300.0
"""How long after one pass the next one that was asked for may begin."""

LOOK_S = 60.0
"""How long after one look at the folder of deliveries the next one is."""


@dataclass
class Job:
    """One thing that the daemon does, and how it stands with it. Times are monotonic seconds."""

    name: str
    times: DueTimes
    act: Callable[[], Ended]
    """Does it."""
    seen: datetime | None = None
    """Up to when due times were looked for."""
    slot: datetime | None = None
    """The due time that waits to be worked through."""
    asked_s: float | None = None
    """When it is to be done because somebody asked."""
    not_before_s: float = 0.0
    failures: int = 0
    ended: Ended | None = None
    ended_at: datetime | None = None
    apart_s: float = 0.0
    """When it may be done again at the earliest for those who ask."""

    def look(self, now: datetime) -> None:
        """See whether a due time has come. What is not known to have been done ever is due at once;
        after a clock that was far ahead nobody knows what was done in time."""
        known = self.seen is not None and self.seen - now < AHEAD_MAX
        since = min(self.seen, now) if self.seen is not None and known else now - LOOK_BACK
        newer = self.times.newest(since, now) or (now if self.seen is None else None)
        self.seen = now
        if newer is not None:
            self.slot, self.not_before_s, self.failures = newer, 0.0, 0

    def waits_s(self, now: datetime, now_s: float) -> float:
        """Seconds until it is to be done; 0 when it is."""
        due_s = [(self.times.after(now) - now).total_seconds()]
        if self.slot is not None:
            due_s.append(self.not_before_s - now_s)
        if self.asked_s is not None:
            due_s.append(max(self.asked_s, self.not_before_s, self.apart_s) - now_s)
        return max(min(due_s), 0.0)


class Daemon:
    """The jobs, in the order in which they are done when several are due."""

    def __init__(
        self,
        jobs: Sequence[Job],
        done: Done,
        clock: Clock,
        arrived: Callable[[], bool] | None = None,
    ) -> None:
        self.jobs = {job.name: job for job in jobs}
        for job in jobs:
            job.seen = done.last(job.name)
        self.began_at = clock.now()
        self.working_on = ""
        self._clock = clock
        self._done = done
        self._arrived = arrived
        """Looks whether a delivery has come; None: nobody watches for one."""
        self._look_s = clock.monotonic()
        self._asked = threading.Event()
        self._lock = threading.Lock()

    def serve(self) -> None:
        """Work until the thread is interrupted."""
        while True:
            wait_s = self.step()
            beat()
            self._asked.wait(min(wait_s, BEAT_S))
            self._asked.clear()

    def ask(self, name: str) -> None:
        """Have a job done soon, whatever its due times. Of many who ask, one is heard."""
        now_s, job = self._clock.monotonic(), self.jobs[name]
        with self._lock:
            if job.asked_s is None:
                job.asked_s = now_s + QUIET_S
        self._asked.set()

    def step(self) -> float:
        """Do the first job that is due, if any. Returns the seconds until one is, or 0."""
        now, now_s = self._clock.now(), self._clock.monotonic()
        self._watch(now_s)
        for job in self.jobs.values():
            job.look(now)
            if job.waits_s(now, now_s) <= 0:
                self._do(job)
                return 0.0
        waits_s = [job.waits_s(now, now_s) for job in self.jobs.values()]
        return min(waits_s if self._arrived is None else [*waits_s, self._look_s - now_s])

    def _watch(self, now_s: float) -> None:
        """Have a delivery that has come read soon."""
        if self._arrived is None or now_s < self._look_s:
            return
        self._look_s = now_s + LOOK_S
        if self._arrived():
            log.info("arrived", extra={"event": "delivery.arrived"})
            self.ask("sync")

    def _do(self, job: Job) -> None:
        with self._lock:
            job.asked_s = None
        self.working_on, began_at = job.name, self._clock.now()
        began_s = self._clock.monotonic()
        log.info("started", extra={"event": "job.started", "stage": job.name})
        tell(STATUS=f"{job.name} is at work since {began_at:%H:%M} UTC")
        try:
            job.ended = job.act()
        finally:
            self.working_on, job.apart_s = "", self._clock.monotonic() + APART_S
        job.ended_at = self._clock.now()
        self._afterwards(job, job.ended)
        took_ms = int((self._clock.monotonic() - began_s) * 1000)
        fields = {"event": "job.ended", "stage": job.name, "outcome": job.ended.verdict}
        log.info("ended", extra={**fields, "duration_ms": took_ms})
        tell(STATUS=f"{job.name} ended at {job.ended_at:%H:%M} UTC: {job.ended.verdict}")

    def _afterwards(self, job: Job, ended: Ended) -> None:
        """The rest of a job that ended: nothing, or the job again in a while."""
        if ended.later:
            job.failures += 1
            wait_s = min(RETRY_FIRST_S * 2 ** (job.failures - 1), RETRY_MAX_S)
            job.not_before_s = self._clock.monotonic() + wait_s
            with self._lock:
                job.asked_s = job.not_before_s
            return
        slot, job.slot, job.not_before_s, job.failures = job.slot, None, 0.0, 0
        if slot is None:
            return
        try:
            self._done.set(job.name, slot)
        except OSError as error:  # a start would do it again, and find nothing to do
            fields = {"event": "job.not_kept", "stage": job.name, "error": error.strerror}
            log.warning("not kept", extra=fields)

    def health(self) -> dict[str, Any]:
        """The standing of the jobs, for whoever watches this machine. Without a name in it."""
        now = self._clock.now()
        return {
            "began_at": self.began_at.isoformat(timespec="seconds"),
            "working_on": self.working_on or None,
            "jobs": {name: _standing(job, now) for name, job in self.jobs.items()},
        }


def _standing(job: Job, now: datetime) -> dict[str, Any]:
    last = None
    if job.ended is not None and job.ended_at is not None:
        last = {
            "ended_at": job.ended_at.isoformat(timespec="seconds"),
            "verdict": job.ended.verdict,
            "exit_code": job.ended.exit_code,
        }
    return {"last": last, "next": job.times.after(now).isoformat(timespec="seconds")}
