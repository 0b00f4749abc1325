"""Every reason to refuse a delivery as the readers write it, and as a lender reads it."""

# ruff: noqa: E501 (sentences as they are read)
WRITTEN = {
    "refused_column_amount": (
        'column "Recaudo": is not read, and row 2 has an amount in it: "10.000". Add the heading.',
        "la columna «Recaudo» no se lee, y en la fila 2 tiene un valor: «10.000». Dígale al programa qué es: agregue el título al campo que le corresponde en [columns] de mappings/deudores.toml; o, si nada de ella se registra, a la lista ignore de allí",
    ),
    "refused_column_date": (
        'column "Firma": is not read, and row 2 has a date in it: "12/10/2026". Add the heading.',
        "la columna «Firma» no se lee, y en la fila 2 tiene una fecha: «12/10/2026». Dígale al programa qué es: agregue el título al campo que le corresponde en [columns] de mappings/deudores.toml; o, si nada de ella se registra, a la lista ignore de allí",
    ),
    "refused_column_bare": (
        'column F: is not read, and row 2 has an amount in it: "45.000". Give the column a heading.',
        "la columna F no tiene título y no se lee, y en la fila 2 tiene «45.000». Póngale un título que diga qué es, o bórrela",
    ),
    "refused_undated": (
        'columns "SEM 1", "SEM 2": hold 6 payments, and nothing says on which day each was made. Write the day.',
        'las columnas "SEM 1", "SEM 2" traen 6 abonos, y nada dice qué día se pagó cada uno. Escriba el día como título de cada columna (10/10/2026); o diga en mappings/deudores.toml undated_payments = "period" (el abono n se fecha n períodos después del préstamo) o "hold" (los préstamos se leen y cada abono espera)',
    ),
    "refused_undated_never": (
        'columns "Abono 1", "Abono 2": hold 6 payments, and nothing says on which day each was made, or how often. Write the day.',
        'las columnas "Abono 1", "Abono 2" traen 6 abonos, y nada dice qué día se pagó cada uno ni cada cuánto. Escriba el día como título de cada columna (10/10/2026); o diga en mappings/deudores.toml undated_payments = "hold" (los préstamos se leen y cada abono espera)',
    ),
    "refused_two_headings": (
        'has two columns headed "Monto". Give each the heading.',
        "hay dos columnas con el título «Monto». Dé a cada una el título que diga qué trae, y agréguelos a [columns] de mappings/deudores.toml",
    ),
    "refused_no_heading": (
        'has no heading row that we know; the nearest has "Fecha", "Valo". It needs a column "ID deuda" or "ID préstamo"; and "Monto" or "Valor" (nearest: "Valo"): add the sheet\'s own heading to [columns].',
        'ninguna fila de títulos se reconoce; la más parecida trae "Fecha", "Valo". Falta una columna "ID deuda" / "ID préstamo"; "Monto" / "Valor" (≈ "Valo"). Agregue el título de la hoja a su campo en [columns] de mappings/deudores.toml; o, si nada de la hoja se registra, su nombre a la lista ignore_sheets de allí',
    ),
    "refused_client_without_name": (
        "looks like one client's sheet, without the client's name. Write it.",
        "parece la hoja de un cliente, y no dice su nombre. Escríbalo arriba de los abonos, con el rótulo «Cliente»",
    ),
    "refused_client_without_day": (
        "looks like one client's sheet, without the day of the loan. Write it.",
        "parece la hoja de un cliente, y no dice qué día se prestó. Escríbalo arriba de los abonos, con el rótulo «Fecha»",
    ),
    "refused_client_without_both": (
        "looks like one client's sheet, without the client's name and the day of the loan. Write it.",
        "parece la hoja de un cliente, y no dice su nombre ni qué día se prestó. Escríbalos arriba de los abonos, con los rótulos «Cliente» y «Fecha»",
    ),
    "refused_label": (
        'row 3 has "$ 5.000", under a label that is not known. Add the label.',
        "la fila 3 tiene «$ 5.000» con un rótulo que no se conoce. Agréguelo al campo que le corresponde en [columns.loans] de mappings/deudores.toml",
    ),
    "refused_being_copied": (
        "is still being copied.",
        "todavía se está copiando",
    ),
    "refused_old_workbook": (
        "is an old Excel workbook or has a password: save it as .xlsx without one.",
        "es un libro de Excel antiguo o tiene contraseña. Guárdelo como .xlsx sin contraseña",
    ),
    "refused_other_program": (
        "is a sheet of another program: save it as .xlsx or CSV.",
        "es una hoja de otro programa. Guárdela como .xlsx o CSV",
    ),
    "refused_no_ledger_file": (
        "is no file that a ledger comes in.",
        "no es un archivo en que venga una cartera",
    ),
    "refused_nothing_there": (
        "has no delivery in it. Put one there.",
        "la carpeta no tiene ninguna cartera. Ponga allí un ZIP, una carpeta, un libro de Excel, archivos CSV o un JSON",
    ),
    "refused_too_many_files": (
        "holds more than 5000 files. Move the old ones away.",
        "hay más de 5.000 archivos. Saque de allí los viejos",
    ),
    "refused_not_there_yet": (
        "is not there (yet). Copy the whole package again.",
        "todavía no está: el paquete no se terminó de copiar. Cópielo otra vez completo",
    ),
    "refused_older_one": (
        "also holds dia1 of 2026-11-19, which is older. Copy it again.",
        "allí está también dia1, del 19/11/2026, que es más vieja. Copie otra vez la nueva; o sáquela, y se lee la vieja",
    ),
    "refused_cut_short": (
        "is cut short: Input data was truncated. Copy or export it again.",
        "está cortado. Cópielo o expórtelo otra vez",
    ),
    "refused_same_number": (
        'both have the number "1" of row 2. If one is a copy.',
        "los dos traen el número «1» de la fila 2. Si uno es copia del otro, entregue solo uno; si no, dé a cada fila un número propio",
    ),
    "refused_same_row": (
        "both have what row 2 has. If one is a copy.",
        "los dos traen lo que dice la fila 2. Si uno es copia del otro, entregue solo uno; si no, dé a cada fila un número propio",
    ),
    "refused_unreadable": (
        "is not a readable snapshot: truncated. Export it again.",
        "no se puede leer: está cortado o se editó. Expórtelo otra vez desde la aplicación",
    ),
    "refused_schema": (
        'has schema "deudores/9". We read deudores/1.',
        "es de una versión que no se conoce («deudores/9»). Actualice la aplicación o este programa",
    ),
    "refused_no_phone": (
        "is empty. Ids mean nothing without it.",
        "falta el número del teléfono: sin él los números no dicen de quién son. Exporte otra vez",
    ),
    "refused_empty": (
        "is empty. Export it again.",
        "está vacío. Expórtelo otra vez",
    ),
    "refused_day": (
        '"20/11/26" is not a date. Use YYYY-MM-DD.',
        "«20/11/26» no es una fecha: va año-mes-día. Exporte otra vez",
    ),
    "refused_currency": (
        '"PESOS" is not a currency we know. Use an ISO 4217 code.',
        "«PESOS» no es una moneda que se conozca. Escriba su código, por ejemplo COP",
    ),
    "refused_uncounted": (
        "does not count debts. Export the file again.",
        "no dice cuántos registros trae. Expórtelo otra vez",
    ),
    "refused_kind": (
        'has what is owed in "Saldo", and nothing says whether goods were sold on credit (their sale is income) or money was lent (it is none). Say it.',
        'dice en «Saldo» lo que se debe, y nada dice si se fió mercancía (su venta es ingreso) o se prestó plata (no lo es). Dígalo en mappings/deudores.toml: default_kind = "running_account" si es mercancía, "cash_loan" si es plata',
    ),
    "refused_lists_nothing": (
        "lists nothing. Export the package again.",
        "no nombra ningún archivo. Exporte otra vez el paquete",
    ),
    "refused_lists_twice": (
        'lists "a.csv" more than once. List each file once.',
        "nombra «a.csv» más de una vez. Exporte otra vez el paquete",
    ),
    "refused_no_table": (
        "lists no table of loans. Export the package again.",
        "no trae la tabla de préstamos. Exporte otra vez el paquete",
    ),
    "refused_listed_wrong": (
        '"../a" is not a plain name. List names, not paths.',
        "«../a» no puede estar en la lista de archivos. Exporte otra vez el paquete",
    ),
    "refused_declared": (
        "has 9 rows, but 10 were declared. The delivery is cut.",
        "trae 9 filas y dice 10: está cortado o se editó. Exporte otra vez",
    ),
    "refused_no_form": (
        "has no json form; it holds csv. Deliver a package.",
        "no está en la forma json, que [source] prefer pide; hay csv",
    ),
    "refused_no_ledger": (
        "has no ledger; it holds nothing that can be read. Deliver a package.",
        "no trae ninguna cartera que se pueda leer. Entregue un paquete, un JSON, archivos CSV o un libro",
    ),
    "refused_weak": (
        'the file has no ids of its own for debts. Set weak_ids = "accept", or deliver ids.',
        'el archivo no trae números propios, y weak_ids dice que entonces no se lea. Entregue los números, o escriba weak_ids = "accept" en mappings/deudores.toml',
    ),
    "refused_several": (
        "are several snapshots. Deliver one at a time.",
        "son varias carteras. Entregue una a la vez",
    ),
    "refused_password": (
        "is protected with a password, or is an old .xls. Open it.",
        "tiene contraseña, o es un .xls antiguo. Ábralo en Excel y guárdelo como .xlsx sin contraseña",
    ),
    "refused_other_kind": (
        "is a spreadsheet of another kind. Save it as .xlsx or CSV.",
        "es una hoja de otro tipo. Guárdela como .xlsx o CSV",
    ),
    "refused_binary": (
        "is not text, JSON, a workbook or a ZIP. Export it again.",
        "no es texto, JSON, un libro ni un ZIP. Expórtelo otra vez",
    ),
    "refused_damaged": (
        "is a damaged ZIP or workbook. Copy or export it again.",
        "está dañado. Cópielo o expórtelo otra vez",
    ),
    "refused_absent": (
        "does not exist. Check [source] path.",
        "no existe. Revise path de [source]",
    ),
    "refused_no_file": (
        "is neither a file nor a folder. Check [source] path.",
        "no es un archivo ni una carpeta. Revise path de [source]",
    ),
    "refused_rows": (
        "has over 1,000,000 rows. Raise [limits] rows.",
        "tiene más de 1.000.000 filas. Si es de verdad, suba rows de [limits] en mappings/deudores.toml",
    ),
    "refused_two_apps": (
        "are of two apps. Read them one at a time.",
        "son de dos aplicaciones. Entréguelas una a la vez",
    ),
    "refused_two_tables": (
        "are both a table of loans, each its own way. Sheets with the same headings are read as one table.",
        "son tablas de préstamos y tienen títulos distintos. Las hojas con los mismos títulos se leen como una sola tabla; si una no es de la cartera, entréguela aparte, o escriba su nombre en ignore_sheets de mappings/deudores.toml",
    ),
    "refused_encoding": (
        "is not text in UTF-8 or Windows-1252. Save it as CSV UTF-8.",
        "el texto no se puede leer. Guárdelo como CSV UTF-8, o entregue .xlsx",
    ),
    "refused_quotes": (
        "and over a thousand others have quotes that do not close. Export the file again.",
        "en más de mil filas unas comillas no cierran. Exporte otra vez el archivo con sus textos entre comillas",
    ),
    "refused_large": (
        "is larger than the limit of 1,000 bytes. Deliver a CSV package.",
        "pasa del límite de 1.000 bytes. Entregue un paquete CSV, o, si es de verdad, suba el límite en [limits] del mapeo",
    ),
    "refused_twice_packed": (
        "is in the ZIP twice. Pack each file once.",
        "está dos veces en el ZIP. Empaquete cada archivo una vez",
    ),
    "refused_many_packed": (
        "holds 20000 files. At most 10000 are read.",
        "trae 20.000 archivos; se leen hasta 10.000",
    ),
    "refused_unpacked": (
        "would unpack to 9,000 bytes, above the limit of 1,000. Deliver a smaller file.",
        "desempacado tendría 9.000 bytes, más que el límite de 1.000. Entregue un archivo más pequeño, o, si es de verdad, suba unpacked_bytes de [limits]",
    ),
    "refused_grows": (
        "would grow 500 times when unpacked. It looks damaged.",
        "desempacado crecería 500 veces: parece dañado o malintencionado. Empáquelo otra vez con los originales",
    ),
    "refused_packed_password": (
        "is protected with a password. Pack it again without one.",
        "tiene contraseña. Empáquelo otra vez sin ella",
    ),
    "refused_way_of_packing": (
        "is packed in a way that is not read here (compression type 99). Pack it again.",
        "está empacado de un modo que aquí no se lee. Empáquelo otra vez como ZIP corriente",
    ),
    "refused_packed_name": (
        "has a file in it whose name cannot be read. Give the files plain names.",
        "trae un archivo cuyo nombre no se puede leer. Dé a los archivos nombres sencillos y empáquelos otra vez",
    ),
    "refused_ends_early": (
        "ends before it should. Copy or export the file again.",
        "se acaba antes de tiempo. Cópielo o expórtelo otra vez",
    ),
    "refused_not_unpacked": (
        "cannot be unpacked (bad magic number). Copy or export the file again.",
        "no se puede desempacar: está dañado. Cópielo o expórtelo otra vez",
    ),
    "refused_not_read": (
        "cannot be read (Permission denied). Check the file and its permissions.",
        "no se puede leer (Permission denied). Revise el archivo y sus permisos, o guárdelo otra vez",
    ),
    "refused_doctype": (
        "declares a document type, which no workbook does. Save it again.",
        "trae algo que ningún libro trae. Guárdelo otra vez",
    ),
    "refused_cell": (
        "has a cell of over 10000 characters. Save it again.",
        "tiene una celda de más de 10.000 letras. Acórtela y guarde otra vez el libro",
    ),
    "refused_text_absent": (
        "points to a text that is not there. Save it again.",
        "le falta un texto: está dañado. Guárdelo otra vez",
    ),
    "refused_part_large": (
        "is too large; deliver CSV instead. Save it again.",
        "es demasiado grande. Entregue CSV",
    ),
    "refused_no_sheets": (
        "has no sheets. Save it again.",
        "no tiene hojas. Guárdelo otra vez",
    ),
}
