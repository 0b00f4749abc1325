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
from bridge.core.message import Message, message
from bridge.errors import BridgeError, ConfigurationError, LoginRequired, Problem, UsageError
from bridge.report.details import english
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
        raise UsageError(message("set_up_alone"))
    start_logs(loaded, out)
    told: dict[str, Any] = {"system": name, "company": system.company_id}
    login = None
    if system.access == "static":
        out.line(message("static_access", system=name))
        told["access"] = "static"
    elif not only_prepare:
        login = _log_in(loaded, arguments, out)
    with wiring.open_company(loaded, name) as company:
        if login is not None:
            told |= _facts(loaded, company, login, out)
        if arguments.set_up is not False:
            prepared = _prepared(company, out, may_fail=login is not None)
            told["set_up"] = [_plain(each) for each in prepared]
    if out.json:
        out.document(told)
    if login is not None:
        out.line(message("next_doctor"))
    incomplete = only_prepare and any(each.state == "missing" for each in prepared)
    return 1 if incomplete else 0


def _log_in(loaded: Settings, arguments: Namespace, out: Output) -> Ends:
    name: str = arguments.system
    system = loaded.systems[name]
    if not system.client_id:
        fix = message("client_id_there")
        raise ConfigurationError(
            message("connect_not_yet", system=name),
            [Problem(f"[systems.{name}] client_id", message("is_not_set"), fix)],
        )
    with wiring.open_login(loaded, name) as login:
        secret = _secret(arguments.secret_file, login, name, out)
        if arguments.custom_connection:
            login.finish_by_itself(secret)
        else:
            if arguments.code is None:
                address = _waited_for(login, system, arguments, out)
            else:
                address = _typed(out) if arguments.code == FROM_STDIN else arguments.code
            login.finish(address, secret)
        return Ends(login.ends(), login.endless)


def _secret(file: Path | None, login: Login, name: str, out: Output) -> str:
    """The client secret: from a file, the environment, an earlier login, or the person."""
    given = secret_in(file, message("a_client_secret")) if file is not None else ""
    given = given or os.environ.get(SECRET_VARIABLE, "").strip() or login.stored_secret
    if given:
        return given
    if not sys.stdin.isatty():
        raise ConfigurationError(
            message("client_secret_unknown", system=name),
            [
                Problem(
                    "--secret-file",
                    message("is_not_given"),
                    message("secret_into_file", variable=SECRET_VARIABLE),
                )
            ],
        )
    # The prompt comes after the echo is off: what is typed before that would be shown.
    try:
        given = getpass(out.told(message("client_secret_ask", system=name))).strip()
    except (EOFError, UnicodeDecodeError) as error:
        raise ConfigurationError(message("client_secret_none")) from error
    if not given:
        raise ConfigurationError(message("client_secret_none"))
    if not given.isascii() or len(given.split()) != 1:
        raise ConfigurationError(message("client_secret_odd"))
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
                    message("connect_listen", host=back.hostname or "", port=port)
                ) from error
        elif arguments.port is not None:
            raise UsageError(message("port_elsewhere"))
        page = login.begin(_with_port(back, port) if door else system.redirect_uri)
        out.say(message("connect_open"))
        out.say(f"\n  {page}\n")
        if login.takes_bare_codes:
            out.say(message("connect_self_client"))
            out.say(message("connect_paste_code", scope=login.scope))
        if door:
            out.say(message("connect_elsewhere"))
        out.say(message("connect_copy"))
        address = wait(door, _keyboard(), login.read, out.say, SystemClock(), arguments.wait)
    if not address:
        raise LoginRequired(message("connect_nobody", system=arguments.system))
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
    out.say(message("connect_paste"))
    return sys.stdin.readline(8192)


def _facts(loaded: Settings, system: AccountingSystem, login: Ends, out: Output) -> dict[str, Any]:
    """The company as it is now, read with the new login."""
    try:
        company = system.chart().company
    except BridgeError:
        out.say(message("login_kept_unread", system=system.name))
        raise
    home = company.home_currency
    out.line(
        message("connected", system=system.name, company=company.name, id=company.id, currency=home)
    )
    out.line(_lock(company))
    out.line(_lasting(login))
    if home != loaded.lender.home_currency:
        out.say(message("home_currency_other", currency=loaded.lender.home_currency))
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
        again = message("set_up_later", system=name)
        made = [
            Prepared(what=message("what_is_needed"), state="missing", why=error.what, advice=again)
        ]
    for each in made:
        if each.state == "missing":
            out.line(message("set_up_missing", system=name, what=each.what, why=each.why))
            out.line(f"  {out.told(each.advice)}")
        elif each.state == "made":
            out.line(message("set_up_made", system=name, what=each.what))
        else:
            out.line(message("set_up_there", system=name, what=each.what))
    if not made and not may_fail:
        out.line(message("set_up_nothing", system=name))
    return made


def _plain(of: Prepared) -> dict[str, str]:
    """The state of one thing in JSON documents."""
    said = {"what": english(of.what), "state": of.state}
    return {**said, "why": english(of.why), "advice": english(of.advice)}


def _lock(company: Company) -> Message:
    if company.locked_through:
        return message("closed_through", day=company.locked_through)
    return message("closed_none") if company.lock_known else message("closed_untold")


def _lasting(login: Ends) -> Message:
    if login.endless:
        return message("login_endless")
    idle, hard = (
        datetime.fromisoformat(at).date() if at else None
        for at in (login.ends.idle, login.ends.hard)
    )
    if idle and hard:
        return message("login_until_used", hard=hard, idle=idle)
    if idle or hard:
        if hard:
            return message("login_ends", day=hard)
        return message("login_ends_unused", day=idle or "")
    return message("login_untold")
