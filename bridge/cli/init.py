"""`init`: writes bridge.toml, mapping files and folders for a new lender. Overwrites nothing."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pydantic import ValidationError

from bridge import settings, tomlfiles
from bridge.cli.output import Output
from bridge.cli.shipped import shipped
from bridge.errors import UsageError
from bridge.files import BY_UMASK, replace_durably
from bridge.systems.registry import SYSTEMS

ASKED_MAX = 5
QUESTIONS = {
    "name": "Name of the lender",
    "timezone": "Time zone",
    "locale": "Language and country",
    "home_currency": "Currency of the books",
    "path": "Folder that the ledger's deliveries come to",
    "company_id": "Company id in QuickBooks (realm)",
}


@dataclass(slots=True)
class Answers:
    """What `init` asks; these are the defaults."""

    name: str = "Mi empresa SAS"
    timezone: str = "America/Bogota"
    locale: str = "es-CO"
    home_currency: str = "COP"
    path: str = "inbox"
    company_id: str = "9130350000000000"
    systems: tuple[str, ...] = ("quickbooks",)


def run(arguments: Namespace, out: Output) -> int:
    folder: Path = arguments.folder
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder} is a file. Name a folder.")
    answers = Answers() if arguments.yes or out.json else _asked(out)
    contents = {folder / "bridge.toml": _bridge_toml(answers)}
    for name in ("deudores", *answers.systems):
        contents[folder / "mappings" / f"{name}.toml"] = shipped(f"mappings/{name}.toml").read_text(
            encoding="utf-8"
        )
    written: list[Path] = []
    kept: list[Path] = []
    for path, content in contents.items():
        (written if _write(path, content) else kept).append(path)
    for name in ("state", answers.path):
        (folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
    if out.json:
        out.document({"written": [str(p) for p in written], "kept": [str(p) for p in kept]})
    _told(written, kept, folder, answers.systems, out)
    return 0


def _told(
    written: list[Path], kept: list[Path], folder: Path, systems: Sequence[str], out: Output
) -> None:
    for path in written:
        out.line(f"written   {path}")
    for path in kept:
        out.line(f"kept      {path} (was there already)")
    config = "" if folder.resolve() == Path.cwd() else f"--config {folder / 'bridge.toml'} "
    out.line()
    out.line("Next: put company id and client id into bridge.toml, edit mappings/, then run")
    out.line(f"  ledger-bridge {config}mappings check")
    for name in systems:
        out.line(f"  ledger-bridge {config}connect {name}")
    out.line(f"  ledger-bridge {config}doctor")


def _write(path: Path, content: str) -> bool:
    """Write a new file. False when there is one already: it is left alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.exists():
        return False
    replace_durably(path, content.encode(), BY_UMASK)
    return True


def _asked(out: Output) -> Answers:
    """The person's answers; an empty one takes the default."""
    answers = Answers()
    for key, words in QUESTIONS.items():
        setattr(answers, key, _ask(out, key, words, answers))
    if len(SYSTEMS) > 1:
        words = f"Accounting systems ({', '.join(SYSTEMS)})"
        answers.systems = tuple(_ask(out, "systems", words, answers).replace(",", " ").split())
    return answers


def _ask(out: Output, key: str, words: str, answers: Answers) -> str:
    before = getattr(answers, key)
    default = before if isinstance(before, str) else ",".join(before)
    for _ in range(ASKED_MAX):
        out.say(f"{words} [{default}]:")
        try:
            answer = input().strip() or default
        except EOFError:
            return default
        mistake = _mistake(key, answer)
        if not mistake:
            return answer
        out.say(f"  {mistake}")
    raise UsageError(f"No usable answer for: {words}. Run init --yes and edit bridge.toml.")


def _mistake(key: str, answer: str) -> str:
    """What is wrong with an answer; empty when nothing is."""
    if key == "systems":
        unknown = [name for name in answer.replace(",", " ").split() if name not in SYSTEMS]
        return f"{unknown[0]} is not known. {tomlfiles.nearest(unknown[0], SYSTEMS)}" * bool(
            unknown
        )
    if key not in settings.Lender.model_fields:
        return ""
    default = asdict(Answers())
    lender = {name: default.get(name) for name in ("name", "timezone", "locale", "home_currency")}
    try:
        settings.Lender.model_validate({**lender, key: answer})
    except ValidationError as error:
        problem = tomlfiles.problems_of(error, settings.Lender, tomlfiles.spelled)[0]
        return f"{problem.what} {problem.fix}"
    return ""


def _bridge_toml(answers: Answers) -> str:
    """The documented example with the answers in it."""
    lines = shipped("config/bridge.toml.example").read_text(encoding="utf-8").split("\n")
    lines[0] = "# Settings of the accounting bridge."
    for key in QUESTIONS:
        number = next(n for n, line in enumerate(lines) if line.startswith(f"{key} = "))
        comment = lines[number].partition("#")[2]
        lines[number] = f"{key} = {json.dumps(getattr(answers, key), ensure_ascii=False)}"
        if comment:
            lines[number] = f"{lines[number]:<31} #{comment}"
    return "\n".join(lines)
