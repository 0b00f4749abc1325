"""`connect`: the browser login to one company, on this machine or on one without a browser."""

from __future__ import annotations

import io
import os
import sys
from argparse import Namespace
from contextlib import ExitStack
from datetime import datetime
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit, urlunsplit

from bridge import wiring
from bridge.cli.callback import Doorbell, listening, wait
from bridge.cli.output import Output
from bridge.cli.session import chosen, open_settings, start_logs
from bridge.clock import SystemClock
from bridge.errors import BridgeError, ConfigurationError, LoginRequired, Problem, UsageError
from bridge.settings import Settings, SystemSettings
from bridge.settingtypes import is_loopback

if TYPE_CHECKING:
    from bridge.core.books import Company
    from bridge.systems.login import Login
    from bridge.systems.oauth import GrantEnds

SECRET_VARIABLE = "LEDGER_BRIDGE_CLIENT_SECRET"
FROM_STDIN = "-"


def run(arguments: Namespace, out: Output) -> int:
    loaded = open_settings(arguments)
    chosen(arguments, loaded)
    name: str = arguments.system
    system = loaded.systems[name]
    if system.access == "static":
        out.line(f"{name}: access is static, with a fixed token. Nothing needs to be connected.")
        if out.json:
            out.document({"system": name, "company": system.company_id, "access": "static"})
        return 0
    if not system.client_id:
        fix = "Write the client id of your app there. Its secret is asked for, never written."
        raise ConfigurationError(
            f"{name} cannot be connected yet.",
            [Problem(f"[systems.{name}] client_id", "is not set.", fix)],
        )
    start_logs(loaded, out)
    with wiring.open_login(loaded, name) as login:
        secret = _secret(arguments.secret_file, login, name)
        if arguments.code is None:
            address = _waited_for(login, system, arguments, out)
        else:
            address = _typed(out) if arguments.code == FROM_STDIN else arguments.code
        login.finish(address, secret)
        ends = login.ends()
    _tell(loaded, name, ends, out)
    return 0


def _secret(file: Path | None, login: Login, name: str) -> str:
    """The client secret: from a file, the environment, an earlier login, or the person."""
    given = ""
    if file is not None:
        try:
            given = file.read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(
                f"{file}: the client secret cannot be read ({type(error).__name__})."
            ) from error
        if not given or len(given.split()) != 1:
            raise ConfigurationError(f"{file}: there is not one client secret, and nothing else.")
    given = given or os.environ.get(SECRET_VARIABLE, "").strip() or login.stored_secret
    if given:
        return given
    if not sys.stdin.isatty():
        raise ConfigurationError(
            f"The client secret of your app at {name} is not known yet.",
            [
                Problem(
                    "--secret-file",
                    "is not given.",
                    f"Put the secret into a file that only you can read and name it, or set "
                    f"{SECRET_VARIABLE}, or run this on a terminal: it asks. It is stored in the "
                    f"keyring once the login has worked.",
                )
            ],
        )
    # The prompt comes after the echo is off: what is typed before that would be shown.
    given = getpass(
        f"Client secret of your app at {name} (not shown; kept in the keyring): "
    ).strip()
    if not given:
        raise ConfigurationError("No client secret was given. Nothing was stored.")
    return given


def _waited_for(login: Login, system: SystemSettings, arguments: Namespace, out: Output) -> str:
    """Send the person to the provider, and wait for the address on which the login ends."""
    back = urlsplit(system.redirect_uri)
    port = (back.port or 80) if arguments.port is None else arguments.port
    with ExitStack() as stack:
        door = None
        if back.scheme == "http" and is_loopback(system.redirect_uri):
            door = Doorbell(back.path or "/", login.is_ours)
            try:
                port = stack.enter_context(listening(back.hostname or "", port, door))
            except (OSError, OverflowError) as error:
                raise UsageError(
                    f"Cannot listen on {back.hostname}:{port} for the end of the login. Stop what "
                    f"listens there, or choose another --port that your app at the provider knows."
                ) from error
        elif arguments.port is not None:
            raise UsageError("--port is for a redirect_uri on this machine; yours is elsewhere.")
        page = login.begin(_with_port(back, port) if door else system.redirect_uri)
        out.say("Open this page in a browser, log in, and choose the company:")
        out.say(f"\n  {page}\n")
        if door:
            out.say("If the browser is on another machine, it ends on a page that does not open.")
        out.say("Copy the whole address that it ends on, paste it here and press Enter:")
        address = wait(door, _keyboard(), login.read, out.say, SystemClock(), arguments.wait)
    if not address:
        raise LoginRequired(
            f"Nobody has logged in yet. Run it again; or, for the hour in which this page is good, "
            f"run `ledger-bridge connect {arguments.system} --code -` and paste the address there."
        )
    return address


def _with_port(uri: SplitResult, port: int) -> str:
    host = f"[{uri.hostname}]" if ":" in (uri.hostname or "") else uri.hostname
    return urlunsplit(uri._replace(netloc=f"{host}:{port}"))


def _keyboard() -> int | None:
    """The descriptor of standard input, where there is one."""
    try:
        return sys.stdin.fileno()
    except (AttributeError, ValueError, io.UnsupportedOperation):
        return None


def _typed(out: Output) -> str:
    out.say("Paste the address that the login ended on, and press Enter:")
    return sys.stdin.readline(8192)


def _tell(loaded: Settings, name: str, ends: GrantEnds, out: Output) -> None:
    """The company as it is now, read with the new login."""
    try:
        with wiring.open_reader(loaded, name) as system:
            company = system.chart().company
    except BridgeError:
        out.say(f"{name}: the login is stored, but the company could not be read with it yet.")
        raise
    if out.json:
        out.document(
            {
                "system": name,
                "company": company.id,
                "name": company.name,
                "home_currency": company.home_currency,
                "locked_through": company.locked_through,
                "login_ends": {"if_unused": ends.idle, "in_any_case": ends.hard},
            }
        )
    out.line(f"{name}: connected to {company.name} ({company.id}), in {company.home_currency}.")
    out.line(_lock(company))
    out.line(_lasting(ends))
    if company.home_currency != loaded.lender.home_currency:
        out.say(
            f"[lender] home_currency says {loaded.lender.home_currency}: is it the right company?"
        )
    out.line("Next: ledger-bridge doctor")


def _lock(company: Company) -> str:
    if company.locked_through:
        return f"The books are closed through {company.locked_through}."
    return "No period is closed." if company.lock_known else "Whether a period is closed: not told."


def _lasting(ends: GrantEnds) -> str:
    idle, hard = (
        datetime.fromisoformat(at).date() if at else None for at in (ends.idle, ends.hard)
    )
    if idle and hard:
        return f"The login lasts until {hard}, and ends on {idle} if it is not used until then."
    if idle or hard:
        return f"The login ends on {idle or hard}{' if it is not used until then' * (not hard)}."
    return "How long the login lasts: not told."
