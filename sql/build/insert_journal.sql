-- name: insert_journal(external_id, journal_key, entity, kind, period, batch, revision, part, unit_key, accounting_date, currency, memo, debit_minor, line_count, content_hash, content, correlation_id, makers, parts, reverses, supersedes, pair, rate_basis, functional_currency, at)!
-- Store a journal; the deferred constraint proves that it balances.
-- used by: workflows/journal_store.py
INSERT INTO journal (
    external_id, journal_key, entity, kind, period, batch, revision, part, unit_key,
    accounting_date, currency, memo, debit_minor, line_count, content_hash, content,
    correlation_id, makers, parts, reverses, supersedes, pair, rate_basis,
    functional_currency, built_at, changed_at
)
VALUES (
    :external_id, :journal_key, :entity, :kind, :period, :batch, :revision, :part, :unit_key,
    :accounting_date, :currency, :memo, :debit_minor, :line_count, :content_hash, :content,
    :correlation_id, :makers, :parts, :reverses, :supersedes, :pair, :rate_basis,
    :functional_currency, :at, :at
);
