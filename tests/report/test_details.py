"""Particulars in the reader's language: every form that we write is said, nothing is lost."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.core.books import Kind, PostedDocument, Several
from bridge.core.delivery import AMBIGUOUS, ambiguous
from bridge.report.details import FORMS, said
from bridge.report.figures import Figures, locale_for
from bridge.report.texts import LANGUAGES, texts
from tests.report import refusals

_TWICE = ambiguous(
    "DY7F3A-P121",
    Several(
        tuple(PostedDocument(kind=Kind.RECEIPT, external_id=i, version="0") for i in ("11", "15"))
    ),
)
CELL = "deudas.csv, a: b, row 141, column Moneda"
WRITTEN = {
    "alike_one": (
        "is gone: row 3, 200000.00 COP on 2026-10-15 (W7HZ0Q4M2K)",
        "ya no está: fila 3, 200.000 COP del 15/10/2026 (W7HZ0Q4M2K)",
    ),
    "alike_person": ("is gone: row 3 (W7HZ0Q4M2K)", "ya no está: fila 3 (W7HZ0Q4M2K)"),
    "alike_many": (
        "may be any of these rows: 3: (W7HZ0Q4M2K); 5: (W1B9TXC5RD)",
        "puede ser cualquiera de estas filas: 3: (W7HZ0Q4M2K); 5: (W1B9TXC5RD)",
    ),
    "more_rows": ("1200 more rows", "1.200 filas más"),
    "loans_of_one": ("3 loans", "3 préstamos"),
    "because_of": ("because of DY7F3A-C19", "por DY7F3A-C19"),
    "no_loan": ("debt 9901 is not in the ledger", "el préstamo 9901 no está en la cartera"),
    "no_borrower": ("debtor 777 does not exist", "el cliente 777 no está en la cartera"),
    "loan_gone": (
        "the loan was posted and is gone from the ledger, its movements are not",
        "el préstamo se registró y ya no está en la cartera; sus movimientos sí",
    ),
    "period_closed": (
        "changed in the ledger after its period was closed",
        "se cambió en la cartera después del cierre del período",
    ),
    "lost_beyond": (
        "150000.00 COP written off, 120000.00 was owed",
        "se castigaron 150.000 COP y se debían 120.000",
    ),
    "recovery_waits": (
        "15000.00 COP came in on what was written off",
        "entraron 15.000 COP de lo castigado",
    ),
    "closed_edit": (
        "posted as 120000 COP, the ledger says 108000; its period is closed",
        "registrado por 120.000 COP; la cartera dice 108.000, y su período está cerrado",
    ),
    "back_dated": (
        "paid 2026-06-20, the books began on 2026-07-04",
        "abono del 20/06/2026; la contabilidad empezó el 4/07/2026",
    ),
    "merged_into": ("3 documents are on customer 58", "3 documentos están en el cliente 58"),
    "books_decimals": (
        "20000.50 COP, the books keep 0 decimals",
        "20000.50 COP: la contabilidad guarda 0 decimales",
    ),
    "overpaid": ("5000.00 USD more than was owed", "5.000,00 USD más de lo que se debía"),
    "balance": (
        "the ledger says 48000.00, its movements make 63000.00 COP",
        "la cartera muestra 48.000; sus movimientos dan 63.000 COP",
    ),
    "paid_and_owed": (
        "marked as paid with 12000.50 USD owed",
        "marcado como pagado, pero se deben 12.000,50 USD",
    ),
    "nothing_owed": (
        "nothing owed, not marked",
        "no se debe nada y no está marcado como pagado",
    ),
    "split": (
        "principal and interest make 100.50, the total is 120.00",
        "capital e interés suman 100,50; el total es 120",
    ),
    "schedule": ("30 × 17000.00 is not 480000.00", "30 × 17.000 no da 480.000"),
    "before_loan": (
        "paid 2026-07-05, lent 2026-07-08",
        "pagado el 5/07/2026, prestado el 8/07/2026",
    ),
    "due_before_start": (
        "due 2026-05-11, start 2026-05-12",
        "vence el 11/05/2026, empieza el 12/05/2026",
    ),
    "after": ("2027-11-18 is after 2026-11-20", "18/11/2027 es posterior a 20/11/2026"),
    "still_owes": ("still owes 1250.00 COP", "todavía debe 1.250 COP"),
    "days_old": ("of 2026-11-20, 10 days old", "del 20/11/2026: hace 10 días"),
    "not_read_since": (
        "last read on 2026-11-20, was to be read on 2026-11-21",
        "se leyó por última vez el 20/11/2026; tocaba el 21/11/2026",
    ),
    "other_company": (
        "documents of ours: 600000000001 (35), 600000000002 (2); named now: 600000000003",
        (
            "documentos del programa: 600000000001 (35), 600000000002 (2); nombrada ahora: "
            "600000000003"
        ),
    ),
    "known_again": ("14 of its documents known again", "14 documentos suyos reconocidos"),
    "known_again_but": (
        "14 of its documents known again; of DY7F3A-P9 nobody knows the loan",
        "14 documentos suyos reconocidos; de DY7F3A-P9 nadie conoce el préstamo",
    ),
    "undone": (
        "since 20261120T110000Z-sync was undone",
        "desde que se deshizo 20261120T110000Z-sync",
    ),
    "two_values": ("12500.00 and 13500.00", "12.500 y 13.500"),
    "alike": (
        "2 of 75000.00 on 2026-05-23 for debt 62",
        "2 pagos de 75.000 el 23/05/2026 en el préstamo 62",
    ),
    "two_currencies": ("has debts in COP and MXN", "tiene préstamos en COP y MXN"),
    "same_name": (
        "same name, other phone or document (2)",
        "mismo nombre, otro teléfono o documento; son 2",
    ),
    "same_person": ("same name, same phone (3)", "mismo nombre y teléfono; son 3"),
    "not_a_currency": (
        f'{CELL}: "PESOS" is not a currency',
        "fila 141, columna Moneda: «PESOS» no es una moneda",
    ),
    "not_an_amount": (
        f'{CELL}: "mil" is not an amount',
        "fila 141, columna Moneda: «mil» no es un valor",
    ),
    "not_a_date": (
        f'{CELL}: "ayer" is not a date',
        "fila 141, columna Moneda: «ayer» no es una fecha",
    ),
    "kind_word": (
        f'{CELL}: "Empeño" is not a known kind of debt',
        "fila 141, columna Moneda: «Empeño» no es un tipo de deuda conocido",
    ),
    "kind_unsaid": (
        "a.csv, row 2: nothing says whether money was lent or goods were sold",
        "fila 2: nada dice si se prestó plata o se fió mercancía",
    ),
    "total_differs": (
        f"{CELL}: says 96500.00, its rows make 84500.00",
        "fila 141, columna Moneda: dice 96.500 y sus filas suman 84.500",
    ),
    "undated_payment": (
        f"{CELL}: the payment has no day",
        "fila 141, columna Moneda: el abono no tiene fecha",
    ),
    "no_open_loan": (
        (
            f"{CELL}: no open loan is in this client's name; write the loan's number beside the "
            "payment"
        ),
        (
            "fila 141, columna Moneda: ningún préstamo abierto está a nombre de este cliente; "
            "escriba el número del préstamo junto al abono"
        ),
    ),
    "many_open_loans": (
        f"{CELL}: the client has 2 open loans; write the loan's number beside the payment",
        (
            "fila 141, columna Moneda: el cliente tiene 2 préstamos abiertos; escriba "
            "el número del préstamo junto al abono"
        ),
    ),
    "parts_differ": (
        f'{CELL}: "60.000", but its parts make 50000.00',
        "fila 141, columna Moneda: «60.000», pero sus partes suman 50.000",
    ),
    "columns_unread": (
        'columns not read: "Nota", "Hijos"',
        'columnas que no se leen: "Nota", "Hijos"',
    ),
    "row": ("row 7", "fila 7"),
    "blank_rows": ("12 empty rows", "12 filas en blanco"),
    "rows_beyond": ("3 more rows that are no data", "3 filas más que no son datos"),
    "sheet_ignored": ("the mapping leaves the sheet out", "el mapeo deja la hoja por fuera"),
    "sheet_of_text": ("the sheet has text only", "la hoja solo tiene texto"),
    "sheet_empty": ("the sheet is empty", "la hoja está vacía"),
    "other_form": (
        "read as csv; [source] prefer says which form is read",
        "se leyó la forma csv; [source] prefer dice cuál se lee",
    ),
    "sheet_hidden": ("the sheet", "la hoja"),
    "text_read_as": (
        f'{CELL}: "12500.5" read as 12500.50',
        "fila 141, columna Moneda: «12500.5» se leyó como 12.500,50",
    ),
    "read_as": (f"{CELL}: read as COP", "fila 141, columna Moneda: se leyó como COP"),
    "delivery_read": (
        "read: b.zip (2026-11-20); older: a.zip (2026-11-19), +3",
        "se leyó b.zip (20/11/2026); más antiguas: a.zip (2026-11-19), +3",
    ),
    "being_copied": ("hoy.zip.part is still being copied", "hoy.zip.part todavía se está copiando"),
    "old_workbook": (
        "a.xls is an old Excel workbook or has a password: save it as .xlsx without one",
        "a.xls es un libro de Excel antiguo o tiene contraseña: guárdelo como .xlsx sin contraseña",
    ),
    "other_sheet": (
        "a.ods is a sheet of another program: save it as .xlsx or CSV",
        "a.ods es una hoja de otro programa: guárdela como .xlsx o CSV",
    ),
    "no_ledger_file": (
        "foto.db is no file that a ledger comes in",
        "foto.db no es un archivo en que venga una cartera",
    ),
    "balance_fell": (
        "the balance fell by 100000 COP, nothing says why",
        "el saldo bajó 100.000 COP y ningún abono dice por qué",
    ),
    "balance_rose": (
        "the balance rose by 5000.50 USD, nothing says why",
        "el saldo subió 5.000,50 USD y ningún movimiento dice por qué",
    ),
    "left_of": (
        "1200000.00 of 2400000.00 COP is owed, and no payments are told",
        "se deben 1.200.000 de 2.400.000 COP, y no hay abonos anotados",
    ),
    "interest_unclear": (
        f"{CELL}: 100000 with 20 % is 120000, or 100000 is all that is owed",
        "fila 141, columna Moneda: 100.000 con 20 % da 120.000, o 100.000 es todo lo que se debe",
    ),
    "instalments_unclear": (
        f"{CELL}: 100000 with 20 % is 120000, or 100000 is all that is owed; 4 × 31000 is 124000",
        (
            "fila 141, columna Moneda: 100.000 con 20 % da 120.000, "
            "o 100.000 es todo lo que se debe; 4 × 31.000 da 124.000"
        ),
    ),
    "said_paid": (
        "said to be paid, and no movement pays the 100000 COP",
        "figura como pagado, y ningún movimiento paga los 100.000 COP",
    ),
    "left_owed": (
        "said to be paid, its movements leave 60000 COP",
        "figura como pagado; sus movimientos dejan debiendo 60.000 COP",
    ),
    "paid_in_all": (
        "paid in all: the ledger says 480000, its rows make 100000",
        "pagado en total: la cartera dice 480.000, sus filas dan 100.000",
    ),
    "nearest_loan": (
        "debt 7 does not exist; the nearest is 007",
        "el préstamo 7 no está en la cartera; el más parecido es 007",
    ),
    "account_of_income": (
        'account "27 Loan" is of type Income, for principal "Capital", deposit',
        'la cuenta 27 Loan es de tipo Income; se usa para capital "Capital", dinero recibido',
    ),
    "account_inactive": (
        'account "27 Loan clearing" is inactive, for principal',
        "la cuenta 27 Loan clearing está inactiva; se usaba para capital",
    ),
    "account_absent": (
        'account "640" is not there, for principal, reversal',
        "la cuenta 640 no está en la contabilidad; se usaba para capital, correcciones",
    ),
    "account_twice": (
        'account "Cash" is there more than once, for deposit',
        "la cuenta Cash está más de una vez en la contabilidad; se usa para dinero recibido",
    ),
    "item_inactive": (
        'item "Loan principal" is inactive, for principal',
        "el ítem Loan principal está inactivo; se usaba para capital",
    ),
    "item_absent": (
        'item "Opening balance" is not there, for opening',
        "el ítem Opening balance no está en la contabilidad; se usaba para saldos iniciales",
    ),
    "item_twice": (
        'item "Write-off" is there more than once, for write_off',
        "el ítem Write-off está más de una vez en la contabilidad; se usa para castigos de cartera",
    ),
    "item_bare": (
        'item "Loan principal" has no account, for principal',
        "el ítem Loan principal no tiene cuenta; se usa para capital",
    ),
    "moved_to_income": (
        'from account "640 Loan clearing" to account "200 Sales"',
        "de la cuenta 640 Loan clearing a la cuenta 200 Sales",
    ),
    "posted_to_income": (
        '12 lines of item "Loan principal" are on account "79 Sales"',
        "12 líneas del ítem Loan principal están en la cuenta 79 Sales",
    ),
    "emptied": (
        "has no loans; the last snapshot had 1200. Export again from the app. Nothing was planned.",
        "no trae préstamos; el anterior tenía 1.200",
    ),
    "older_delivery": (
        (
            "is of 2026-11-18, older than the last one accepted (2026-11-19). A phone restored "
            "from a backup does this. Export again."
        ),
        (
            "es del 18/11/2026, más viejo que el último aceptado, del 19/11/2026; pasa cuando el "
            "teléfono vuelve a una copia"
        ),
    ),
    "reinstalled": (
        (
            "3 ids are other people's now (such as 1, 2): the app was reinstalled and counts "
            "from 1 again. Give the phone a new installation id; the old loans stay as they are."
        ),
        (
            "3 números son ahora de otras personas (1, 2): la aplicación se instaló de nuevo y "
            "cuenta desde 1"
        ),
    ),
    "fewer_rows": (
        "has 20 repayments, the last snapshot had 1100. A loss of more than 10 % is not believed.",
        "20 pagos; el anterior tenía 1.100: una pérdida así no se da por buena",
    ),
    "less_money": (
        (
            "has loans of 1000.00 COP, the last snapshot had 90000.00. A fall of more than 20 % is "
            "not believed."
        ),
        "préstamos por 1.000 COP; el anterior tenía 90.000: una baja así no se da por buena",
    ),
    "file_missing": (
        "is missing. Copy the whole package again.",
        "falta; copie otra vez el paquete completo",
    ),
    "bytes_differ": (
        "has 1,200 bytes; the manifest says 1,300. Copy the whole package again.",
        "tiene 1.200 bytes y debe tener 1.300: la copia no está completa",
    ),
    "not_as_exported": (
        "is not the file that was exported (its SHA-256 differs). Copy the whole package again.",
        "no es el archivo que se exportó; copie otra vez el paquete completo",
    ),
    "records_differ": (
        "has 9 records, but counts say 10. The file is cut or was edited; export it again.",
        "tiene 9 registros y dice 10: está cortado o se editó",
    ),
    "mixed_exports": (
        '"2026-11-19" is not what the manifest says ("2026-11-20"). The package mixes two exports.',
        "dice «2026-11-19» y el paquete dice «2026-11-20»: se mezclaron dos exportaciones",
    ),
    "less_paid": (
        "has payments of 0.00 COP, the last snapshot had 90000.00. A fall is not believed.",
        "pagos por 0 COP; el anterior tenía 90.000: una baja así no se da por buena",
    ),
    "without_payments": (
        "has loans and no payments; the last one had 12 payments. Deliver the sheet too.",
        "trae préstamos y ningún pago; el anterior tenía 12 pagos",
    ),
    "signs_dropped": (
        "2 signs that accounting systems drop",
        "2 signos que la contabilidad no guarda",
    ),
    "interrupted": (
        "the program ended while this was sent",
        "el programa se detuvo mientras se enviaba",
    ),
    "several": (
        f"{AMBIGUOUS}: {_TWICE.reason}",
        (
            "2 documentos de la contabilidad llevan DY7F3A-P121 (ids 11, 15). Anule o elimine allí "
            "todos menos uno y haga que se busque de nuevo"
        ),
    ),
    "tried": (
        "sent 6 times since 2026-11-20: HTTP 500 (intuit_tid 1-a)",
        "se envió 6 veces desde el 20/11/2026: HTTP 500 (intuit_tid 1-a)",
    ),
    "no_writes": (
        "1200 writes wait, and none has got through since 2026-11-20: HTTP 500",
        "1.200 documentos esperan, y ninguno ha pasado desde el 20/11/2026: HTTP 500",
    ),
    "no_end": (
        "no pass has come to its end since 2026-11-20: Zoho has trouble (HTTP 503).",
        "ningún proceso ha llegado al final desde el 20/11/2026: Zoho has trouble (HTTP 503).",
    ),
    "asked_for": (
        "asked for in 3 passes since 2026-11-20: QuickBooks has trouble (HTTP 503).",
        "se preguntó por él en 3 procesos desde el 20/11/2026: QuickBooks has trouble (HTTP 503).",
    ),
}

CELLS = {
    "interest_apart": (
        (
            f"{CELL}: 300000.00 was lent, or is all that is owed with its interest; 20000.00 of "
            "interest was paid"
        ),
        (
            "fila 141, columna Moneda: 300.000 es lo prestado, o todo lo que se debe con su "
            "interés; ya se pagaron 20.000 de interés"
        ),
    ),
    "rows_hidden": ("rows 3, 5-7 (4 in all)", "filas 3, 5-7 (4 en total)"),
    "columns_hidden": ("columns D, F-H (4 in all)", "columnas D, F-H (4 en total)"),
    "no_currency_write": (
        f'{CELL}: "lucas" is not a currency; write its code, such as COP',
        "fila 141, columna Moneda: «lucas» no es una moneda; escriba su código, por ejemplo COP",
    ),
    "currency_of_several": (
        f'{CELL}: "pesos" can be COP, MXN; write the code of the one that is meant',
        "fila 141, columna Moneda: «pesos» puede ser COP, MXN; escriba el código de la que es",
    ),
    "not_an_amount_like": (
        f'{CELL}: "50 mil" is not an amount; write it like 1.234.567,89',
        "fila 141, columna Moneda: «50 mil» no es un valor; escríbalo así: 1.234.567,89",
    ),
    "not_a_date_like": (
        f'{CELL}: "ayer" is not a date; write dd/mm/yyyy',
        "fila 141, columna Moneda: «ayer» no es una fecha; escriba dd/mm/aaaa",
    ),
    "in_another_currency": (
        f'{CELL}: "US$ 20" is in USD, the debt is in COP',
        "fila 141, columna Moneda: «US$ 20» está en USD; el préstamo está en COP",
    ),
    "not_its_debts_currency": (
        f'{CELL}: "COP" is not USD, the currency of its debt',
        "fila 141, columna Moneda: «COP» no es USD, la moneda de su préstamo",
    ),
    "not_a_type": (
        f'{CELL}: "Regalo" is not a type; use Pago, Aumento',
        "fila 141, columna Moneda: «Regalo» no es un tipo de movimiento; use Pago, Aumento",
    ),
    "debt_without_id": (
        f"{CELL}: has no id; every debt needs its number",
        "fila 141, columna Moneda: falta el número; cada préstamo necesita el suyo",
    ),
    "movement_without_id": (
        f"{CELL}: has no id; every movement needs its number",
        "fila 141, columna Moneda: falta el número; cada movimiento necesita el suyo",
    ),
    "debt_without_debtor": (
        f"{CELL}: has no debtor; write the debtor's id",
        "fila 141, columna Moneda: falta el cliente; escriba su número",
    ),
    "movement_without_debt": (
        f"{CELL}: has no debt; write the debt's id",
        "fila 141, columna Moneda: falta el préstamo; escriba su número",
    ),
    "debtor_without": (
        f"{CELL}: is empty or not text; every debtor needs it",
        "fila 141, columna Moneda: está vacía o no es texto; cada cliente la necesita",
    ),
    "visit": (
        f'{CELL}: "no vino" says that nothing was paid',
        "fila 141, columna Moneda: «no vino», no se pagó nada",
    ),
    "visit_unwritten": (
        f"{CELL}: nothing was written",
        "fila 141, columna Moneda: no hay nada escrito, no se pagó nada",
    ),
    "unwritten": (
        (
            f"{CELL}: nothing is written, and no other row has an amount; write the amount, or "
            "that nobody paid"
        ),
        (
            "fila 141, columna Moneda: no hay nada escrito, y ninguna otra fila trae un valor; "
            "escriba el valor, o que no se pagó"
        ),
    ),
    "unwritten_but_paid": (
        (
            f"{CELL}: nothing is written, and the rest of the row speaks of money; write the "
            "amount, or that nobody paid"
        ),
        (
            "fila 141, columna Moneda: no hay nada escrito, pero el resto de la fila habla de "
            "plata; escriba el valor, o que no se pagó"
        ),
    ),
    "none_of_table": (
        "none of 12 rows of movimientos.csv could be read",
        "no se pudo leer ninguna de las 12 filas de movimientos.csv",
    ),
    "amounts_mixed": (
        (
            "column Monto: 3 amounts of COP are not written as COP usually is; the first: "
            'm.csv, row 3, column Monto has "12.50"'
        ),
        (
            "columna Monto: 3 valores en COP no están escritos como se escribe COP; el primero, "
            "en la fila 3: «12.50»"
        ),
    ),
    "amounts_both_ways": (
        "column Monto: 1.234,56 and 1,234.56, each read by its currency",
        "columna Monto: hay 1.234,56 y 1,234.56; cada uno se leyó según su moneda",
    ),
    "numbers_as_text": (
        "column Monto: some amounts are text, not numbers",
        "columna Monto: algunos valores son texto y no números",
    ),
    "days_mixed": (
        "column Fecha: Excel day, date cell, dd/mm/yyyy",
        (
            "columna Fecha: las fechas están escritas de varias formas: número de día de Excel, "
            "celda de fecha, dd/mm/aaaa"
        ),
    ),
    "below_zero": (
        f"{CELL}: -5000.00 is below zero",
        "fila 141, columna Moneda: -5.000 es menor que cero",
    ),
    "two_ways": (
        (
            f'{CELL}: "1.234" can be read in two ways; m.csv, row 3, column Monto has "12.50".'
            " Write it with decimals, or set ambiguous_amounts in mappings/deudores.toml"
        ),
        (
            "fila 141, columna Moneda: «1.234» puede leerse de dos maneras, porque la fila 3 "
            "de Monto trae «12.50»; escríbalo con decimales, o decida ambiguous_amounts en "
            "mappings/deudores.toml"
        ),
    ),
    "three_decimals": (
        (
            f'{CELL}: "1,234" can be read in two ways; with the convention of COP it would '
            "have three decimals. Write it with decimals, or set ambiguous_amounts in "
            "mappings/deudores.toml"
        ),
        (
            "fila 141, columna Moneda: «1,234» puede leerse de dos maneras; como se escribe "
            "en COP tendría tres decimales; escríbalo con decimales, o decida "
            "ambiguous_amounts en mappings/deudores.toml"
        ),
    ),
    "days_two_ways": (
        (
            f'{CELL}: "10/05/2026" can be read in two ways; d.csv, row 2, column Fecha has '
            '"09/30/2026". Set date_order in mappings/deudores.toml'
        ),
        (
            "fila 141, columna Moneda: «10/05/2026» puede leerse de dos maneras, porque la "
            "fila 2 de Fecha trae «09/30/2026»; diga si el día o el mes va primero: "
            "date_order en mappings/deudores.toml"
        ),
    ),
    "month_first": (
        (
            f'{CELL}: "09/30/2026" is a date only with the month first; set date_order in '
            "mappings/deudores.toml"
        ),
        (
            "fila 141, columna Moneda: «09/30/2026» solo es una fecha con el mes primero; si "
            "así están todas, dígalo en date_order de mappings/deudores.toml"
        ),
    ),
    "too_wide": (
        "m.csv, row 2: has 6 cells, the heading has 5; quote the text that holds the delimiter",
        (
            "fila 2: tiene 6 celdas y los títulos son 5; ponga entre comillas el texto o el "
            "valor que lleva el separador"
        ),
    ),
    "broken_quotes": (
        "m.csv, rows 2 to 3: unexpected end of data; write two quotes for one inside a text",
        "filas 2 a 3: unas comillas no cierran; dentro de un texto se escriben dobles",
    ),
    "beyond": (
        "m.csv: row 40 and what follows was not read (ten empty rows before)",
        "fila 40 y siguientes: no se leyeron, porque antes hay diez filas vacías",
    ),
    "no_record": (
        "s.json debts, record 2: is not an object",
        "registro 2: no se puede leer",
    ),
    "shared_expense": (
        "s.csv, row 7: needs a date and an amount per person",
        "fila 7: necesita una fecha y un valor por persona",
    ),
    "more_unread": (
        "12 more rows of movements could not be read",
        "otras 12 filas no se pudieron leer",
    ),
}

INVOICING = {
    "invoicing_not_asked": (
        "nobody has said whether its invoices go to DIAN",
        "nadie ha dicho si sus facturas van a DIAN",
    ),
    "invoicing_unanswered": (
        "issues is yes, and the accountant's answer is missing",
        "issues es yes, y falta la respuesta del contador",
    ),
    "invoicing_unsigned": (
        "the accountant's answer does not say who gave it and on which day",
        "la respuesta del contador no dice quién la dio ni qué día",
    ),
    "invoicing_not_here": (
        "the accountant's answer is that nothing is to be posted here",
        "la respuesta del contador es que aquí no se registra nada",
    ),
}

WRITTEN |= CELLS | INVOICING | refusals.WRITTEN


def form(language: str) -> Figures:
    return Figures(locale_for(language, "es-CO"), {"COP": 0})


def spanish(detail: str) -> str:
    return said(detail, texts("es"), form("es"))


@pytest.mark.parametrize("key", sorted(FORMS))
def test_every_form_is_said_in_the_readers_words(key):
    written, wanted = WRITTEN[key]
    assert spanish(written) == wanted
    for language in LANGUAGES:
        again = said(written, texts(language), form(language))
        assert "{" not in again
        assert language == "es" or again != wanted


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("-2000.00 USD", "-2.000,00 USD"),
        ("600.00 XXX", "600,00 Sin moneda"),
        ("2026-11-15", "15/11/2026"),
        ("USD 2026-11-18", "USD 18/11/2026"),
        ("2026-99-99", "2026-99-99"),
        ("late_fee", "late_fee"),
        ("2026-11-15 is too early", "2026-11-15 is too early"),
        ("", ""),
    ],
)
def test_figures_alone_are_written_in_the_readers_form(written, wanted):
    assert spanish(written) == wanted


def test_a_row_with_several_cells_wrong_is_said_cell_by_cell():
    day, amount = WRITTEN["not_a_date_like"], WRITTEN["not_an_amount_like"]
    assert spanish(f"{day[0]}; {amount[0]}") == f"{day[1]}; {amount[1]}"


@given(st.text(max_size=60))
def test_what_a_cell_held_is_shown_and_never_run(text):
    assert spanish(f'x, row 1, column {{0}}: "{text}" is not an amount') == (
        f"fila 1, columna {{0}}: «{text}» no es un valor"
    )


@given(st.text(max_size=60))
def test_what_the_accounting_system_wrote_is_shown_as_it_came(text):
    words = f"6140: {text}"
    assert spanish(words) == words
