"""Deudores y Cobranza: a debt ledger on a phone, and the sheets that resemble it."""
