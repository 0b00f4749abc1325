"""Property names of each entity, as in Intuit's schema (FACTS Q5)."""

from __future__ import annotations


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ENTITY = _names(
    """
    Id SyncToken MetaData CustomField AttachableRef domain sparse status
    """
)
_TRANSACTION = _ENTITY | _names(
    """
    DocNumber TxnDate TxnSubType DepartmentRef CurrencyRef ExchangeRate PrivateNote
    TxnStatus LinkedTxn Line TxnTaxDetail TxnSource TaxFormType TaxFormNum
    TransactionLocationType Tag TxnApprovalInfo RecurDataRef RecurringInfo ProjectRef
    TotalCostAmount HomeTotalCostAmount
    """
)
_SALES = _TRANSACTION | _names(
    """
    AutoDocNumber CustomerRef CustomerMemo BillAddr ShipAddr FreeFormAddress ShipFromAddr
    RemitToRef ClassRef SalesTermRef DueDate SalesRepRef PONumber FOB ShipMethodRef ShipDate
    TrackingNum GlobalTaxCalculation TotalAmt HomeTotalAmt ApplyTaxAfterDiscount
    ShippingTaxIncludedInTotalTax TemplateRef PrintStatus EmailStatus BillEmail BillEmailCc
    BillEmailBcc ARAccountRef Balance HomeBalance FinanceCharge PaymentMethodRef
    PaymentRefNum PaymentType CheckPayment CreditCardPayment DepositToAccountRef
    DeliveryInfo DiscountRate DiscountAmt GovtTxnRefIdentifier TaxExemptionRef
    """
)
_PERSON = _ENTITY | _names(
    """
    Active AlternatePhone CompanyName DefaultTaxCodeRef DisplayName FamilyName Fax
    FullyQualifiedName GivenName IntuitId MiddleName Mobile Organization OtherContactInfo
    PrimaryEmailAddr PrimaryPhone PrintOnCheckName Suffix Title UserId V4IDPseudonym WebAddr
    """
)

