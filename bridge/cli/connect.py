"""`connect`: the login to one company, with a browser here, elsewhere or with none, and what the
company needs to have for the bridge."""

from __future__ import annotations

import io
import os
import sys
from argparse import Namespace
from contextlib import ExitStack
from datetime import datetime
from getpass import getpass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import SplitResult, urlsplit, urlunsplit

from bridge import wiring
from bridge.cli import connect_source
from bridge.cli.callback import Doorbell, listening, wait
from bridge.cli.output import Output
from bridge.cli.session import chosen, open_settings, secret_in, start_logs
from bridge.clock import SystemClock
from bridge.errors import BridgeError, ConfigurationError, LoginRequired, Problem, UsageError
from bridge.settings import Settings, SystemSettings
from bridge.settingtypes import is_loopback
from bridge.systems.base import Prepared

if TYPE_CHECKING:
    from bridge.core.books import Company
    from bridge.systems.base import AccountingSystem
    from bridge.systems.login import Login
    from bridge.systems.oauth import GrantEnds


class Ends(NamedTuple):
    """The time that a login lasts."""

    ends: GrantEnds
    endless: bool


SECRET_VARIABLE = "LEDGER_BRIDGE_CLIENT_SECRET"
FROM_STDIN = "-"


def run(arguments: Namespace, out: Output) -> int:
    loaded = open_settings(arguments)
    name: str = arguments.system
    if name == loaded.source.kind:
        return connect_source.run(arguments, loaded, out)
    chosen(arguments, loaded)
    system = loaded.systems[name]
    only_prepare = arguments.set_up is True
    if only_prepare and (arguments.code is not None or arguments.custom_connection):
        raise UsageError("--set-up is for a company that is connected: leave the login out.")
    start_logs(loaded, out)
    told: dict[str, Any] = {"system": name, "company": system.company_id}
    login = None
    if system.access == "static":
        out.line(f"{name}: access is static, with a fixed token. Nothing needs to be connected.")
        told["access"] = "static"
    elif not only_prepare:
        login = _log_in(loaded, arguments, out)
    with wiring.open_company(loaded, name) as company:
        if login is not None:
            told |= _facts(loaded, company, login, out)
        if arguments.set_up is not False:
            prepared = _prepared(company, out, may_fail=login is not None)
            told["set_up"] = prepared
    if out.json:
        out.document(told)
    if login is not None:
        out.line("Next: ledger-bridge doctor")
    incomplete = only_prepare and any(each.state == "missing" for each in prepared)
    return 1 if incomplete else 0


def _log_in(loaded: Settings, arguments: Namespace, out: Output) -> Ends:
    name: str = arguments.system
    system = loaded.systems[name]
    if not system.client_id:
        fix = "Write the client id of your app there. Its secret is asked for, never written."
        raise ConfigurationError(
            f"{name} cannot be connected yet.",
            [Problem(f"[systems.{name}] client_id", "is not set.", fix)],
        )
    with wiring.open_login(loaded, name) as login:
        secret = _secret(arguments.secret_file, login, name)
        if arguments.custom_connection:
            login.finish_by_itself(secret)
        else:
            if arguments.code is None:
                address = _waited_for(login, system, arguments, out)
            else:
                address = _typed(out) if arguments.code == FROM_STDIN else arguments.code
            login.finish(address, secret)
        return Ends(login.ends(), login.endless)


def _secret(file: Path | None, login: Login, name: str) -> str:
    """The client secret: from a file, the environment, an earlier login, or the person."""
    given = secret_in(file, "client secret") if file is not None else ""
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
    try:
        given = getpass(
            f"Client secret of your app at {name} (not shown; kept in the keyring): "
        ).strip()
    except (EOFError, UnicodeDecodeError) as error:
        raise ConfigurationError("No client secret was given. Nothing was stored.") from error
    if not given:
        raise ConfigurationError("No client secret was given. Nothing was stored.")
    if not given.isascii() or len(given.split()) != 1:
        raise ConfigurationError("That is no client secret: it is one word. Nothing was stored.")
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
        if login.takes_bare_codes:
            out.say("Or, without a browser here, make a code for a Self Client with this scope and")
            out.say(f"paste it: {login.scope}\n")
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


def _facts(loaded: Settings, system: AccountingSystem, login: Ends, out: Output) -> dict[str, Any]:
    """The company as it is now, read with the new login."""
    try:
        company = system.chart().company
    except BridgeError:
        out.say(f"{system.name}: the login is stored, but the company could not be read with it.")
        raise
    home = company.home_currency
    out.line(f"{system.name}: connected to {company.name} ({company.id}), in {home}.")
    out.line(_lock(company))
    out.line(_lasting(login))
    if home != loaded.lender.home_currency:
        out.say(
            f"[lender] home_currency says {loaded.lender.home_currency}: is it the right company?"
        )
    return {
        "name": company.name,
        "home_currency": home,
        "locked_through": company.locked_through,
        "login_ends": {
            "if_unused": login.ends.idle,
            "in_any_case": login.ends.hard,
            "never_by_itself": login.endless,
        },
    }


def _prepared(system: AccountingSystem, out: Output, *, may_fail: bool) -> list[Prepared]:
    """The things that the company has now for the bridge. After a login no trouble with it is a
    failure."""
    name = system.name
    try:
        made = list(system.set_up())
    except BridgeError as error:
        if not may_fail:
            raise
        again = f"The login is stored. Run later: ledger-bridge connect {name} --set-up"
        made = [
            Prepared(what="what the bridge needs", state="missing", why=str(error), advice=again)
        ]
    for each in made:
        if each.state == "missing":
            out.line(f"{name}: {each.what}: not there. {each.why}")
            out.line(f"  {each.advice}")
        else:
            out.line(f"{name}: {each.what}: {'made' if each.state == 'made' else 'there already'}.")
    if not made and not may_fail:
        out.line(f"{name}: nothing needs to be made in the company.")
    return made


def _lock(company: Company) -> str:
    if company.locked_through:
        return f"The books are closed through {company.locked_through}."
    return "No period is closed." if company.lock_known else "Whether a period is closed: not told."


def _lasting(login: Ends) -> str:
    if login.endless:
        return "The login lasts until somebody ends it there."
    idle, hard = (
        datetime.fromisoformat(at).date() if at else None
        for at in (login.ends.idle, login.ends.hard)
    )
    if idle and hard:
        return f"The login lasts until {hard}, and ends on {idle} if it is not used until then."
    if idle or hard:
        return f"The login ends on {idle or hard}{' if it is not used until then' * (not hard)}."
    return "How long the login lasts: not told."
