"""`init`: writes bridge.toml, mapping files and folders for a new lender. Overwrites nothing."""

from __future__ import annotations

import os
import re
import shlex
from argparse import Namespace
from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

from bridge import settings
from bridge.cli.called import program
from bridge.cli.countries import usual
from bridge.cli.languages import of_locale, of_terminal
from bridge.cli.output import INTERRUPTED, Output
from bridge.cli.paths import naming, new_folder, refuse_own_here
from bridge.cli.questions import Questions, Unusable
from bridge.cli.session import this_person
from bridge.cli.settings_draft import Answers, files, ledger_mapping, with_answers
from bridge.clock import SystemClock
from bridge.core.message import message
from bridge.core.money import EXPONENTS, NO_CURRENCY
from bridge.errors import BridgeError, UsageError
from bridge.files import BY_UMASK, replace_durably
from bridge.settingtypes import zones
from bridge.source.registry import SOURCES
from bridge.systems import registry as systems
from bridge.systems.registry import SYSTEMS


def run(arguments: Namespace, out: Output) -> int:
    folder: Path = arguments.folder
    with naming(folder, "DIR"):
        if folder.exists() and not folder.is_dir():
            raise UsageError(message("dir_is_file", path=str(folder)))
    refuse_own_here(folder, "DIR", arguments.config)
    answers = Answers()
    questions = Questions(out, of_terminal())
    config = folder / "bridge.toml"
    asks = not arguments.yes and not out.json
    try:
        if arguments.source is not None:
            answers.path = str(_there(questions, arguments.source))
        if config.exists():
            questions.say("stays", path=str(config))
            answers.systems = _systems_of(config)
        elif asks:
            _ask(questions, answers, folder, own_file=arguments.source is not None)
        if arguments.source is not None:
            _ask_about_file(questions, answers, folder, out, asks=asks)
    except KeyboardInterrupt:
        questions.say("stopped")
        return INTERRUPTED
    written, kept = _write_all(folder, answers)
    if out.json:
        out.document({"written": [str(p) for p in written], "kept": [str(p) for p in kept]})
    for path in written:
        out.line(questions.words("written", path=str(path)))
    for path in kept:
        out.line(questions.words("kept", path=str(path)))
    for line in _next(questions, answers, folder):
        out.line(line)
    return 0


def _write_all(folder: Path, answers: Answers) -> tuple[list[Path], list[Path]]:
    written: list[Path] = []
    kept: list[Path] = []
    for name, content in files(answers).items():
        path = folder / name
        if path.exists() and not (name == ledger_mapping(answers.kind) and answers.ledger):
            kept.append(path)
            continue
        if path.exists():
            old = path.read_text(encoding="utf-8")
            content = with_answers(old, answers.ledger, answers.said)
        new_folder(path.parent, "DIR")
        replace_durably(path, content.encode(), BY_UMASK)
        written.append(path)
    place = folder / Path(answers.path).expanduser()
    for made in (folder / "state", place):
        if not made.exists():
            new_folder(made, "DIR", mode=0o700)
    return written, kept


def _next(questions: Questions, answers: Answers, folder: Path) -> Iterator[str]:
    """The next steps, as things to write and commands that run from here as they are printed."""
    here = folder.resolve() == Path.cwd()
    config = folder / "bridge.toml"
    given = "" if here else f" --config {shlex.quote(str(config))}"
    words = questions.words
    missing = []
    for name in answers.systems:
        if name not in answers.companies:
            missing.append(words("company_id", product=systems.about(name).product))
        missing.append(words("client_id", product=systems.about(name).product))
    mappings = " ".join(str(folder / "mappings" / f"{name}.toml") for name in answers.systems)
    yield ""
    yield words("now")
    yield f"  - {words('fill', path=str(config), missing=', '.join(missing))}"
    yield f"  - {words('accounts', path=mappings)}"
    products = {name: systems.about(name).product for name in answers.systems}
    open_questions = [p for name, p in products.items() if answers.invoicing_of(name) != "no"]
    if open_questions:
        still = ", ".join(open_questions)
        yield f"  - {words('invoicing', path=str(config), products=still)}"
    place = folder / Path(answers.path).expanduser()
    if not place.is_file():
        yield f"  - {words('inbox', path=str(place))}"
    yield words("then")
    steps = [("mappings check", words("check"))]
    if place.exists() and not (place.is_dir() and not any(place.iterdir())):
        steps.append(("ledger check", words("reading")))
    steps += [(f"connect {n}", words("connect", product=p)) for n, p in products.items()]
    steps += [("doctor", words("doctor")), ("sync --dry-run", words("dry"))]
    commands = [f"{program()}{given} {verb}" for verb, _ in steps]
    width = max(map(len, commands))
    for command, (_, meaning) in zip(commands, steps, strict=True):
        yield f"  {command:<{width}}   # {meaning}"


def _there(questions: Questions, file: Path) -> Path:
    if not file.exists():
        raise UsageError(f"--from: {questions.words('no_file', path=str(file))}")
    return file.absolute()


def _ask_about_file(
    questions: Questions, answers: Answers, folder: Path, out: Output, *, asks: bool
) -> None:
    """Put what the lender says about the file into `answers`. What a mapping that is there says
    already is not asked again."""
    from bridge.cli.from_file import FileDialog  # reads files: not for a plain init
    from bridge.cli.readings import settings_for

    mapping = folder / ledger_mapping(answers.kind)
    loaded = settings_for(answers, mapping if mapping.exists() else None)
    answers.asked_by = answers.asked_by or this_person()
    answers.asked_on = answers.asked_on or SystemClock().today(answers.timezone)
    dialog = FileDialog(loaded, out, questions)
    answers.ledger = dialog.ask_all(safe=not asks)


