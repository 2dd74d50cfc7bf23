-- Approved expenses live long and change state; batches carry them to payroll.

CREATE TABLE expense_item (
    document char(64) NOT NULL REFERENCES source_document (sha256),
    line_no int NOT NULL,
    unit_key text NOT NULL REFERENCES work_unit (unit_key),
    report_key text NOT NULL,
    report_ref text NOT NULL,
    document_ref text NOT NULL,
    entity text NOT NULL,
    employee_ref text NOT NULL,
    approved_at timestamptz NOT NULL,
    part text NOT NULL,
    expense_type text NOT NULL,
    amount_minor bigint NOT NULL,
    currency char(3) NOT NULL,
    payee text NOT NULL,
    taxable boolean NOT NULL,
    route text NOT NULL CHECK (route IN ('payroll', 'ap', 'card', 'none')),
    rule text NOT NULL,
    rule_version int NOT NULL,
    pay_code text NOT NULL DEFAULT '',
    clearing_account text NOT NULL DEFAULT '',
    payment_state text NOT NULL DEFAULT 'routed' CHECK (
        payment_state IN ('routed', 'handed_over', 'paid', 'returned', 'closed', 'stale')
    ),
    batch_key text,
    PRIMARY KEY (document, line_no)
);

CREATE INDEX expense_item_report ON expense_item (report_key);
CREATE INDEX expense_item_open ON expense_item (entity, route, payment_state);

CREATE TABLE reimbursement_batch (
    batch_key text PRIMARY KEY,
    entity text NOT NULL,
    route text NOT NULL,
    period char(7) NOT NULL,
    sequence int NOT NULL,
    cutoff_at timestamptz NOT NULL,
    line_count int NOT NULL,
    employee_count int NOT NULL,
    total_minor bigint NOT NULL,
    currency char(3) NOT NULL,
    state text NOT NULL DEFAULT 'cut' CHECK (
        state IN ('cut', 'handed_over', 'acknowledged', 'settled', 'partly_settled', 'closed', 'failed')
    ),
    file_sha256 char(64) NOT NULL DEFAULT '',
    file_name text NOT NULL DEFAULT '',
    cut_at timestamptz NOT NULL,
    handed_over_at timestamptz,
    paid_minor bigint NOT NULL DEFAULT 0,
    CONSTRAINT reimbursement_batch_once UNIQUE (entity, route, period, sequence)
);

ALTER TABLE expense_item
ADD FOREIGN KEY (batch_key) REFERENCES reimbursement_batch (batch_key);

CREATE TRIGGER reimbursement_batch_state
BEFORE UPDATE OF state ON reimbursement_batch
FOR EACH ROW EXECUTE FUNCTION refuse_illegal_state('reimbursement_batch');
