"""Writes the German run as a DATEV booking batch (EXTF 700, category 21, format 13, cp1252).

Every row stands against the wage clearing account, which ends at zero per voucher. Cost rows carry
the cost center in KOST1 and the project in KOST2. A negative sum changes the side, not the sign.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Final

from sandbox.company.amounts import text
from sandbox.company.files import PayrollFile, Totals, payroll_file
from sandbox.company.payroll.germany import BOOKINGS, CLEARING, Booking
from sandbox.company.payroll.lines import PayLine
from sandbox.company.plan import EntityPlan, Plan

_TITLES: Final = (
    [
        "Umsatz (ohne Soll/Haben-Kz)",
        "Soll/Haben-Kennzeichen",
        "WKZ Umsatz",
        "Kurs",
        "Basis-Umsatz",
        "WKZ Basis-Umsatz",
        "Konto",
        "Gegenkonto (ohne BU-Schlüssel)",
        "BU-Schlüssel",
        "Belegdatum",
        "Belegfeld 1",
        "Belegfeld 2",
        "Skonto",
        "Buchungstext",
        "Postensperre",
        "Diverse Adressnummer",
        "Geschäftspartnerbank",
        "Sachverhalt",
        "Zinssperre",
        "Beleglink",
    ]
    + [f"Beleginfo - {part} {n}" for n in range(1, 9) for part in ("Art", "Inhalt")]
    + [
        "KOST1 - Kostenstelle",
        "KOST2 - Kostenstelle",
        "Kost-Menge",
        "EU-Land u. UStID (Bestimmung)",
        "EU-Steuersatz (Bestimmung)",
        "Abw. Versteuerungsart",
        "Sachverhalt L+L",
        "Funktionsergänzung L+L",
        "BU 49 Hauptfunktionstyp",
        "BU 49 Hauptfunktionsnummer",
        "BU 49 Funktionsergänzung",
    ]
    + [f"Zusatzinformation{part} {n}" for n in range(1, 21) for part in (" - Art", "- Inhalt")]
    + [
        "Stück",
        "Gewicht",
        "Zahlweise",
        "Forderungsart",
        "Veranlagungsjahr",
        "Zugeordnete Fälligkeit",
        "Skontotyp",
        "Auftragsnummer",
        "Buchungstyp",
        "USt-Schlüssel (Anzahlungen)",
        "EU-Land (Anzahlungen)",
        "Sachverhalt L+L (Anzahlungen)",
        "EU-Steuersatz (Anzahlungen)",
        "Erlöskonto (Anzahlungen)",
        "Herkunft-Kz",
        "Buchungs GUID",
        "KOST-Datum",
        "SEPA-Mandatsreferenz",
        "Skontosperre",
        "Gesellschaftername",
        "Beteiligtennummer",
        "Identifikationsnummer",
        "Zeichnernummer",
        "Postensperre bis",
        "Bezeichnung SoBil-Sachverhalt",
        "Kennzeichen SoBil-Buchung",
        "Festschreibung",
        "Leistungsdatum",
        "Datum Zuord. Steuerperiode",
        "Fälligkeit",
        "Generalumkehr (GU)",
        "Steuersatz",
        "Land",
        "Abrechnungsreferenz",
        "BVV-Position",
        "EU-Land u. UStID (Ursprung)",
        "EU-Steuersatz (Ursprung)",
        "Abw. Skontokonto",
    ]
)
_AMOUNT, _SIDE, _ACCOUNT, _CONTRA, _DAY, _VOUCHER, _CAPTION = 0, 1, 6, 7, 9, 10, 13
_KOST1, _KOST2, _LOCKED = 36, 37, 113

#: Voucher, account, cost center, project, caption: what is summed into one row.
_Row = tuple[str, str, str, str, str]


def _rows(lines: Sequence[PayLine]) -> dict[_Row, int]:
    """Signed sums per row, debit of the account positive; a garnishment is a row with a name."""
    sums: dict[_Row, int] = defaultdict(int)
    for line in lines:
        for booking in BOOKINGS[line.component]:
            sums[_key(line, booking)] += line.amount if booking.side == "S" else -line.amount
    return {key: sums[key] for key in sorted(sums) if sums[key]}


def _key(line: PayLine, booking: Booking) -> _Row:
    caption = booking.caption
    if line.component == "PFAENDUNG":
        caption = f"{caption} {line.person.given[0]}. {line.person.family}"
    if booking.by_cost_center:
        return booking.voucher, booking.account, line.cost_center, line.project, caption
    return booking.voucher, booking.account, "", "", caption


def _written(key: _Row, amount: int, day: str) -> str:
    voucher, account, cost_center, project, caption = key
    fields = [""] * len(_TITLES)
    fields[_AMOUNT] = text(abs(amount), 2).replace(".", ",")
    fields[_SIDE] = '"S"' if amount > 0 else '"H"'
    fields[_ACCOUNT], fields[_CONTRA], fields[_DAY] = account, CLEARING, day
    fields[_VOUCHER], fields[_CAPTION] = f'"{voucher}"', f'"{caption}"'
    fields[_KOST1] = f'"{cost_center}"' if cost_center else '""'
    fields[_KOST2] = f'"{project}"' if project else '""'
    fields[_LOCKED] = "0"
    return ";".join(fields)


def _header(plan: Plan, bureau: Mapping[str, str]) -> str:
    starts, ends = plan.period_starts, plan.period_ends
    return (
        f'"EXTF";700;21;"Buchungsstapel";13;{ends:%Y%m}28093015000;;"LG";"";"";'
        f"{bureau['consultant']};{bureau['client']};{starts:%Y}0101;4;{starts:%Y%m%d};{ends:%Y%m%d};"
        f'"Lohn {ends:%m/%Y}";"LG";1;0;0;"EUR";;"";;;"04";;;"";""'
    )


def write_extf(plan: Plan, entity: EntityPlan, lines: Sequence[PayLine]) -> PayrollFile:
    """The run's file; the cut one lacks its last voucher, so it balances and still is not whole."""
    bureau, rows = plan.bureaus[entity.code], _rows(lines)
    head = [_header(plan, bureau), ";".join(_TITLES)]
    day = f"{plan.period_ends:%d%m}"
    last = max(voucher for voucher, *_ in rows)
    whole = [_written(key, amount, day) for key, amount in rows.items()]
    short = [_written(key, amount, day) for key, amount in rows.items() if key[0] != last]
    legs = [leg for amount in rows.values() for leg in (amount, -amount)]
    name = f"EXTF_Buchungsstapel_{bureau['client']}_{plan.period_ends:%Y%m}_01.csv"
    written = name, _encoded(head + whole), _encoded(head + short), Totals.of(legs)
    return payroll_file(plan, entity, lines, "NETTO", written)


def _encoded(rows: Sequence[str]) -> bytes:
    return "".join(f"{row}\r\n" for row in rows).encode("cp1252")
