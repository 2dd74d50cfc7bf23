"""Bring a journal back from its canonical JSON; the content hash proves it is the same."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date

from tieout.errors import ConflictError
from tieout.finance.journals import Journal, JournalKey, JournalKind, JournalLine, JournalTies


def journal_from_json(text: str) -> Journal:
    """The journal whose `canonical_json` is `text`.

    Raises:
        ConflictError: the text does not give back itself: it was altered.
    """
    content = json.loads(text)
    tenant, entity, kind, period, rest = content["key"].split("|", 4)
    batch, revision, part = rest.rsplit("|", 2)
    journal = Journal(
        key=JournalKey(
            tenant, entity, JournalKind(kind), period, batch, int(revision[1:]), int(part[1:])
        ),
        accounting_date=date.fromisoformat(content["accounting_date"]),
        currency=content["currency"],
        memo=content["memo"],
        lines=tuple(JournalLine(**line) for line in content["lines"]),
        input_versions=tuple((kind, value) for kind, value in content["inputs"]),
        ties=JournalTies(
            **{
                field.name: content[field.name]
                for field in fields(JournalTies)
                if field.name in content
            }
        ),
        rate_basis=content.get("rate_basis", ""),
        functional_currency=content.get("functional_currency", ""),
    )
    if journal.canonical_json() != text:
        raise ConflictError(
            f"The stored content of {journal.external_id} is not what was built.",
            blocks=f"journal {journal.external_id}",
            next_step="Compare with the evidence; ask the platform owner.",
        )
    return journal
