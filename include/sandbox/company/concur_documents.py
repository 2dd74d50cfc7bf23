"""Concur's financial documents: what the platform hands over for each approved report."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sandbox.company.amounts import hex_id, text, uuid_id
from sandbox.company.netsuite import cost_center_name
from sandbox.company.people import Person
from sandbox.company.plan import EntityPlan, Plan
from sandbox.company.reports import CARD, Allocation, Entry, Report

_CARD_CLEARING, _ADVANCES = "2200", "1310"


def instant(at: datetime) -> str:
    """An aware UTC instant as Concur writes it, with milliseconds."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.000Z"


def number(amount: int, places: int) -> Decimal:
    """Minor units as the exact number that the JSON writer prints."""
    return Decimal(text(amount, places))


class DocumentWriter:
    """Writes the financial documents of one entity's reports."""

    def __init__(self, plan: Plan, entity: EntityPlan, seed: int) -> None:
        """Identifiers follow the seed, so that two generated months never share one."""
        self.plan, self.entity, self.seed = plan, entity, seed

    def document(self, report: Report) -> dict[str, Any]:
        """An element of the transactions page's `content`, waiting to be taken."""
        return {
            "docType": "expense",
            "approved_at": f"{report.approved_at:%Y-%m-%dT%H:%M:%SZ}",
            "content": {
                "id": hex_id(32, self.seed, "document", report.report_id),
                "docType": "expense",
                "companyId": self.plan.group["concur_company"],
                "entityId": f"t00{hex_id(10, 'entity', self.plan.group['concur_company'])}",
                "companyUuid": uuid_id("company", self.plan.group["concur_company"]),
                "erpSystemId": None,
                "document": self._body(report),
                "docStatus": "READY",
                "links": [],
            },
        }

    def _body(self, report: Report) -> dict[str, Any]:
        return {
            "employee": self._employee(report.person),
            "report": self._report(report),
            "expenseEntry": [self._entry(report, n, e) for n, e in enumerate(report.entries, 1)],
            "cashAdvanceApplication": [
                {
                    "cashAdvanceId": hex_id(32, report.report_id, "advance", n).upper(),
                    "cashAdvanceApplicationAmount": number(-amount, report.places),
                    "cashAdvanceClearingAccountCode": _ADVANCES,
                    "cashAdvanceTransactionType": 2,
                }
                for n, amount in enumerate(report.advances)
            ],
        }

    def _employee(self, person: Person) -> dict[str, Any]:
        by_payroll = self.entity.refund_route == "payroll"
        return {
            "employeeId": person.number,
            "employeeFirstName": person.given,
            "employeeLastName": person.family,
            "employeeMI": None,
            "loginId": person.email,
            "employeeReimbursementMethodCode": "PMTSERV" if by_payroll else "APCHECK",
            "employeeOrgUnit1Code": self.entity.concur_unit,
            "employeeOrgUnit1Value": self.entity.name,
            "employeeOrgUnit2Code": person.cost_center,
            "employeeOrgUnit2Value": cost_center_name(self.plan, person.cost_center),
            "employeeCustom21Code": self.entity.country,
            "employeeCustom21Value": self.entity.name,
        }

    def _report(self, report: Report) -> dict[str, Any]:
        nothing = number(0, report.places)
        return {
            "reportId": report.report_id,
            "reportKey": int(report.report_id[:8], 16) % 10_000_000,
            "reportNumber": report.number,
            "reportName": report.name,
            "policyId": hex_id(32, "policy", self.entity.code).upper(),
            "ledgerCode": "DEFAULT",
            "employeeCurrencyAlphaCode": report.currency,
            "homeCountryCode": self.entity.country,
            "totalApprovedAmount": number(report.approved_total, report.places),
            "cashAdvanceReturnsAmount": nothing,
            "payrollPayIndicator": None,
            "payrollPaymentClearingAccountCode": None,
            "revisionNumber": "1",
            "versionId": "4",
            "isTest": "N",
            "reportCreationDate": instant(report.submitted_at),
            "reportSubmitDate": instant(report.submitted_at),
            "reportUserDefinedDate": None,
            "reportPaymentProcessingDate": instant(report.approved_at),
            "reportStartDate": None,
            "reportEndDate": None,
            "requestId": [],
            "lastApproverId": uuid_id("user", report.approver.number),
            "reportOrgUnit1Code": self.entity.concur_unit,
            "reportOrgUnit1Value": self.entity.name,
            "reportOrgUnit2Code": report.person.cost_center,
            "reportOrgUnit2Value": cost_center_name(self.plan, report.person.cost_center),
        }

    def _entry(self, report: Report, n: int, entry: Entry) -> dict[str, Any]:
        entry_id = hex_id(32, report.report_id, "entry", n).upper()
        places = self.plan.places(entry.spend_currency)
        card = entry.paid_by == CARD
        charged = number(entry.charged, report.places)
        return {
            "entryId": entry_id,
            "legacyEntryId": int(entry_id[:7], 16),
            "expenseTypeCode": entry.kind.code,
            "expenseTypeName": entry.kind.name,
            "entryDate": f"{entry.day.isoformat()}T00:00:00.000Z",
            "entryDescription": entry.note,
            "entryApprovedAmount": number(entry.approved, report.places),
            "reportEntryTransactionAmount": number(entry.spend, places),
            "entryCurrAlphaCode": entry.spend_currency,
            "entryExchangeRate": entry.rate,
            "entryExchangeRateDirection": entry.direction,
            "entryIsPersonal": "Y" if entry.personal else "N",
            "entryIsBillable": "N",
            "entryReceiptType": entry.receipt,
            "entryReceiptId": hex_id(24, entry_id, "receipt") if entry.receipt != "N" else None,
            "reportEntryPatKey": entry.paid_by,
            "reportEntryPaymentTypeCode": entry.paid_by,
            "reportEntryPaymentTypeName": "Company card" if card else "Out of pocket",
            "cardProgramTypeCode": "CBCP" if card else None,
            "cardTransactionPostedAmount": charged if card else None,
            "cardTransactionPostedCurrency": report.currency if card else None,
            "clearingAccountCode": _CARD_CLEARING if card else None,
            "liabilityAccountCode": None,
            "expensePayIndicator": "N",
            "offsetPayType": "N",
            "entryLocationCountryCode": entry.country,
            "mileage": self._mileage(entry),
            "allocation": self._allocations(report, entry, entry_id),
        }

    def _mileage(self, entry: Entry) -> dict[str, Any] | None:
        if not entry.distance:
            return None
        unit = "mile" if self.entity.country in {"US", "GB"} else "km"
        return {"businessDistance": entry.distance, "distanceUnit": unit, "passengerCount": 0}

    def _allocations(self, report: Report, entry: Entry, entry_id: str) -> list[dict[str, Any]]:
        if entry.personal:
            return [self._personal(report, entry, entry_id)]
        return [
            self._allocation(report, entry, f"{entry_id}/{n}", part)
            for n, part in enumerate(entry.allocations)
        ]

    def _allocation(
        self, report: Report, entry: Entry, key: str, part: Allocation
    ) -> dict[str, Any]:
        guids = [hex_id(32, key, "tax", n).upper() for n in range(len(part.taxes))]
        places = report.places
        return {
            "allocationId": hex_id(32, key, "allocation").upper(),
            "allocationPercentage": part.percent,
            "allocationCustom1Code": part.cost_center,
            "allocationCustom1Value": cost_center_name(self.plan, part.cost_center),
            "allocationCustom2Code": f"P{part.project}" if part.project else None,
            "allocationCustom2Value": self.plan.projects[part.project] if part.project else None,
            "journal": [
                self._journal(
                    report,
                    entry,
                    entry.kind.account,
                    (part.gross, part.gross - part.tax, part.gross - part.reclaim),
                    guids,
                )
            ],
            "tax": [
                {
                    "taxGuid": guid,
                    "taxAuthorityLabel": tax.authority,
                    "taxCode": tax.code,
                    "taxReclaimCode": tax.code,
                    "nonDomesticCode": None,
                    "amountTax": number(tax.amount, places),
                    "amountReclaim": number(tax.reclaim, places),
                    "taxSource": "SYST",
                    "locationCountryCode": entry.country,
                    "locationCountrySubCode": None,
                }
                for guid, tax in zip(guids, part.taxes, strict=True)
            ],
        }

    def _journal(
        self,
        report: Report,
        entry: Entry,
        account: str,
        amounts: tuple[int, int, int],
        guids: Sequence[str],
    ) -> dict[str, Any]:
        gross, net_of_tax, net_of_reclaim = (number(amount, report.places) for amount in amounts)
        party, card = ("CBCP", True) if entry.paid_by == CARD else ("EMPL", False)
        reference = str(74_000_000 + int(hex_id(6, report.report_id, entry.note, gross), 16))
        return {
            "journalAccountCode": account,
            "journalPayer": "COMP" if amounts[0] > 0 else party,
            "journalPayee": party if amounts[0] > 0 else "COMP",
            "amountGross": gross,
            "amountNetOfTax": net_of_tax,
            "amountNetOfReclaim": net_of_reclaim,
            "amountGrossCard": gross if card else None,
            "cardTransactionReferenceNumber": reference if card else None,
            "taxGuid": list(guids),
            "accountingTransactionType": None,
        }

    def _personal(self, report: Report, entry: Entry, entry_id: str) -> dict[str, Any]:
        """The card is paid by the company, the employee owes it: a pair that leaves no cost."""
        owed = self._journal(
            report, entry, _CARD_CLEARING, (-entry.charged, -entry.charged, -entry.charged), ()
        )
        paid = self._journal(
            report, entry, _CARD_CLEARING, (entry.charged, entry.charged, entry.charged), ()
        )
        center = entry.allocations[0].cost_center
        return {
            "allocationId": None,
            "allocationPercentage": None,
            "allocationCustom1Code": center,
            "allocationCustom1Value": cost_center_name(self.plan, center),
            "allocationCustom2Code": None,
            "allocationCustom2Value": None,
            "journal": [paid, owed | {"journalPayer": "EMPL"}],
            "tax": [],
        }
