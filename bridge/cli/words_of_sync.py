"""The words that `sync` says of a pass, and those of how any verb ends."""

from __future__ import annotations

from bridge.cli.languages import Language

HEADS: dict[Language, tuple[str, ...]] = {
    "en": (
        "system", ">create", ">update", ">void", ">posted", ">confirmed", ">rejected",
        ">in doubt", ">pending", ">calls",
    ),
    "es": (
        "sistema", ">crear", ">cambiar", ">anular", ">enviados", ">confirmados", ">rechazados",
        ">en duda", ">pendientes", ">llamadas",
    ),
    "pt": (
        "sistema", ">criar", ">mudar", ">anular", ">enviados", ">confirmados", ">recusados",
        ">em dúvida", ">pendentes", ">chamadas",
    ),
}  # fmt: skip
"""The table of a pass. What is right-aligned begins with `>`."""

SYNC: tuple[tuple[str, str, str], ...] = (
    (
        "--approve and --apply both name a plan. Give one of them.",
        "--approve y --apply indican ambos un plan. Dé uno de los dos.",
        "--approve e --apply indicam ambos um plano. Dê um dos dois.",
    ),
    (
        "--list goes with --dry-run: it lists what would be written.",
        "--list va con --dry-run: muestra lo que se registraría.",
        "--list vai com --dry-run: mostra o que seria lançado.",
    ),
    (
        "The plan is in {path}. To do exactly that: ledger-bridge sync --apply {path}",
        "El plan está en {path}. Para hacer exactamente eso: ledger-bridge sync --apply {path}",
        "O plano está em {path}. Para fazer exatamente isso: ledger-bridge sync --apply {path}",
    ),
    (
        "Ledger of {day}: {rows} rows changed, {loans} loans touched.",
        "Cartera del {day}: cambiaron {rows} filas, de {loans} préstamos.",
        "Carteira de {day}: mudaram {rows} linhas, de {loans} empréstimos.",
    ),
    ("run {run}, plan {digest}", "proceso {run}, plan {digest}", "processo {run}, plano {digest}"),
    ("clean: {reason}", "en orden: {reason}", "em ordem: {reason}"),
    ("person: {reason}", "hace falta una persona: {reason}", "é preciso uma pessoa: {reason}"),
    ("later: {reason}", "más tarde: {reason}", "mais tarde: {reason}"),
    (
        "waiting up to {seconds} s for what may still arrive in {system}",
        "esperando hasta {seconds} s por lo que aún pueda llegar a {system}",
        "esperando até {seconds} s pelo que ainda possa chegar a {system}",
    ),
    ("nothing to do", "nada por hacer", "nada a fazer"),
    ("{count} changes", "{count} cambios", "{count} mudanças"),
    ("both sides agree", "los dos lados coinciden", "os dois lados conferem"),
    (
        "both sides agree, but for items that wait for nobody",
        "los dos lados coinciden, salvo partidas que no esperan a nadie",
        "os dois lados conferem, salvo itens que não esperam por ninguém",
    ),
    (
        "1 task for a person: {tasks}",
        "1 tarea para una persona: {tasks}",
        "1 tarefa para uma pessoa: {tasks}",
    ),
    (
        "{count} tasks for a person: {tasks}",
        "{count} tareas para una persona: {tasks}",
        "{count} tarefas para uma pessoa: {tasks}",
    ),
    # cli/main.py
    ("Stopped. {left}", "Detenido. {left}", "Interrompido. {left}"),
    (
        "What was on its way is looked up in the books by the next run.",
        "Lo que iba en camino lo busca en la contabilidad el próximo proceso.",
        "O que estava a caminho é procurado na contabilidade pelo próximo processo.",
    ),
    (
        "Until a login is finished, nobody is logged in.",
        "Mientras no se termine de entrar, nadie ha entrado.",
        "Enquanto não se termina de entrar, ninguém entrou.",
    ),
    (
        "Unexpected error {ident}, a mistake of the bridge. {kept}.",
        "Error inesperado {ident}, una falla del programa. {kept}.",
        "Erro inesperado {ident}, uma falha do programa. {kept}.",
    ),
    ("Details are in {path}", "Los detalles están en {path}", "Os detalhes estão em {path}"),
    (
        "Details could not be written",
        "Los detalles no se pudieron escribir",
        "Os detalhes não puderam ser gravados",
    ),
    ("The sandbox has stopped.", "La caja de pruebas se detuvo.", "A caixa de testes parou."),
)
"""Each sentence in English, Spanish and Portuguese."""
