-- What the ledger holds, compared with journals and sources; both the failure and the cure stay.

CREATE TABLE ledger_line (
    ledger_ref text NOT NULL,
    line_ref text NOT NULL,
    external_id text NOT NULL DEFAULT '',
    entity text NOT NULL,
    period char(7) NOT NULL,
    account text NOT NULL,
    cost_center text NOT NULL DEFAULT '',
    project text NOT NULL DEFAULT '',
    amount_minor bigint NOT NULL,
    currency char(3) NOT NULL,
    posting boolean NOT NULL,
    memo text NOT NULL DEFAULT '',
    seen_at timestamptz NOT NULL,
    PRIMARY KEY (ledger_ref, line_ref)
);

CREATE INDEX ledger_line_period ON ledger_line (entity, period);

CREATE TABLE tie_out_run (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entity text NOT NULL,
    period char(7) NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'tied')),
    compared_at timestamptz NOT NULL,
    journal_count int NOT NULL,
    note text NOT NULL DEFAULT ''
);

CREATE INDEX tie_out_run_entity ON tie_out_run (entity, period, id);

CREATE TABLE tie_out_row (
    run_id bigint NOT NULL REFERENCES tie_out_run (id),
    component_class text NOT NULL,
    currency char(3) NOT NULL,
    source_minor bigint NOT NULL,
    journal_minor bigint NOT NULL,
    ledger_minor bigint NOT NULL,
    difference_minor bigint GENERATED ALWAYS AS (
        abs(source_minor - journal_minor) + abs(journal_minor - ledger_minor)
    ) STORED,
    PRIMARY KEY (run_id, component_class, currency)
);

CREATE TABLE drift (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    entity text NOT NULL,
    period char(7) NOT NULL,
    external_id text NOT NULL,
    ledger_ref text NOT NULL,
    kind text NOT NULL,
    line_ref text NOT NULL DEFAULT '',
    expected text NOT NULL,
    found text NOT NULL,
    amount_minor bigint NOT NULL,
    currency char(3) NOT NULL,
    changed_by text NOT NULL DEFAULT '',
    found_at timestamptz NOT NULL,
    cured_at timestamptz
);

CREATE UNIQUE INDEX drift_once
ON drift (external_id, ledger_ref, kind, line_ref, found) WHERE cured_at IS NULL;

CREATE TABLE period_close (
    entity text NOT NULL,
    period char(7) NOT NULL,
    state text NOT NULL DEFAULT 'not_started' CHECK (
        state IN ('not_started', 'open', 'tied', 'signed', 'reopened')
    ),
    changed_at timestamptz NOT NULL,
    signed_by text NOT NULL DEFAULT '',
    PRIMARY KEY (entity, period)
);

CREATE TRIGGER period_close_state
BEFORE UPDATE OF state ON period_close
FOR EACH ROW EXECUTE FUNCTION refuse_illegal_state('tie_out');

CREATE TABLE entity_freeze (
    entity text PRIMARY KEY,
    reason text NOT NULL,
    frozen_by text NOT NULL,
    frozen_at timestamptz NOT NULL
);