def _ask(questions: Questions, answers: Answers, folder: Path, *, own_file: bool) -> None:
    """Put the person's answers into `answers`. `own_file`: where the ledger lies is known."""
    words = questions.words
    questions.say("begin")
    answers.locale = questions.ask(
        "Idioma y país · Language and country · Idioma e país",
        answers.locale,
        lambda text: _locale(questions, text),
    )
    questions.language = of_locale(answers.locale) or questions.language
    answers.timezone, answers.home_currency = usual(answers.locale)
    answers.name = questions.ask(words("name"), answers.name, str)
    answers.timezone = questions.ask(
        words("timezone"),
        answers.timezone,
        lambda text: _of(questions, "timezone", text, zones(), "America/Bogota"),
    )
    currencies = set(EXPONENTS) - {NO_CURRENCY}
    answers.home_currency = questions.ask(
        words("home_currency"),
        answers.home_currency,
        lambda text: _of(questions, "home_currency", text.upper(), currencies),
    )
    if len(SOURCES) > 1:
        answers.kind = questions.ask(
            words("kind", known=", ".join(SOURCES)),
            answers.kind,
            lambda text: _of(questions, "kind", text, SOURCES),
        )
    if not own_file:
        answers.path = questions.ask(
            words("path"), answers.path, lambda text: _path(questions, text, folder)
        )
    chosen = questions.ask(
        words("systems", known=", ".join(SYSTEMS)),
        ",".join(answers.systems),
        lambda text: ",".join(_system_names(questions, text)),
    )
    answers.systems = tuple(chosen.split(","))
    for name in answers.systems:
        about = systems.about(name)
        what = about.company[questions.language]
        question = words("company", product=about.product, what=what)
        company = questions.ask(question, "", lambda text, n=name: _company(questions, n, text))  # type: ignore[misc]
        if company:
            answers.companies[name] = company
        offered = words(f"issues_{answers.invoicing_of(name)}")
        issues = questions.ask(
            words("issues", product=about.product),
            offered,
            lambda text: _issues(questions, text),
        )
        answers.invoicing[name] = _issues(questions, issues)
    answers.asked_by = this_person()
    answers.asked_on = SystemClock().today(answers.timezone)


def _locale(questions: Questions, text: str) -> str:
    """`es-CO`, also from `es_CO` and `es-co`."""
    from babel import Locale, UnknownLocaleError

    match = re.fullmatch(r"([A-Za-z]{2})[-_]([A-Za-z]{2})", text)
    locale = f"{match[1].lower()}-{match[2].upper()}" if match else ""
    try:
        Locale.parse(locale, sep="-")
    except (ValueError, UnknownLocaleError) as error:
        raise Unusable(questions.words("bad_locale", answer=text)) from error
    return locale


def _of(
    questions: Questions, key: str, text: str, known: Collection[str], example: str = ""
) -> str:
    """The known word that was typed, however its letters were written."""
    by_lower = {word.lower(): word for word in known}
    if text.lower() in by_lower:
        return by_lower[text.lower()]
    near = get_close_matches(text.lower(), sorted(by_lower), n=1, cutoff=0.55)
    if near:
        hint = questions.words("near", near=by_lower[near[0]])
    elif example:
        hint = questions.words("like", example=example)
    else:
        hint = questions.words("one_of", choices=", ".join(sorted(known)))
    raise Unusable(questions.words(f"bad_{key}", answer=text, near=hint))


def _path(questions: Questions, text: str, folder: Path) -> str:
    try:
        (folder / Path(text).expanduser()).exists()
    except (OSError, ValueError, RuntimeError) as error:
        raise Unusable(questions.words("bad_path", answer=text[:40])) from error
    return text


def _system_names(questions: Questions, text: str) -> Sequence[str]:
    names = [_of(questions, "systems", word, SYSTEMS) for word in text.replace(",", " ").split()]
    if not names:
        hint = questions.words("one_of", choices=", ".join(SYSTEMS))
        raise Unusable(questions.words("bad_systems", answer=text, near=hint))
    return tuple(dict.fromkeys(names))


def _company(questions: Questions, name: str, text: str) -> str:
    """A company's id in the form that the product gives it."""
    about = systems.about(name)
    try:
        return about.as_company(text)
    except ValueError as error:
        what = about.company[questions.language]
        raise Unusable(questions.words("bad_company", answer=text, what=what)) from error


_ISSUES = {
    "yes": ("yes", "y", "sí", "si", "s", "sim"),
    "no": ("no", "n", "não", "nao"),
    "unknown": ("unknown", "no sé", "no se", "não sei", "nao sei", "i don't know", "don't know"),
}
"""What people type, in any of the three languages."""


def _issues(questions: Questions, text: str) -> str:
    """Yes, no or unknown."""
    typed = " ".join(text.lower().replace("’", "'").split())
    for answer, words in _ISSUES.items():
        if typed in words:
            return answer
    raise Unusable(questions.words("bad_issues", answer=text))


def _systems_of(config: Path) -> tuple[str, ...]:
    """The systems that a bridge.toml that is there names; the default ones if it cannot be used."""
    try:
        named = tuple(settings.load(config, os.environ).settings.systems)
    except (BridgeError, OSError):
        named = ()
    return named or Answers().systems
