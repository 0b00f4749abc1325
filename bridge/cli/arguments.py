"""The verbs and their options. Nothing else of the bridge is imported to show `--help`."""

from __future__ import annotations

import argparse
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn

from bridge.cli.typed import FORMATS, day, formats, seconds
from bridge.cli.words_of_calls import said, speak

STATES = (
    "pending",
    "sending",
    "in_doubt",
    "posted",
    "confirmed",
    "rejected",
    "drifted",
    "superseded",
    "dropped",
)


MEANT = {
    "login": "connect",
    "auth": "connect",
    "setup": "init",
    "new": "init",
    "check": "doctor",
    "test": "doctor",
    "post": "sync",
    "push": "sync",
    "plan": "sync --dry-run",
    "apply": "sync",
    "compare": "reconcile",
    "report": "reconcile",
    "daemon": "run",
    "serve": "run",
    "start": "run",
    "log": "history",
    "logs": "history",
    "revert": "undo",
    "rollback": "undo",
    "todo": "tasks",
    "help": "--help",
}
"""What other programs call a verb → what it is here."""


class Parser(argparse.ArgumentParser):
    """Answers a wrong call with one sentence, and the word that was probably meant."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {message}\n{said('See `%s --help`.') % self.prog}\n")

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        choices = [str(choice) for choice in action.choices or ()]
        if choices and value not in choices:
            near = get_close_matches(str(value), choices, n=1)
            meant = MEANT.get(str(value).lower(), "") if "sync" in choices else ""
            if meant or near:
                told = said('there is no "%s"; did you mean %s?') % (value, meant or near[0])
            else:
                told = said('there is no "%s"; choose one of %s') % (value, ", ".join(choices))
            raise argparse.ArgumentError(action, told)


def parser() -> Parser:
    """The whole command line."""
    speak()
    common = Parser(add_help=False)
    _common(common)
    whole = Parser(
        prog="ledger-bridge",
        description="Keeps the books in step with a lender's ledger, and proves it.",
        parents=[common],
        epilog="Exit codes: 0 clean, 1 a person is needed, 2 usage, 75 try later, "
        "78 configuration or login.",
    )
    verbs = whole.add_subparsers(dest="verb", metavar="VERB", required=True)

    def verb(name: str, run: str, help: str) -> Parser:
        added: Parser = verbs.add_parser(name, help=help, description=help, parents=[common])
        added.set_defaults(run=run)
        return added

    _starting(verb)
    _working(verb)
    _looking(verb)
    _outbox(verb("outbox", "", "what is on its way to the books"), common)
    _drift(verb("drift", "", "what the books hold otherwise than posted, and who is right"), common)
    _tasks(
        verb("tasks", "bridge.cli.tasks:list", "what waits for a person, and what to do"), common
    )
    _ledger(verb("ledger", "", "read the ledger and see what was understood"), common)
    _mappings(verb("mappings", "", "check a mapping file, and see what an edit would do"), common)
    return whole


def _common(to: Parser) -> None:
    to.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="bridge.toml to use (./bridge.toml, else /etc/ledger-bridge/bridge.toml)",
    )
    to.add_argument(
        "--json",
        action="store_true",
        default=argparse.SUPPRESS,
        help="one JSON document on stdout, messages on stderr",
    )


def _starting(verb: Any) -> None:
    demo = verb("demo", "bridge.cli.demo:run", "everything on this machine, no account needed")
    demo.add_argument("--keep", action="store_true", help="keep the demo's folder")
    demo.add_argument("--open", action="store_true", help="open the report in the browser")
    init = verb("init", "bridge.cli.init:run", "write bridge.toml and mapping files to edit")
    init.add_argument(
        "folder",
        nargs="?",
        type=Path,
        default=Path(),
        metavar="DIR",
        help="the lender's folder, made if missing (this one)",
    )
    init.add_argument(
        "--from",
        dest="source",
        type=Path,
        metavar="FILE",
        help="a lender's own file: ask what it leaves open, and write the mapping that reads it",
    )
    init.add_argument("--yes", action="store_true", help="ask nothing, take the defaults")
    _connect(
        verb(
            "connect",
            "bridge.cli.connect:run",
            "log in to an accounting system",
        )
    )
    verb("doctor", "bridge.cli.doctor:run", "check everything, and say what to do")
    sandbox = verb("sandbox", "bridge.cli.sandbox:run", "the accounting systems on this machine")
    sandbox.add_argument("--host", default="127.0.0.1")
    sandbox.add_argument("--port", type=int, default=8765, help="0 takes a free one")
    sandbox.add_argument("--data", type=Path, metavar="FILE", help="keep the books in this file")
    sandbox.add_argument("--fast", action="store_true", help="no rate limits, no latency")
    sandbox.add_argument(
        "--no-static-token",
        dest="static_token",
        action="store_false",
        help="refuse the access token demo-access: clients must log in",
    )
    verb("version", "bridge.cli.version:run", "print the version")


def _connect(connect: Parser) -> None:
    connect.add_argument("system", metavar="SYSTEM", help="as bridge.toml names it, or its ledger")
    connect.add_argument(
        "--code",
        metavar="URL",
        help="the address that a login begun before has ended on, or a Self Client's code (Zoho); "
        "- reads it from standard input",
    )
    connect.add_argument(
        "--custom-connection",
        action="store_true",
        help="log in with the app's secret alone (Xero; AU, NZ, UK and US only)",
    )
    connect.add_argument(
        "--set-up",
        action=argparse.BooleanOptionalAction,
        default=None,
        help="only make what the company should have for the bridge; or log in and leave it alone",
    )
    connect.add_argument(
        "--secret-file",
        type=Path,
        metavar="FILE",
        help="read the app's client secret from here; of a ledger, the secret of its webhooks",
    )
    connect.add_argument(
        "--port", type=int, metavar="N", help="of the redirect_uri on this machine; 0 takes any"
    )
    connect.add_argument(
        "--wait", type=seconds, default=600, metavar="S", help="how long to wait (600 s)"
    )


def _working(verb: Any) -> None:
    sync = verb("sync", "bridge.cli.sync:run", "one pass: make the books say what the ledger says")
    sync.add_argument("--dry-run", action="store_true", help="show the plan, write nothing")
    sync.add_argument(
        "--list", action="store_true", help="with --dry-run: every document that would be written"
    )
    _system(sync)
    sync.add_argument("--approve", metavar="DIGEST", help="go on although the plan is over a limit")
    sync.add_argument("--plan-out", type=Path, metavar="FILE", help="write the plan to a file")
    sync.add_argument("--apply", type=Path, metavar="FILE", help="do that plan, or nothing")
    sync.add_argument(
        "--resume", action="store_true", help="post again to books in which a run was undone"
    )
    sync.add_argument(
        "--take-over",
        action="store_true",
        help="no other bridge posts there any more: know what it posted, and go on here",
    )
    sync.add_argument(
        "--new-company",
        action="store_true",
        help="the company that bridge.toml names now is meant: post everything there",
    )
    sync.add_argument(
        "--scheduled",
        action="store_true",
        help="nobody waits: ask the books about what is held for them (a closed month) once a day",
    )
    sync.add_argument(
        "--apply-mapping",
        action="store_true",
        help="also bring posted documents to what the mapping says now; see mappings preview",
    )
    verb("run", "bridge.cli.run:run", "the daemon: passes and reports at their times")
    undo = verb("undo", "bridge.cli.undo:run", "take back what one run did to the books")
    undo.add_argument("target", metavar="RUN", help="as `history` names it: 20261120T060000Z-sync")
    undo.add_argument("--dry-run", action="store_true", help="show what it would do, write nothing")
    _system(undo)
    undo.add_argument("--approve", metavar="DIGEST", help="go on although it is over a limit")
    reconcile = verb("reconcile", "bridge.cli.reconcile:run", "compare both sides and report")
    reconcile.add_argument("--dry-run", action="store_true", help="also plan; write no state")
    reconcile.add_argument("--full", action="store_true", help="read all of the books")
    reconcile.add_argument("--as-of", type=day, metavar="DATE", help="business day, 2026-11-20")
    _system(reconcile)
    reconcile.add_argument("--format", type=formats, metavar="LIST", help=",".join(FORMATS))
    reconcile.add_argument("--out", type=Path, metavar="DIR", help="folder for the report")


def _ledger(ledger: Parser, common: Parser) -> None:
    verbs = ledger.add_subparsers(dest="what", metavar="check", required=True)
    help = "what was understood of it: sums, people, what is held and why; writes nothing"
    check = verbs.add_parser("check", help=help, description=help, parents=[common])
    check.set_defaults(run="bridge.cli.ledger:check")
    check.add_argument(
        "file",
        nargs="?",
        type=Path,
        metavar="FILE",
        help="a file, folder or ZIP (the ledger that bridge.toml names)",
    )
    check.add_argument("--page", type=Path, metavar="FILE", help="also write it as a page (HTML)")


def _looking(verb: Any) -> None:
    verb("status", "bridge.cli.status:status", "where things stand, from the state store alone")
    history = verb("history", "bridge.cli.status:history", "the last runs and how they ended")
    history.add_argument("--limit", type=int, default=20, metavar="N")
    explain = verb("explain", "bridge.cli.explain:run", "the story of one document or loan")
    explain.add_argument("reference", metavar="REF", help="DY7F3A-L84, DY7F3A-P1136 or loan id")
    _system(explain)
    export = verb("export", "bridge.cli.export:run", "what was posted, with the system's ids")
    export.add_argument("--format", choices=("json", "csv", "xlsx"), default="json")
    export.add_argument("--out", type=Path, metavar="FILE", help="file to write; else stdout")
    _system(export)
    backup = verb("backup", "bridge.cli.backup:run", "copy the state store, also while it is used")
    backup.add_argument(
        "file", nargs="?", type=Path, metavar="FILE", help="new file (beside the state, by date)"
    )
    restore = verb("restore", "bridge.cli.restore:run", "put a copy in the state store's place")
    restore.add_argument("file", type=Path, metavar="FILE", help="what `backup` made")
    rebuild = verb(
        "rebuild", "bridge.cli.rebuild:run", "make a lost state store anew from ledger and books"
    )
    rebuild.add_argument("--dry-run", action="store_true", help="write nothing")
    _system(rebuild)


def _outbox(outbox: Parser, common: Parser) -> None:
    verbs = outbox.add_subparsers(dest="what", metavar="list|show|retry|drop|now", required=True)

    def add(name: str, help: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=help, description=help, parents=[common])
        added.set_defaults(run=f"bridge.cli.outbox:{name}")
        return added

    listed = add("list", "entries that are not finished, or those of one state")
    listed.add_argument("--state", choices=STATES, action="append")
    listed.add_argument("--limit", type=int, default=100, metavar="N")
    _system(listed)
    for name, help in (
        ("show", "one entry with everything that happened to it"),
        ("retry", "send rejected or drifted entries again"),
        ("drop", "decide not to send entries"),
    ):
        one = add(name, help)
        one.add_argument("entry", type=int, nargs="+" if name != "show" else None, metavar="ENTRY")
    lifted = add("now", "wait no longer for the time that a product asked for")
    lifted.add_argument("entry", type=int, nargs="*", metavar="ENTRY", help="none: all that wait")
    _system(lifted)


def _drift(drift: Parser, common: Parser) -> None:
    names = "list|accept|repost|adopt|different"
    verbs = drift.add_subparsers(dest="what", metavar=names, required=True)

    def add(name: str, help: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=help, description=help, parents=[common])
        added.set_defaults(run=f"bridge.cli.drift:{name}")
        _system(added)
        return added

    listed = add("list", "what differs, read from the books now; writes nothing")
    listed.add_argument("--all", action="store_true", help="also what was accepted before")
    for name, help in (
        ("accept", "the books are right: leave documents as they have them"),
        ("repost", "the ledger is right: have documents again as they were posted"),
    ):
        one = add(name, help)
        one.add_argument("references", nargs="*", metavar="REF", help="DY7F3A-L84, DY7F3A-P1136")
        one.add_argument("--loan", metavar="LOAN", help="everything of a loan that differs")
    adopt = add("adopt", "a document of the books is this one of ours")
    adopt.set_defaults(run="bridge.cli.adopt:adopt")
    adopt.add_argument("reference", metavar="REF", nargs="?")
    adopt.add_argument("external_id", metavar="ID", nargs="?", help="its id in the books")
    adopt.add_argument(
        "--propose", type=Path, metavar="FILE", help="write what may be the same to a file"
    )
    adopt.add_argument(
        "--from", dest="from_file", type=Path, metavar="FILE", help="take that file in, edited"
    )
    adopt.add_argument("--dry-run", action="store_true", help="with --from: write nothing")
    different = add("different", "it is not: post ours beside it")
    different.set_defaults(run="bridge.cli.adopt:different")
    different.add_argument("reference", metavar="REF")
    different.add_argument("external_id", metavar="ID", help="its id in the books")


def _tasks(tasks: Parser, common: Parser) -> None:
    verbs = tasks.add_subparsers(dest="what", metavar="answer|same|different|gone|reopen")
    answer = verbs.add_parser(
        "answer", help="it is nothing: no task any more, until the fact changes", parents=[common]
    )
    answer.set_defaults(run="bridge.cli.tasks:answer")
    answer.add_argument("tasks", nargs="*", metavar="TASK", help="as `tasks` names it: 1f0c44a9")
    answer.add_argument("--code", default="", help="all of this code: books.by_hand_on_borrower")
    answer.add_argument("--system", default="", help="with --code: only of this company's books")
    answer.add_argument("--note", default="", metavar="TEXT", help="why, for whoever asks later")
    same = verbs.add_parser(
        "same", help="a new row is yesterday's, corrected (files without numbers)", parents=[common]
    )
    same.set_defaults(run="bridge.cli.tasks:same")
    same.add_argument("task", metavar="TASK")
    same.add_argument(
        "old", nargs="?", default="", metavar="OLD", help="which, if it may be several"
    )
    for name, help in (
        ("different", "it is another one, and what was taken for it is gone"),
        ("gone", "it is right that the file no longer has it: its documents are voided"),
    ):
        added = verbs.add_parser(name, help=help, parents=[common])
        added.set_defaults(run=f"bridge.cli.tasks:{name}")
        added.add_argument("tasks", nargs="+", metavar="TASK")
    reopen = verbs.add_parser("reopen", help="take an answer back", parents=[common])
    reopen.set_defaults(run="bridge.cli.tasks:reopen")
    reopen.add_argument("tasks", nargs="+", metavar="TASK")


def _mappings(mappings: Parser, common: Parser) -> None:
    names = "check|preview|accounts|explain"
    verbs = mappings.add_subparsers(dest="what", metavar=names, required=True)

    def add(name: str, help: str) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=help, description=help, parents=[common])
        module = "mappings" if name == "check" else "mappings_live"
        added.set_defaults(run=f"bridge.cli.{module}:{name}")
        return added

    check = add("check", "every mistake in the mapping files at once")
    check.add_argument("names", nargs="*", metavar="SYSTEM", help="only these")
    check.add_argument("--live", action="store_true", help="also against the chart of accounts")
    preview = add("preview", "what some loans give now, and what would differ on posted ones")
    preview.add_argument("--limit", type=int, default=10, metavar="N", help="loans to show")
    _system(preview)
    accounts = add("accounts", "the chart of accounts with ids and numbers")
    accounts.add_argument("system", metavar="SYSTEM", nargs="?", default=None)
    explain = add("explain", "the documents a loan gives, and by which rule")
    explain.add_argument("loan", metavar="LOAN")
    _system(explain)


def _system(to: argparse.ArgumentParser) -> None:
    to.add_argument("--system", metavar="S", help="only this accounting system")
