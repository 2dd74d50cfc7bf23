-- name: save_exchange_difference(document, entry_ref, entity, spend_date, spend_currency, spend_minor, currency, approved_minor, platform_rate, rate_direction, reference_rate, reference_date, reference_derivation, reference_source, reference_minor)!
-- An expense entry at the platform's rate beside the reference rate of its day.
-- used by: workflows/route.py
INSERT INTO exchange_difference (
    document, entry_ref, entity, spend_date, spend_currency, spend_minor, currency,
    approved_minor, platform_rate, rate_direction, reference_rate, reference_date,
    reference_derivation, reference_source, reference_minor
)
VALUES (
    :document, :entry_ref, :entity, :spend_date, :spend_currency, :spend_minor, :currency,
    :approved_minor, :platform_rate, :rate_direction, :reference_rate, :reference_date,
    :reference_derivation, :reference_source, :reference_minor
)
ON CONFLICT (document, entry_ref) DO UPDATE SET
    approved_minor = excluded.approved_minor,
    platform_rate = excluded.platform_rate,
    reference_rate = excluded.reference_rate,
    reference_date = excluded.reference_date,
    reference_derivation = excluded.reference_derivation,
    reference_source = excluded.reference_source,
    reference_minor = excluded.reference_minor;