PROPERTIES: dict[str, frozenset[str]] = {
    "Customer": _PERSON
    | _names(
        """
        Taxable BillAddr ShipAddr OtherAddr ContactName AltContactName Notes Job
        BillWithParent RootCustomerRef ParentRef Level CustomerTypeRef SalesTermRef
        SalesRepRef TaxGroupCodeRef TaxRateRef PaymentMethodRef CCDetail PriceLevelRef
        Balance OpenBalanceDate BalanceWithJobs CreditLimit AcctNum CurrencyRef
        OverDueBalance TotalRevenue TotalExpense PreferredDeliveryMethod ResaleNum
        JobInfo TDSEnabled CustomerEx SecondaryTaxIdentifier ARAccountRef
        PrimaryTaxIdentifier TaxExemptionReasonId IsProject BusinessNumber GSTIN
        GSTRegistrationType IsCISContractor ClientCompanyId ClientEntityId Source
        TaxRegime
        """
    ),
    "Vendor": _PERSON
    | _names(
        """
        ContactName AltContactName Notes BillAddr ShipAddr OtherAddr TaxCountry
        TaxIdentifier TaxIdEffectiveDate BusinessNumber ParentRef VendorTypeRef TermRef
        PrefillAccountRef Balance BillRate OpenBalanceDate CreditLimit AcctNum
        Vendor1099 T4AEligible T5018Eligible CurrencyRef TDSEnabled TDSEntityTypeId
        TDSSectionTypeId TDSOverrideThreshold TaxReportingBasis APAccountRef VendorEx
        GSTIN GSTRegistrationType IsSubContractor SubcontractorType CISRate HasTPAR
        VendorPaymentBankDetail Source CostRate AgencyVerificationStatus
        AgencyVerificationStatusMsg AgencyVerificationTSUTC CompanyRegistrationNumber
        """
    ),
    "Employee": _PERSON
    | _names(
        """
        EmployeeType EmployeeNumber SSN PrimaryAddr OtherAddr BillableTime BillRate
        BirthDate Gender HiredDate ReleasedDate UseTimeEntry EmployeeEx CostRate Notes
        """
    ),
    "Account": _ENTITY
    | _names(
        """
        Name SubAccount ParentRef Description FullyQualifiedName AccountAlias
        TxnLocationType Active Classification AccountType AccountSubType AccountPurposes
        AcctNum AcctNumExtn BankNum OpeningBalance OpeningBalanceDate CurrentBalance
        CurrentBalanceWithSubAccounts CurrencyRef TaxAccount TaxCodeRef
        OnlineBankingEnabled FIName JournalCodeRef AccountEx
        """
    ),
    "Item": _ENTITY
    | _names(
        """
        Name Sku Description Active SubItem ParentRef Level FullyQualifiedName Taxable
        SalesTaxIncluded PercentBased UnitPrice RatePercent Type PaymentMethodRef
        UOMSetRef IncomeAccountRef PurchaseDesc PurchaseTaxIncluded PurchaseCost
        ExpenseAccountRef COGSAccountRef AssetAccountRef PrefVendorRef AvgCost
        TrackQtyOnHand QtyOnHand QtyOnPurchaseOrder QtyOnSalesOrder ReorderPoint
        ManPartNum DepositToAccountRef SalesTaxCodeRef PurchaseTaxCodeRef InvStartDate
        BuildPoint PrintGroupedItems SpecialItem SpecialItemType ItemGroupDetail
        ItemAssemblyDetail AbatementRate ReverseChargeRate ServiceType ItemCategoryType
        ItemEx TaxClassificationRef UQCDisplayText UQCId ClassRef Source DeferredRevenue
        CustomExtensions
        """
    ),
    "Invoice": _SALES
    | _names(
        """
        Deposit AllowIPNPayment AllowOnlinePayment AllowOnlineCreditCardPayment
        AllowOnlineACHPayment AllowOnlinePayPalPayment AllowOnlineAffirmPayment
        EInvoiceStatus ECloudStatusTimeStamp CfdiUse Exportation GlobalInfo
        invoiceStatus callToAction invoiceStatusLog InvoiceEx LessCIS InvoiceLink
        PaymentDetailsMessage ConvenienceFeeDetail EnabledSurchargeInfo
        InvoiceLinkSecurityCode InvoiceLinkExpiryDate AutoPayEligible
        SchedulePayEligible ScheduledPaymentId GratuityEnabled FinancingProductType
        SubscriptionPaymentsSetting TxnRetainageDetail
        """
    ),
    "CreditMemo": _SALES
    | _names(
        """
        RemainingCredit InvoiceRef CreditMemoEx
        """
    ),
    "SalesReceipt": _SALES
    | _names(
        """
        SalesReceiptEx LessCIS
        """
    ),
    "RefundReceipt": _SALES
    | _names(
        """
        RemainingCredit RefundReceiptEx
        """
    ),
    "Payment": _TRANSACTION
    | _names(
        """
        CustomerRef RemitToRef ARAccountRef DepositToAccountRef PaymentMethodRef
        PaymentRefNum PaymentType CheckPayment CreditCardPayment TotalAmt UnappliedAmt
        ProcessPayment PaymentExtendedType PaymentEx
        """
    ),
    "JournalEntry": _TRANSACTION
    | _names(
        """
        Adjustment HomeCurrencyAdjustment EnteredInHomeCurrency GlobalTaxCalculation
        TotalAmt HomeTotalAmt JournalEntryEx
        """
    ),
    "Deposit": _TRANSACTION
    | _names(
        """
        DepositToAccountRef CashBack GlobalTaxCalculation TotalAmt HomeTotalAmt
        DepositEx
        """
    ),
    "Class": _ENTITY
    | _names(
        """
        Name SubClass ParentRef FullyQualifiedName Active ClassEx
        """
    ),
    "Department": _ENTITY
    | _names(
        """
        Name SubDepartment ParentRef FullyQualifiedName Active DepartmentEx Address
        """
    ),
    "Term": _ENTITY
    | _names(
        """
        Name Active Type DiscountPercent DueDays DiscountDays DayOfMonthDue
        DueNextMonthDays DiscountDayOfMonth SalesTermEx
        """
    ),
    "PaymentMethod": _ENTITY
    | _names(
        """
        Name Active Type PaymentMethodEx
        """
    ),
    "TaxCode": _ENTITY
    | _names(
        """
        Name Description Active Hidden Taxable TaxGroup SalesTaxRateList
        PurchaseTaxRateList AdjustmentTaxRateList TaxCodeEx TaxCodeConfigType
        """
    ),
    "CompanyCurrency": _ENTITY
    | _names(
        """
        Code Name Active CompanyCurrencyEx
        """
    ),
    "ExchangeRate": _ENTITY
    | _names(
        """
        SourceCurrencyCode TargetCurrencyCode Rate AsOfDate ExchangeRateEx
        """
    ),
    "CompanyInfo": _ENTITY
    | _names(
        """
        CompanyName LegalName CompanyAddr CustomerCommunicationAddr LegalAddr
        CompanyEmailAddr CustomerCommunicationEmailAddr CompanyURL PrimaryPhone
        OtherContactInfo CompanyFileName FlavorStratum SampleFile CompanyUserId
        CompanyUserAdminEmail CompanyStartDate EmployerId FiscalYearStartMonth
        TaxYearStartMonth QBVersion Country ShipAddr OtherAddr Mobile Fax Email WebAddr
        LastImportedTime LastSyncTime SupportedLanguages DefaultTimeZone
        MultiByteCharsSupported NameValue FifoCalculationStatus CompanyInfoEx
        """
    ),
    "Preferences": _ENTITY
    | _names(
        """
        AccountingInfoPrefs AdvancedInventoryPrefs ProductAndServicesPrefs
        SalesFormsPrefs EmailMessagesPrefs PrintDocumentPrefs VendorAndPurchasesPrefs
        TimeTrackingPrefs TaxPrefs FinanceChargesPrefs CurrencyPrefs ReportPrefs
        OtherPrefs
        """
    ),
    "Line": _names(
        """
        Id CustomField LineNum Description Amount Received LinkedTxn DetailType
        PaymentLineDetail DiscountLineDetail TaxLineDetail SalesItemLineDetail
        DescriptionLineDetail ItemBasedExpenseLineDetail AccountBasedExpenseLineDetail
        ReimburseLineDetail DepositLineDetail PurchaseOrderItemLineDetail
        SalesOrderItemLineDetail ItemReceiptLineDetail JournalEntryLineDetail
        GroupLineDetail SubTotalLineDetail TDSLineDetail ItemAdjustmentLineDetail LineEx
        ProjectRef CostAmount HomeCostAmount CustomExtensions
        """
    ),
    "SalesItemLineDetail": _names(
        """
        ItemRef ClassRef UnitPrice UnitCostPrice RatePercent PriceLevelRef MarkupInfo
        Qty UOMRef ItemAccountRef InventorySiteRef TaxCodeRef TaxClassificationRef
        ServiceDate TaxInclusiveAmt DiscountRate DiscountAmt DeferredRevenue
        RetainageAmount SalesItemLineDetailEx
        """
    ),
    "JournalEntryLineDetail": _names(
        """
        PostingType Entity AccountRef ClassRef DepartmentRef TaxCodeRef TaxRateRef
        TaxApplicableOn TaxAmount TaxInclusiveAmt BillableStatus JournalCodeRef
        JournalEntryLineDetailEx
        """
    ),
    "DepositLineDetail": _names(
        """
        Entity ClassRef AccountRef PaymentMethodRef CheckNum TxnType TaxCodeRef
        TaxApplicableOn DepositLineDetailEx
        """
    ),
    "DiscountLineDetail": _names(
        """
        DiscountRef PercentBased DiscountPercent DiscountAccountRef ServiceDate ClassRef
        TaxCodeRef DiscountLineDetailEx
        """
    ),
    "DescriptionLineDetail": _names(
        """
        ServiceDate TaxCodeRef DescriptionLineDetailEx
        """
    ),
    "LinkedTxn": _names(
        """
        TxnId TxnType TxnLineId
        """
    ),
}
