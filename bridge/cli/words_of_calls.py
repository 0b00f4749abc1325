"""The words said of a command that was called wrongly, and the headings of `--help`.

Python's argparse looks its sentences up in a catalogue before it fills them in: here is one for
those who read another language than English. Little is loaded for it.
"""

from __future__ import annotations

import argparse

from bridge.cli.languages import Language, of_terminal

WORDS: dict[str, tuple[str, str]] = {
    "usage: ": ("uso: ", "uso: "),
    "positional arguments": ("argumentos", "argumentos"),
    "options": ("opciones", "opções"),
    "show this help message and exit": ("muestra esta ayuda y termina", "mostra esta ajuda e sai"),
    "the following arguments are required: %s": ("falta indicar: %s", "falta indicar: %s"),
    "one of the arguments %s is required": ("hace falta uno de %s", "é preciso um de %s"),
    "unrecognized arguments: %s": ("no se conoce: %s", "não se conhece: %s"),
    "not allowed with argument %s": ("no va junto con %s", "não vai junto com %s"),
    "ignored explicit argument %r": ("no lleva el valor %r", "não leva o valor %r"),
    "expected one argument": ("espera un valor", "espera um valor"),
    "expected at most one argument": ("espera a lo sumo un valor", "espera no máximo um valor"),
    "expected at least one argument": ("espera al menos un valor", "espera pelo menos um valor"),
    "expected %s argument": ("espera %s valor", "espera %s valor"),
    "expected %s arguments": ("espera %s valores", "espera %s valores"),
    "ambiguous option: %(option)s could match %(matches)s": (
        "%(option)s puede ser %(matches)s",
        "%(option)s pode ser %(matches)s",
    ),
    "invalid %(type)s value: %(value)r": (
        "%(value)r no es un valor posible",
        "%(value)r não é um valor possível",
    ),
    "argument %(argument_name)s: %(message)s": (
        "%(argument_name)s: %(message)s",
        "%(argument_name)s: %(message)s",
    ),
    "See `%s --help`.": ("Vea `%s --help`.", "Veja `%s --help`."),
    'there is no "%s"; did you mean %s?': (
        'no existe "%s"; ¿quiso decir %s?',
        'não existe "%s"; quis dizer %s?',
    ),
    'there is no "%s"; choose one of %s': (
        'no existe "%s"; escoja entre %s',
        'não existe "%s"; escolha entre %s',
    ),
    '"%s" is not a number of seconds up to 86400': (
        '"%s" no es un número de segundos hasta 86400',
        '"%s" não é um número de segundos até 86400',
    ),
    '"%s" is not a day; write 2026-11-20': (
        '"%s" no es un día; escriba 2026-11-20',
        '"%s" não é um dia; escreva 2026-11-20',
    ),
    'there is no format "%s"; did you mean %s?': (
        'no existe el formato "%s"; ¿quiso decir %s?',
        'não existe o formato "%s"; quis dizer %s?',
    ),
    'there is no format "%s"; choose one of %s': (
        'no existe el formato "%s"; escoja entre %s',
        'não existe o formato "%s"; escolha entre %s',
    ),
}
"""Each sentence in Spanish and Portuguese."""


def said(text: str, language: Language | None = None) -> str:
    """The sentence in the language of this terminal; as it is where there are no words for it."""
    read = language or of_terminal()
    if read == "en" or text not in WORDS:
        return text
    return WORDS[text][0 if read == "es" else 1]


def _counted(one: str, many: str, count: int) -> str:
    return said(one if count == 1 else many)


def speak() -> None:
    """Have argparse look its sentences up here."""
    vars(argparse).update(_=said, ngettext=_counted)
