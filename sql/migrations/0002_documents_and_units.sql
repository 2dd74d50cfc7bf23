-- What arrived, what it must sum to, and the units of work made of it.

CREATE TABLE source_document (
    sha256 char(64) PRIMARY KEY,
    provider text NOT NULL,
    name text NOT NULL,
    size_bytes bigint NOT NULL CHECK (size_bytes >= 0),
    media_type text NOT NULL,
    native_ref text NOT NULL DEFAULT '',
    business_key text NOT NULL DEFAULT '',
    received_at timestamptz NOT NULL,
    acknowledged_at timestamptz,
    reported_at timestamptz,
    entity text NOT NULL DEFAULT '',
    frame_kind text NOT NULL DEFAULT '',
    frame_sha256 char(64) NOT NULL DEFAULT '',
    facts jsonb NOT NULL DEFAULT '{}',
    summary jsonb NOT NULL DEFAULT '{}',
    findings jsonb NOT NULL DEFAULT '{}'
);

CREATE INDEX source_document_business_key ON source_document (provider, business_key);

-- Every arrival, also of bytes that we already hold under another name.
CREATE TABLE document_delivery (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    sha256 char(64) NOT NULL REFERENCES source_document (sha256),
    provider text NOT NULL,
    name text NOT NULL,
    duplicate boolean NOT NULL,
    received_at timestamptz NOT NULL,
    CONSTRAINT document_delivery_once UNIQUE (provider, name, sha256)
);

CREATE TABLE document_control (
    sha256 char(64) PRIMARY KEY REFERENCES source_document (sha256),
    origin text NOT NULL CHECK (origin IN ('stated', 'manifest', 'payments_file', 'derived')),
    currency char(3) NOT NULL,
    line_count int NOT NULL CHECK (line_count >= 0),
    debit_minor bigint NOT NULL CHECK (debit_minor >= 0),
    credit_minor bigint NOT NULL CHECK (credit_minor >= 0),
    read_line_count int NOT NULL DEFAULT -1,
    read_debit_minor bigint NOT NULL DEFAULT -1,
    read_credit_minor bigint NOT NULL DEFAULT -1
);

CREATE TABLE work_unit (
    unit_key text PRIMARY KEY,
    provider text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('payroll', 'expense')),
    entity text NOT NULL DEFAULT '',
    period char(7) NOT NULL,
    state text NOT NULL DEFAULT 'due',
    blocked_reason text NOT NULL DEFAULT '',
    lease_holder text NOT NULL DEFAULT '',
    lease_until timestamptz,
    fence bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL
);

-- `superseded_by` is set when a corrected delivery of the same business key takes its place.
CREATE TABLE unit_document (
    unit_key text NOT NULL REFERENCES work_unit (unit_key),
    sha256 char(64) NOT NULL REFERENCES source_document (sha256),
    superseded_by char(64) REFERENCES source_document (sha256),
    withdrawn boolean NOT NULL DEFAULT FALSE,
    PRIMARY KEY (unit_key, sha256)
);

CREATE TABLE unit_stage (
    unit_key text NOT NULL REFERENCES work_unit (unit_key),
    stage text NOT NULL CHECK (
        stage IN ('extract', 'validate', 'reconcile', 'route', 'build')
    ),
    input_key char(64) NOT NULL,
    output_sha256 char(64) NOT NULL DEFAULT '',
    state text NOT NULL CHECK (state IN ('done', 'blocked')),
    row_count int NOT NULL DEFAULT 0,
    finding_count int NOT NULL DEFAULT 0,
    finished_at timestamptz NOT NULL,
    PRIMARY KEY (unit_key, stage)
);

CREATE TABLE unit_finding (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit_key text NOT NULL REFERENCES work_unit (unit_key),
    stage text NOT NULL,
    sha256 text NOT NULL DEFAULT '',
    code text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('critical', 'warning', 'note')),
    message text NOT NULL,
    document text NOT NULL DEFAULT '',
    line int,
    field text NOT NULL DEFAULT '',
    found text NOT NULL DEFAULT '',
    blocks text NOT NULL DEFAULT '',
    next_step text NOT NULL DEFAULT ''
);

CREATE INDEX unit_finding_unit ON unit_finding (unit_key, stage);

CREATE TABLE expectation_result (
    unit_key text NOT NULL REFERENCES work_unit (unit_key),
    suite text NOT NULL,
    suite_version text NOT NULL,
    expectation text NOT NULL,
    severity text NOT NULL CHECK (severity IN ('critical', 'warning')),
    success boolean NOT NULL,
    observed text NOT NULL DEFAULT '',
    checked_at timestamptz NOT NULL,
    PRIMARY KEY (unit_key, suite, expectation)
);
