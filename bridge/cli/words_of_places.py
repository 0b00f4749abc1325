"""The words said of files and folders that people name: to write, to read, to copy or put back."""

from __future__ import annotations

PLACES: tuple[tuple[str, str, str], ...] = (
    # cli/restore.py
    (
        "{copy} is the state store now.",
        "Los datos del programa son ahora {copy}.",
        "Os dados do programa são agora {copy}.",
    ),
    (
        "The one that was there is {aside}.",
        "Los que había están en {aside}.",
        "Os que havia estão em {aside}.",
    ),
    (
        "Look at what a pass would do now: ledger-bridge sync --dry-run",
        "Vea qué haría ahora un proceso: ledger-bridge sync --dry-run",
        "Veja o que faria agora um processo: ledger-bridge sync --dry-run",
    ),
    (
        "There is no file {copy}. Name a copy that `backup` made.",
        "No hay un archivo {copy}. Indique una copia que hizo `backup`.",
        "Não há um arquivo {copy}. Indique uma cópia que o `backup` fez.",
    ),
    (
        "{copy} is the state store itself. Name a copy of it.",
        "{copy} son los mismos datos del programa. Indique una copia.",
        "{copy} são os próprios dados do programa. Indique uma cópia.",
    ),
    (
        "{copy} is not whole either. Name another copy.",
        "{copy} tampoco está completo. Indique otra copia.",
        "{copy} também não está inteiro. Indique outra cópia.",
    ),
    (
        "{copy} is no state store. Name a copy that `backup` made.",
        "{copy} no son datos del programa. Indique una copia que hizo `backup`.",
        "{copy} não são dados do programa. Indique uma cópia que o `backup` fez.",
    ),
    # cli/backup.py
    (
        "{target} is there already and stays. Choose another name.",
        "{target} ya está y se queda. Escoja otro nombre.",
        "{target} já está lá e fica. Escolha outro nome.",
    ),
    (
        "There is no folder {folder}. Make it, or choose another.",
        "No hay una carpeta {folder}. Créela, o escoja otra.",
        "Não há uma pasta {folder}. Crie-a, ou escolha outra.",
    ),
    # cli/paths.py
    (
        "{option}: {path} cannot be used ({reason}). Name another one.",
        "{option}: {path} no se puede usar ({reason}). Indique otro.",
        "{option}: {path} não pode ser usado ({reason}). Indique outro.",
    ),
    ("not a name", "no es un nombre", "não é um nome"),
    (
        "{option}: {path} is a file. Name a folder.",
        "{option}: {path} es un archivo. Indique una carpeta.",
        "{option}: {path} é um arquivo. Indique uma pasta.",
    ),
    (
        "{option}: {path} is a folder. Name a file in it.",
        "{option}: {path} es una carpeta. Indique un archivo en ella.",
        "{option}: {path} é uma pasta. Indique um arquivo nela.",
    ),
    (
        (
            "{option}: {path} belongs to the bridge's settings, state or ledger, and is "
            "not written over. Name one elsewhere."
        ),
        (
            "{option}: {path} es de la configuración, los datos o la cartera del programa, y no se "
            "sobrescribe. Indique uno en otra parte."
        ),
        (
            "{option}: {path} é da configuração, dos dados ou da carteira do programa, e não é "
            "sobrescrito. Indique um em outro lugar."
        ),
    ),
    (
        (
            "{option}: {folder} is where the ledger is delivered, and what is written "
            "there would be read as a delivery. Name another folder."
        ),
        (
            "{option}: a {folder} llega la cartera, y lo que allí se escriba se leería como una "
            "entrega. Indique otra carpeta."
        ),
        (
            "{option}: em {folder} chega a carteira, e o que se gravar lá seria lido como uma "
            "entrega. Indique outra pasta."
        ),
    ),
    (
        "{option}: there is no file {path}.",
        "{option}: no hay un archivo {path}.",
        "{option}: não há um arquivo {path}.",
    ),
    (
        "{option}: {path} is too large. Is it the right one?",
        "{option}: {path} es demasiado grande. ¿Es el correcto?",
        "{option}: {path} é grande demais. É o certo?",
    ),
    # cli/failures.py
    (
        "There is no file or folder {where}. Look at bridge.toml, or name another one.",
        "No hay un archivo o carpeta {where}. Revise bridge.toml, o indique otro.",
        "Não há um arquivo ou pasta {where}. Confira bridge.toml, ou indique outro.",
    ),
    (
        (
            "A file stands where a folder should be in {where}. Look at bridge.toml, or name "
            "another one."
        ),
        (
            "Hay un archivo donde debía haber una carpeta en {where}. Revise bridge.toml, o "
            "indique otro."
        ),
        (
            "Há um arquivo onde devia haver uma pasta em {where}. Confira bridge.toml, ou indique "
            "outro."
        ),
    ),
    (
        (
            "This is a folder, and should be a file: {where}. Look at bridge.toml, or name "
            "another one."
        ),
        "Es una carpeta, y debía ser un archivo: {where}. Revise bridge.toml, o indique otro.",
        "É uma pasta, e devia ser um arquivo: {where}. Confira bridge.toml, ou indique outro.",
    ),
    (
        (
            "There is already something else in the place of {where}. Look at bridge.toml, or name "
            "another one."
        ),
        "Ya hay otra cosa en el lugar de {where}. Revise bridge.toml, o indique otro.",
        "Já há outra coisa no lugar de {where}. Confira bridge.toml, ou indique outro.",
    ),
    (
        (
            "The links of a path lead round in a circle: {where}. Look at bridge.toml, or name "
            "another one."
        ),
        (
            "Los enlaces de una ruta dan vueltas en círculo: {where}. Revise bridge.toml, o "
            "indique otro."
        ),
        "Os links de um caminho andam em círculo: {where}. Confira bridge.toml, ou indique outro.",
    ),
    (
        "This name is too long: {where}. Look at bridge.toml, or name another one.",
        "Este nombre es muy largo: {where}. Revise bridge.toml, o indique otro.",
        "Este nome é longo demais: {where}. Confira bridge.toml, ou indique outro.",
    ),
    (
        "Nothing can be read from or written to {where}. Look at bridge.toml, or name another one.",
        "No se puede leer ni escribir en {where}. Revise bridge.toml, o indique otro.",
        "Não se pode ler nem gravar em {where}. Confira bridge.toml, ou indique outro.",
    ),
    # cli/session.py
    (
        "No system {wanted} is enabled in bridge.toml. {near}",
        "En bridge.toml no está activado ningún sistema {wanted}. {near}",
        "Em bridge.toml não está ativado nenhum sistema {wanted}. {near}",
    ),
    (
        "There is no state store {path} yet. Run `ledger-bridge sync` first.",
        "Todavía no hay datos del programa en {path}. Ejecute antes `ledger-bridge sync`.",
        "Ainda não há dados do programa em {path}. Execute antes `ledger-bridge sync`.",
    ),
    (
        "{file}: the {what} cannot be read ({reason}).",
        "{file}: no se puede leer: {what} ({reason}).",
        "{file}: não pode ser lido: {what} ({reason}).",
    ),
    (
        "{file}: there is not one {what}, and nothing else.",
        "{file}: debe tener una sola cosa, {what}, y nada más.",
        "{file}: deve ter uma só coisa, {what}, e nada mais.",
    ),
    # cli/plans.py
    (
        "{path} is not a plan. Write one with --plan-out.",
        "{path} no es un plan. Escriba uno con --plan-out.",
        "{path} não é um plano. Grave um com --plan-out.",
    ),
    (
        "{path} was written by another version. Write it again.",
        "{path} lo escribió otra versión. Escríbalo otra vez.",
        "{path} foi gravado por outra versão. Grave-o de novo.",
    ),
    (
        "--plan-out: {path} is there already and is no plan. Name another.",
        "--plan-out: {path} ya está y no es un plan. Indique otro.",
        "--plan-out: {path} já está lá e não é um plano. Indique outro.",
    ),
)
"""Each sentence in English, Spanish and Portuguese."""
