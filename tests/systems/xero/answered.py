"""An answer of Xero as it was recorded."""

from __future__ import annotations

from bridge.systems.transport import from_json

INVOICE_AS_RECORDED = from_json(
    b"""{"Type":"ACCREC","InvoiceID":"60aa5d55-0000-4000-8000-000000000001",
    "InvoiceNumber":"INV-0055","Reference":"recording","Prepayments":[],"Overpayments":[],
    "AmountDue":24.15,"AmountPaid":0.0,"SentToContact":false,"CurrencyRate":1.0,
    "IsDiscounted":false,"HasErrors":false,"InvoicePaymentServices":[],
    "UpdatedDateUTCString":"2026-09-14T09:29:59Z","Contact":{"ContactID":"c-1",
    "ContactStatus":"ACTIVE","Name":"Ana","Addresses":[],"Phones":[]},
    "DateString":"2026-09-14T00:00:00","Date":"/Date(1789344000000+0000)/",
    "DueDateString":"2026-09-14T00:00:00","DueDate":"/Date(1789344000000+0000)/",
    "Status":"AUTHORISED","LineAmountTypes":"Exclusive","LineItems":[{"Description":"x",
    "UnitAmount":10.5,"TaxType":"OUTPUT2","TaxAmount":3.15,"LineAmount":21.0,
    "AccountCode":"620","Tracking":[],"Quantity":2.0,"LineItemID":"1831302c"}],
    "SubTotal":21.0,"TotalTax":3.15,"Total":24.15,
    "UpdatedDateUTC":"/Date(1789378199100+0000)/","CurrencyCode":"COP"}"""
)
"""invoice_create, recorded at a demo company (REC, docketworks, September 2026)."""
