"""Which keys a request body may have, and of which kind, after the official description (FACTS Z7).

`s` text, `sN` text of at most N characters, `n` number, `i` integer, `b` boolean, `d` date,
`[]` list of objects described under "resource.key", `*` anything. Lengths are from the
descriptions in the files. Keys after a bar were seen in real traffic though the files do not
have them.
"""

from __future__ import annotations

_FIELD = "customfield_id:s index:i label:s api_name:s value:* | field_id:s data_type:s"
_TAG = "tag_id:s tag_option_id:s"
_LINE = """
    line_item_id:s item_id:s project_id:s time_entry_ids:* product_type:s hsn_or_sac:s
    sat_item_key_code:s unitkey_code:s location_id:s expense_id:s bill_id:s bill_item_id:s
    expense_receipt_name:s name:s100 description:s2000 item_order:i bcy_rate:n rate:n
    quantity:n unit:s100 discount_amount:n discount:* tags:[] tax_id:s tds_tax_id:s tax_name:s
    tax_type:s tax_percentage:n tax_treatment_code:s salesorder_item_id:s line_item_category:s
    | account_id:s account_name:s item_total:n header_name:s header_id:s item_custom_fields:*
"""

SOURCES = {
    "invoice": """
        customer_id:s currency_id:s contact_persons:* contact_persons_associated:*
        invoice_number:s100 place_of_supply:s vat_treatment:s tax_treatment:s
        is_reverse_charge_applied:b gst_treatment:s gst_no:s cfdi_usage:s
        cfdi_reference_type:s reference_invoice_id:s reference_number:s template_id:s date:d
        payment_terms:i payment_terms_label:s100 due_date:d discount:*
        is_discount_before_tax:b discount_type:s is_inclusive_tax:b exchange_rate:n
        location_id:s recurring_invoice_id:s invoiced_estimate_id:s salesperson_name:s200
        custom_fields:[] tags:[] send:b line_items:[] payment_options:*
        allow_partial_payments:b custom_body:s custom_subject:s notes:s terms:s
        shipping_charge:* adjustment:n adjustment_description:s reason:s tax_authority_id:s
        tax_exemption_id:s billing_address_id:s shipping_address_id:s avatax_use_code:s
        avatax_exempt_no:s tax_id:s expense_id:s salesorder_item_id:s avatax_tax_code:s
        time_entry_ids:* batch_payments:* line_item_id:s
        | salesperson_id:s customer_name:s is_quick_create:b ignore_auto_number_generation:b
    """,
    "invoice.line_items": _LINE,
    "invoice.line_items.tags": _TAG,
    "invoice.tags": _TAG,
    "invoice.custom_fields": _FIELD,
    "contact": """
        contact_name:s200 company_name:s200 website:s language_code:s contact_type:s
        customer_sub_type:s credit_limit:n pricebook_id:s contact_number:s200
        ignore_auto_number_generation:b tags:[] is_portal_enabled:b currency_id:s
        payment_terms:i payment_terms_label:s notes:s billing_address:[] shipping_address:[]
        contact_persons:[] default_templates:* custom_fields:[] opening_balances:*
        vat_reg_no:s owner_id:s tax_reg_no:s tax_exemption_certificate_number:s
        country_code:s vat_treatment:s tax_treatment:s tax_regime:s legal_name:s
        is_tds_registered:b place_of_contact:s gst_no:s gst_treatment:s tax_authority_name:s
        avatax_exempt_no:s avatax_use_code:s tax_exemption_id:s tax_exemption_code:s
        tax_authority_id:s tax_id:s tds_tax_id:s is_taxable:b facebook:s twitter:s
        track_1099:b tax_id_type:s tax_id_value:s
    """,
    "contact.contact_persons": """
        contact_person_id:s salutation:s first_name:s100 last_name:s100 email:s100 phone:s50
        mobile:s50 designation:s department:s skype:s is_primary_contact:b
        communication_preference:* enable_portal:b
    """,
    "contact.billing_address": """
        attention:s address:s500 street2:s255 state_code:s city:s100 state:s100 zip:s50
        country:s100 fax:s50 phone:s50 | address_id:s country_code:s
    """,
    "contact.tags": _TAG,
    "contact.custom_fields": _FIELD,
    "item": """
        name:s100 rate:n description:s2000 tax_id:s locations:* purchase_tax_rule_id:s
        sales_tax_rule_id:s tax_percentage:* sku:s product_type:s hsn_or_sac:s
        sat_item_key_code:s unitkey_code:s is_taxable:b tax_exemption_id:s
        purchase_tax_exemption_id:s account_id:s avatax_tax_code:s avatax_use_code:s
        item_type:s purchase_description:s purchase_rate:* purchase_account_id:s
        inventory_account_id:s vendor_id:s reorder_level:s item_tax_preferences:*
        custom_fields:[] | unit:s
    """,
    "item.custom_fields": _FIELD,
    "payment": """
        customer_id:s payment_mode:s100 amount:n date:d reference_number:s description:s
        invoices:[] exchange_rate:n payment_form:s bank_charges:n custom_fields:[]
        location_id:s invoice_id:s amount_applied:n account_id:s contact_persons:*
        retainerinvoice_id:s tags:[] | bank_charges_account_id:s
    """,
    "payment.invoices": """
        invoice_id:s amount_applied:n tax_amount_withheld:n | invoice_payment_id:s
    """,
    "payment.custom_fields": _FIELD,
    "payment.tags": _TAG,
    "creditnote": """
        customer_id:s currency_id:s contact_persons_associated:* date:d is_draft:b
        exchange_rate:n line_items:[] location_id:s creditnote_number:s100 gst_treatment:s
        tax_treatment:s is_reverse_charge_applied:b gst_no:s cfdi_usage:s
        cfdi_reference_type:s place_of_supply:s ignore_auto_number_generation:b
        reference_number:s100 custom_fields:[] tags:[] notes:s5000 terms:s10000
        template_id:s tax_id:s tax_authority_id:s tax_exemption_id:s avatax_use_code:s
        avatax_exempt_no:s vat_treatment:s is_inclusive_tax:b avatax_tax_code:s
        | salesperson_id:s salesperson_name:s
    """,
    "creditnote.line_items": _LINE
    + " invoice_id:s invoice_item_id:s code:s type:* serial_numbers:s",
    "creditnote.line_items.tags": _TAG,
    "creditnote.custom_fields": _FIELD,
    "creditnote.tags": _TAG,
    "apply": "invoices:[] invoice_id:s amount_applied:n",
    "apply.invoices": "invoice_id:s amount_applied:n",
    "credits": "invoice_payments:[] apply_creditnotes:[]",
    "credits.invoice_payments": "payment_id:s amount_applied:n",
    "credits.apply_creditnotes": "creditnote_id:s amount_applied:n",
    "refund": """
        date:d refund_mode:s50 payment_form:s reference_number:s100 amount:n exchange_rate:n
        from_account_id:s description:s
    """,
    "account": """
        account_name:s account_code:s50 account_type:s currency_id:s description:s
        show_on_dashboard:b can_show_in_ze:b include_in_vat_return:b custom_fields:*
        parent_account_id:s
    """,
    "currency": "currency_code:s currency_symbol:s price_precision:i currency_format:s",
    "rate": "effective_date:d rate:n",
    "journal": """
        journal_date:d reference_number:s100 notes:s journal_type:s vat_treatment:s
        include_in_vat_return:b product_type:s is_bas_adjustment:b currency_id:s
        exchange_rate:n location_id:s line_items:[] tax_exemption_code:s
        tax_exemption_type:s status:s custom_fields:* tags:*
    """,
    "journal.line_items": """
        account_id:s customer_id:s line_id:s description:s tax_exemption_id:s
        tax_authority_id:s tax_exemption_type:s tax_exemption_code:s tax_authority_name:s
        tax_id:s amount:n debit_or_credit:s acquisition_vat_id:s reverse_charge_vat_id:s
        location_id:s tags:* project_id:s
    """,
    "lock": """
        transaction_lock_status:s transaction_lock_module:s transaction_lock_date:d
        accounting_period_id:s reason:s500 user_ids:* account_ids:*
    """,
    "unlock": "reason:s",
    "field": """
        label:s data_type:s entity:s show_on_pdf:b is_mandatory:b is_unique:b value_length:i
        help_text:s
    """,
}
SOURCES["contact.shipping_address"] = SOURCES["contact.billing_address"]


def _parsed(source: str) -> dict[str, str]:
    words = (word for word in source.split() if word != "|")
    return {name: kind for name, _, kind in (word.partition(":") for word in words)}


BODIES: dict[str, dict[str, str]] = {name: _parsed(source) for name, source in SOURCES.items()}
