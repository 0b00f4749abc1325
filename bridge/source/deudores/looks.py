"""The look of a cell when nobody reads its column: money, a date, a bare number, or text.

Nothing is decided about the amount here: the question is only whether a column may be left out.
The heading says what the digits alone cannot: a phone, a document and a count are no money.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from zoneinfo import ZoneInfo

from bridge.source.amounts import read_number
from bridge.source.currencies import SHIPPED, Currencies
from bridge.source.dates import date_reader
from bridge.source.deudores.context import Cell
from bridge.source.texts import heading_key

_LARGE = 1000
"""From here a bare number may be money in any currency; a smaller one may as well be a count."""
_LONGEST_AMOUNT = 9
"""Bare digits beyond these are a phone or a document, not an amount."""
_WORD = re.compile(r"[^\W_]+")
_DIGIT = re.compile(r"\d")
_CURRENCIES = Currencies(SHIPPED)
_day = date_reader(ZoneInfo("UTC"))


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NUMBERS = _words("ID NO N NRO NUM NUMERO COD CODIGO REF REFERENCIA ")
"""Words that make a number of whatever else the heading names: `No. pago`, `Pago No.`"""
_NAMES_A_NUMBER = _words(
    "TEL TELEFONO TELEFONOS CEL CELULAR MOVIL FONE WHATSAPP CONTACTO DOC DOCUMENTO "
    "CEDULA CC DNI NIT RUT RUC CUIT CPF CNPJ RG RFC CURP INE "
    "IDENTIFICACION IDENTIDAD DIRECCION DOMICILIO "
    "BARRIO RUTA ZONA ORDEN POSICION EDAD ANO ANIO POSTAL PLACA SERIE SERIAL FACTURA "
    "RECIBO TICKET COMPROBANTE PAGARE FOLIO HORA LATITUD LONGITUD LAT LNG LON GPS "
    "COORDENADA COORDENADAS UBICACION HIJOS ESTRATO PHONE AGE "
)
"""Words of a heading whose digits name or place something, however many there are, unless its first
word is money: `Recibo de pago` names, `Recaudo de la ruta` is money."""
_COUNTS = _words(
    "DIAS DIA CUOTAS CTAS PLAZO SEMANAS MESES QUINCENAS CANT CANTIDAD PAGADAS "
    "PENDIENTES ATRASADAS VENCIDAS FALTANTES RESTANTES VISITAS VECES UNIDADES SCORE "
    "PUNTAJE DAYS "
)
"""Words of a heading whose small numbers count something."""
_MONEY = re.compile(
    r"ABON|PAG|SALD|VALOR|MONT|CUOTA|INTERES|MORA|TOTAL|DEB|CAPITAL|DEUD|PRECIO|COST|RECAUD|COBR|"
    r"PREST|MULT|RECARG|COMISI|SEGUR|INGRES|EGRES|GANANC|UTILID|DESCUENT|IMPORT|QUED|RESTA|DINERO|"
    r"PLATA|EFECTIV|FIAD|CREDIT|AMOUNT|PAID|BALANCE|FEE|JUROS|PARCEL|RECEB|EMPREST"
)
"""Beginnings of heading words under which any number is money."""


class Look(Enum):
    NOTHING = "nothing"
    TEXT = "text"
    NUMBER = "a number"
    MONEY = "an amount"
    DATE = "a date"


def look(cell: Cell) -> Look:
    """The look of one cell, its heading aside."""
    if cell is None or cell == "" or isinstance(cell, bool):
        return Look.NOTHING
    if isinstance(cell, date):
        return Look.DATE
    if isinstance(cell, Decimal | int):
        number = Decimal(cell)
        if number != number.to_integral_value():
            return Look.MONEY
        few = abs(number) < _LARGE or abs(number) >= 10**_LONGEST_AMOUNT
        return Look.NUMBER if few else Look.MONEY
    return _of_text(str(cell).strip())


def _of_text(text: str) -> Look:
    if not text:
        return Look.NOTHING
    if len(text) > 40 or not _DIGIT.search(text):
        return Look.TEXT
    if text.isdecimal():
        if text[0] == "0" and len(text) > 1:
            return Look.TEXT
        few = len(text) <= 3 or len(text) > _LONGEST_AMOUNT
        return Look.NUMBER if few else Look.MONEY
    if _is_amount(text.removesuffix("%")):
        return Look.MONEY
    return Look.DATE if _day(text) is not None else Look.TEXT


def _is_amount(text: str) -> bool:
    """Whether the text is a number, alone or beside a sign or word of some currency."""
    number = read_number(text, ".") or read_number(text, ",")
    return number is not None and _CURRENCIES.of(number.marks) != frozenset()


def words(heading: str) -> list[str]:
    """The words of a heading, without case and accents."""
    return [key for word in _WORD.findall(heading) if (key := heading_key(word))]


def matters(heading: str, cell: Cell) -> Look | None:
    """The look of a cell under this heading that may have to be booked; None when it surely is
    not."""
    found = look(cell)
    if found not in (Look.NUMBER, Look.MONEY, Look.DATE):
        return None
    named = words(heading)
    said = set(named)
    if "$" in str(cell):
        return Look.MONEY
    if said & _NUMBERS or (said & _NAMES_A_NUMBER and not _begins_with_money(named)):
        return None
    if found is Look.NUMBER:
        money = any(_MONEY.match(word) for word in said) and not said & _COUNTS
        return Look.MONEY if money and len(str(cell)) <= _LONGEST_AMOUNT else None
    return found


def _begins_with_money(named: Sequence[str]) -> bool:
    return named[0] not in _NAMES_A_NUMBER and _MONEY.match(named[0]) is not None


def has_amounts(rows: Sequence[Sequence[Cell]]) -> bool:
    """Whether any cell of the rows may be money: by itself, below words that say so, or in a row
    that has a day."""
    above: dict[int, str] = {}
    for row in rows:
        looks = [look(cell) for cell in row]
        if Look.MONEY in looks or {Look.DATE, Look.NUMBER} <= set(looks):
            return True
        for position, (cell, seen) in enumerate(zip(row, looks, strict=True)):
            if seen is Look.TEXT:
                above[position] = str(cell)
            elif seen is Look.NUMBER and matters(above.get(position, ""), cell) is not None:
                return True
    return False
