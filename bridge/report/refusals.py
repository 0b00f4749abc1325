"""The forms of what a refused delivery is told: what is wrong with it, and what would be right.

The readers write both in English, one after the other; each form here has its sentence in the
catalogue's table `details`. What stands behind the first words is the remedy, said there too.
"""

from __future__ import annotations

_TEXT = r'"(?P<text>(?s:.*))"'
_NUMBER = r"(?P<number>[\d,]+)"
_ROW = r"row (?P<row>\d+)"
_MONEY = r"(?:an amount|a number)"
_REMEDY = r"(?s: .*)?"

FORMS = {
    "refused_column_amount": rf'column "(?P<column>.+?)": is not read, and {_ROW} has {_MONEY} '
    rf"in it: {_TEXT}\.{_REMEDY}",
    "refused_column_date": rf'column "(?P<column>.+?)": is not read, and {_ROW} has a date '
    rf"in it: {_TEXT}\.{_REMEDY}",
    "refused_column_bare": r"column (?P<column>[A-Z]+): is not read, "
    rf"and {_ROW} has (?:{_MONEY}|a date) in it: {_TEXT}\.{_REMEDY}",
    "refused_undated": rf"columns (?P<columns>.+): hold {_NUMBER} payments, and nothing "
    rf"says on which day each was made\.{_REMEDY}",
    "refused_undated_never": rf"columns (?P<columns>.+): hold {_NUMBER} payments, and nothing "
    rf"says on which day each was made, or how often\.{_REMEDY}",
    "refused_two_headings": rf"has two columns headed {_TEXT}\.{_REMEDY}",
    "refused_no_heading": r"has no heading row that we know; the nearest has (?P<others>(?s:.+))\. "
    r"It needs a column (?P<needed>(?s:.+)): add the sheet\'s own heading "
    r".+",
    "refused_client_without_name": rf"looks like one client's sheet, without the client's "
    rf"name\.{_REMEDY}",
    "refused_client_without_day": rf"looks like one client's sheet, without the day "
    rf"of the loan\.{_REMEDY}",
    "refused_client_without_both": r"looks like one client's sheet, without the client's name and "
    rf"the day of the loan\.{_REMEDY}",
    "refused_label": rf"{_ROW} has {_TEXT}, under a label that is not known\.{_REMEDY}",
    "refused_being_copied": r"is still being copied\.",
    "refused_old_workbook": r"is an old Excel workbook or has a password: .+",
    "refused_other_program": r"is a sheet of another program: .+",
    "refused_no_ledger_file": r"is no file that a ledger comes in\.",
    "refused_nothing_there": rf"has no delivery in it\.{_REMEDY}",
    "refused_too_many_files": rf"holds more than {_NUMBER} files\.{_REMEDY}",
    "refused_not_there_yet": rf"is not there \(yet\)\.{_REMEDY}",
    "refused_older_one": r"also holds (?P<file>.+) of (?P<day>\d{4}-\d{2}-\d{2}), "
    rf"which is older\.{_REMEDY}",
    "refused_cut_short": r"is cut short: (?s:.+)",
    "refused_same_number": rf"both have the number {_TEXT} of {_ROW}\.{_REMEDY}",
    "refused_same_row": rf"both have what {_ROW} has\.{_REMEDY}",
    "refused_unreadable": r"is not a readable (?:snapshot|manifest|dump): (?s:.+)",
    "refused_schema": rf"has schema {_TEXT}\. We read .+",
    "refused_no_phone": r"is empty\. Ids mean nothing .+",
    "refused_empty": r"is empty\. Export it again\.",
    "refused_day": rf"{_TEXT} is not a date\. Use YYYY-MM-DD\.",
    "refused_currency": rf"{_TEXT} is not a currency we know\.{_REMEDY}",
    "refused_uncounted": rf"does not count (?P<entity>\w+)\.{_REMEDY}",
    "refused_kind": r'has what is owed in "(?P<column>.+)", and nothing says whether '
    r"goods were sold .+",
    "refused_lists_nothing": rf"lists nothing\.{_REMEDY}",
    "refused_lists_twice": rf"lists {_TEXT} more than once\.{_REMEDY}",
    "refused_no_table": rf"lists no table of (?P<entity>\w+)\.{_REMEDY}",
    "refused_listed_wrong": rf"{_TEXT} is not a (?:plain name|content)\.{_REMEDY}",
    "refused_declared": rf"has (?P<number>\d+) rows, but (?P<before>\d+) were declared\.{_REMEDY}",
    "refused_no_form": r"has no (?P<form>\w+) form; it holds (?P<others>.+)\. Deliver .+",
    "refused_no_ledger": r"has no ledger; it holds (?P<others>.+)\. Deliver .+",
    "refused_weak": r"the file has no ids of its own for (?P<others>.+)\. Set .+",
    "refused_several": rf"are several snapshots\.{_REMEDY}",
    "refused_password": rf"is protected with a password, or is an old \.xls\.{_REMEDY}",
    "refused_other_kind": rf"is a spreadsheet of another kind\.{_REMEDY}",
    "refused_binary": rf"is not text, JSON, a workbook or a ZIP\.{_REMEDY}",
    "refused_damaged": rf"is a damaged ZIP or workbook\.{_REMEDY}",
    "refused_absent": r"does not exist\. Check \[source\] path\.",
    "refused_no_file": r"is neither a file nor a folder\. Check \[source\] path\.",
    "refused_rows": rf"has over {_NUMBER} rows\.{_REMEDY}",
    "refused_two_apps": rf"are of two apps\.{_REMEDY}",
    "refused_two_tables": rf"are both a table of (?P<entity>\w+), each its own way\.{_REMEDY}",
    "refused_encoding": rf"is not text in UTF-8 or Windows-1252\.{_REMEDY}",
    "refused_quotes": rf"and over a thousand others have quotes that do not close\.{_REMEDY}",
    "refused_large": rf"is larger than the limit of {_NUMBER} bytes\.{_REMEDY}",
    "refused_twice_packed": rf"is in the ZIP twice\.{_REMEDY}",
    "refused_many_packed": rf"holds {_NUMBER} files\. At most (?P<before>\d+) are read\.",
    "refused_unpacked": rf"would unpack to {_NUMBER} bytes, above the limit of "
    rf"(?P<before>[\d,]+)\.{_REMEDY}",
    "refused_grows": rf"would grow {_NUMBER} times when unpacked\.{_REMEDY}",
    "refused_packed_password": r"is protected with a password\. Pack it .+",
    "refused_way_of_packing": r"is packed in a way that is not read here \((?s:.+)",
    "refused_packed_name": rf"has a file in it whose name cannot be read\.{_REMEDY}",
    "refused_ends_early": rf"ends before it should\.{_REMEDY}",
    "refused_not_unpacked": r"cannot be unpacked \((?s:.+)",
    "refused_not_read": rf"cannot be read \((?P<text>(?s:.+))\)\.{_REMEDY}",
    "refused_doctype": rf"declares a document type, which no workbook does\.{_REMEDY}",
    "refused_cell": rf"has a cell of over {_NUMBER} characters\.{_REMEDY}",
    "refused_text_absent": rf"points to a text that is not there\.{_REMEDY}",
    "refused_part_large": rf"is too large(?:; deliver CSV instead)?\.{_REMEDY}",
    "refused_no_sheets": rf"has no sheets\.{_REMEDY}",
}
"""Entry of the catalogue's table `details` → the form of the reasons that it says."""
