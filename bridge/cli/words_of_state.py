"""The words said of the state store, its copies, and a disk or login that refuses."""

from __future__ import annotations

STATE: tuple[tuple[str, str, str], ...] = (
    # store/soundness.py
    (
        (
            "The state store {path} is damaged ({why}). Nothing was sent. Put the newest backup in "
            "its place: ledger-bridge restore FILE. Without one: ledger-bridge rebuild, which "
            "sets the damaged file aside and makes the state anew from the ledger and the books."
        ),
        (
            "Los datos del programa, {path}, están dañados ({why}). No se envió nada. Ponga en su "
            "lugar la copia más nueva: ledger-bridge restore FILE. Si no hay copia: ledger-bridge "
            "rebuild, que aparta el archivo dañado y los hace de nuevo con la cartera y la "
            "contabilidad."
        ),
        (
            "Os dados do programa, {path}, estão danificados ({why}). Nada foi enviado. Ponha no "
            "lugar a cópia mais nova: ledger-bridge restore FILE. Sem cópia: ledger-bridge "
            "rebuild, que põe de lado o arquivo danificado e os faz de novo com a carteira e a "
            "contabilidade."
        ),
    ),
    ("{found} It is {aside} now.", "{found} Ahora es {aside}.", "{found} Agora é {aside}."),
    (
        "a binding is not what it is filed under: {number}",
        "un documento enlazado no es el de su número: {number}",
        "um documento vinculado não é o do seu número: {number}",
    ),
    (
        "an outbox entry is not what it is filed under: {number}",
        "un envío no es el de su número: {number}",
        "um envio não é o do seu número: {number}",
    ),
    (
        "a document was posted and is not bound: {number}",
        "un documento se registró y no está enlazado: {number}",
        "um documento foi lançado e não está vinculado: {number}",
    ),
    (
        "{name} has {now} rows, and had {rows}",
        "{name} tiene {now} filas, y tenía {rows}",
        "{name} tem {now} linhas, e tinha {rows}",
    ),
    # cli/failures.py
    (
        (
            "The state store is damaged. Nothing is sent. Put the newest backup in its place: "
            "ledger-bridge restore FILE. Without one: ledger-bridge rebuild."
        ),
        (
            "Los datos del programa están dañados. No se envía nada. Ponga en su lugar la copia "
            "más nueva: ledger-bridge restore FILE. Si no hay copia: ledger-bridge rebuild."
        ),
        (
            "Os dados do programa estão danificados. Nada é enviado. Ponha no lugar a cópia mais "
            "nova: ledger-bridge restore FILE. Sem cópia: ledger-bridge rebuild."
        ),
    ),
    (
        "{words} and run again. Nothing is lost.",
        "{words} y ejecútelo otra vez. No se pierde nada.",
        "{words} e execute de novo. Nada se perde.",
    ),
    (
        "The state store does not answer. Check [state] url and run again.",
        "Los datos del programa no responden. Revise [state] url y ejecútelo otra vez.",
        "Os dados do programa não respondem. Confira [state] url e execute de novo.",
    ),
    (
        "The disk is full. Free some space",
        "El disco está lleno. Haga espacio",
        "O disco está cheio. Libere espaço",
    ),
    (
        "The disk quota is used up. Free some space",
        "La cuota de disco se agotó. Haga espacio",
        "A cota de disco acabou. Libere espaço",
    ),
    (
        "A file may not become larger. Raise this user's limit on file sizes",
        "Un archivo no puede crecer más. Suba el límite de tamaño de archivos de este usuario",
        "Um arquivo não pode crescer mais. Aumente o limite de tamanho de arquivos deste usuário",
    ),
    (
        "The disk is read-only. Make the folder writable",
        "El disco es de solo lectura. Dé permiso de escribir en la carpeta",
        "O disco é somente de leitura. Dê permissão de escrita na pasta",
    ),
    (
        "The disk gave an error. Check it",
        "El disco dio un error. Revíselo",
        "O disco deu um erro. Verifique-o",
    ),
    (
        "The disk is full. Free some space for the state store and temporary files",
        "El disco está lleno. Haga espacio para los datos del programa y los archivos temporales",
        "O disco está cheio. Libere espaço para os dados do programa e os arquivos temporários",
    ),
    (
        "The state store is read-only. Make its file and folder writable",
        (
            "Los datos del programa son de solo lectura. Dé permiso de escribir en su archivo y "
            "carpeta"
        ),
        (
            "Os dados do programa são somente de leitura. Dê permissão de escrita no arquivo e na "
            "pasta"
        ),
    ),
    (
        "The state store cannot be opened. Check its folder and its rights",
        "Los datos del programa no se pueden abrir. Revise su carpeta y sus permisos",
        "Os dados do programa não podem ser abertos. Confira a pasta e as permissões",
    ),
    (
        "Another program holds the state store. Wait for it to finish",
        "Otro programa tiene abiertos los datos. Espere a que termine",
        "Outro programa está com os dados abertos. Espere que termine",
    ),
    (
        "The disk gave an error: it may be full, over a quota, or damaged. Check it",
        "El disco dio un error: puede estar lleno, sin cuota o dañado. Revíselo",
        "O disco deu um erro: pode estar cheio, sem cota ou danificado. Verifique-o",
    ),
    (
        "This user has no right to {filename}. Give it the right",
        "Este usuario no tiene permiso para {filename}. Déselo",
        "Este usuário não tem permissão para {filename}. Dê a permissão",
    ),
    # store/engine.py, store/schema.py, store/store.py, store/scratch.py
    (
        "[state] url: {url} is not a database URL.",
        "[state] url: {url} no es la dirección de una base de datos.",
        "[state] url: {url} não é o endereço de um banco de dados.",
    ),
    (
        "[state] url: {url}: use sqlite:///FILE.",
        "[state] url: {url}: use sqlite:///ARCHIVO.",
        "[state] url: {url}: use sqlite:///ARQUIVO.",
    ),
    (
        "[state] url: the state store needs a file: sqlite:///FILE",
        "[state] url: los datos del programa necesitan un archivo: sqlite:///ARCHIVO",
        "[state] url: os dados do programa precisam de um arquivo: sqlite:///ARQUIVO",
    ),
    (
        "the state store's migrations are not where {package} was installed",
        "las migraciones de los datos no están donde se instaló {package}",
        "as migrações dos dados não estão onde {package} foi instalado",
    ),
    (
        (
            "{name} was made by a newer version of this program (schema {current}, known here: "
            "{known}). Install that version or newer, or restore a backup made by this one."
        ),
        (
            "{name} se hizo con una versión más nueva del programa (esquema {current}; aquí se "
            "conoce {known}). Instale esa versión u otra más nueva, o restaure una copia hecha "
            "con esta."
        ),
        (
            "{name} foi feito por uma versão mais nova do programa (esquema {current}; aqui se "
            "conhece {known}). Instale essa versão ou outra mais nova, ou restaure uma cópia "
            "feita por esta."
        ),
    ),
    (
        (
            "a dry run works on a copy of the state, which needs an SQLite file; with "
            "PostgreSQL point [state] url to a restored backup for it"
        ),
        (
            "una vista previa trabaja con una copia de los datos, que necesita un archivo SQLite; "
            "con PostgreSQL apunte [state] url a una copia restaurada"
        ),
        (
            "uma prévia trabalha com uma cópia dos dados, que precisa de um arquivo SQLite; com "
            "PostgreSQL aponte [state] url para uma cópia restaurada"
        ),
    ),
    (
        "back up PostgreSQL with its own pg_dump",
        "haga la copia de PostgreSQL con su propio pg_dump",
        "faça a cópia do PostgreSQL com o próprio pg_dump",
    ),
    (
        "{target} exists already; choose another name",
        "{target} ya existe; escoja otro nombre",
        "{target} já existe; escolha outro nome",
    ),
    (
        "deliveries are staged for SQLite only",
        "las entregas se preparan solo con SQLite",
        "as entregas são preparadas só com SQLite",
    ),
    (
        "{where} is being written to by another run; try again later",
        "otro proceso está escribiendo en {where}; inténtelo más tarde",
        "outro processo está gravando em {where}; tente mais tarde",
    ),
    (
        "{original} changes too fast to be copied; try again in a moment",
        "{original} cambia demasiado rápido para copiarlo; inténtelo en un momento",
        "{original} muda rápido demais para ser copiado; tente daqui a pouco",
    ),
    # store/intake.py, store/decisions.py
    (
        (
            "installation {installation} belongs to source {row}, not "
            "{source}; give the new source's installation another name"
        ),
        (
            "la instalación {installation} es de la fuente {row}, no de {source}; dé otro nombre "
            "a la instalación de la nueva fuente"
        ),
        (
            "a instalação {installation} é da fonte {row}, não de {source}; dê outro nome à "
            "instalação da nova fonte"
        ),
    ),
    (
        (
            "installation {installation} is posted under prefix {row}; "
            "{prefix} would post everything again. Put {row} back."
        ),
        (
            "la instalación {installation} está registrada con el prefijo {row}; con {prefix} "
            "todo se registraría otra vez. Vuelva a poner {row}."
        ),
        (
            "a instalação {installation} está lançada com o prefixo {row}; com {prefix} tudo seria "
            "lançado outra vez. Ponha {row} de volta."
        ),
    ),
    (
        (
            "prefix {prefix} is already that of installation {taken}; give "
            "{installation} one of its own"
        ),
        "el prefijo {prefix} ya es de la instalación {taken}; dé a {installation} uno propio",
        "o prefixo {prefix} já é da instalação {taken}; dê a {installation} um próprio",
    ),
    (
        "outbox entry {entry} does not exist; see `outbox list`",
        "el envío {entry} no existe; vea `outbox list`",
        "o envio {entry} não existe; veja `outbox list`",
    ),
    (
        "{reference} is {state}: it does not wait to be sent",
        "{reference} está en {state}: no espera para enviarse",
        "{reference} está em {state}: não espera para ser enviado",
    ),
    (
        "{reference} is {state}; it cannot be changed by {verb}",
        "{reference} está en {state}; {verb} no lo puede cambiar",
        "{reference} está em {state}; {verb} não pode mudá-lo",
    ),
    (
        (
            "{reference} is in the books already, with other content: correct it there, "
            "or drop this entry"
        ),
        (
            "{reference} ya está en la contabilidad, con otro contenido: corríjalo allá, o "
            "descarte este envío"
        ),
        (
            "{reference} já está na contabilidade, com outro conteúdo: corrija-o lá, ou descarte "
            "este envio"
        ),
    ),
    # instance.py
    (
        (
            "Another bridge (process {holder}) is at work on this state store. "
            "Wait until it has finished; a --dry-run can run beside it."
        ),
        (
            "Otro ledger-bridge (proceso {holder}) trabaja con estos datos. Espere a que termine; "
            "una vista previa (--dry-run) puede ir al lado."
        ),
        (
            "Outro ledger-bridge (processo {holder}) trabalha com estes dados. Espere que "
            "termine; uma prévia (--dry-run) pode ir ao lado."
        ),
    ),
    (
        (
            "The daemon (process {holder}) serves this state store already. Other verbs work "
            "beside it; to start another daemon, stop that one first."
        ),
        (
            "El servicio (proceso {holder}) ya atiende estos datos. Los demás verbos trabajan al "
            "lado; para iniciar otro servicio, detenga antes aquel."
        ),
        (
            "O serviço (processo {holder}) já atende estes dados. Os outros verbos trabalham ao "
            "lado; para iniciar outro serviço, pare antes aquele."
        ),
    ),
    # credentials.py
    (
        (
            "{file}: the record of {service} can not be opened with this key. "
            "Restore the key file that it was written with, or connect again."
        ),
        (
            "{file}: el registro de {service} no se abre con esta llave. Restaure el archivo de la "
            "llave con que se escribió, o conéctese otra vez."
        ),
        (
            "{file}: o registro de {service} não abre com esta chave. Restaure o arquivo da chave "
            "com que foi gravado, ou conecte de novo."
        ),
    ),
    (
        "{file} is damaged. Restore it from a backup, or connect again.",
        "{file} está dañado. Restáurelo de una copia, o conéctese otra vez.",
        "{file} está danificado. Restaure-o de uma cópia, ou conecte de novo.",
    ),
    (
        "{path} can be read by others. Run: chmod 600 {path}",
        "Otros pueden leer {path}. Ejecute: chmod 600 {path}",
        "Outros podem ler {path}. Execute: chmod 600 {path}",
    ),
    (
        "{name} is too short for a key: {count} bytes, not 32.",
        "{name} es muy corto para una llave: {count} bytes, no 32.",
        "{name} é curto demais para uma chave: {count} bytes, não 32.",
    ),
    (
        "The keyring refused ({reason}). Unlock it, or log in to the desktop.",
        "El llavero no dejó ({reason}). Desbloquéelo, o inicie sesión en el escritorio.",
        "O chaveiro recusou ({reason}). Desbloqueie-o, ou entre na área de trabalho.",
    ),
    (
        "{name} is held by another process for {waited} s.",
        "Otro proceso tiene {name} desde hace {waited} s.",
        "Outro processo está com {name} há {waited} s.",
    ),
)
"""Each sentence in English, Spanish and Portuguese."""
