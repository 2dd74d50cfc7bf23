-- How the platform's rate of an expense entry compares with the reference rate: explained, not booked.

CREATE TABLE exchange_difference (
    document char(64) NOT NULL REFERENCES source_document (sha256),
    entry_ref text NOT NULL,
    entity text NOT NULL,
    spend_date date NOT NULL,
    spend_currency char(3) NOT NULL,
    spend_minor bigint NOT NULL,
    currency char(3) NOT NULL,
    approved_minor bigint NOT NULL,
    platform_rate text NOT NULL,
    rate_direction text NOT NULL,
    reference_rate text NOT NULL,
    reference_date date NOT NULL,
    reference_source text NOT NULL,
    reference_minor bigint NOT NULL,
    difference_minor bigint GENERATED ALWAYS AS (approved_minor - reference_minor) STORED,
    PRIMARY KEY (document, entry_ref)
);

CREATE INDEX exchange_difference_entity ON exchange_difference (entity, spend_currency);
