-- Tables of one load: staging without a log, results with one.
CREATE UNLOGGED TABLE raw_line (
    file_no integer NOT NULL, line_no bigint GENERATED ALWAYS AS IDENTITY, cells text NOT NULL
);
CREATE UNLOGGED TABLE source_file (
    file_no integer PRIMARY KEY, frame text, document text, provider text, entity text, currency text,
    digits integer, delimiter text, decimal_mark text, date_form text,
    stated_count bigint, stated_debit numeric, stated_credit numeric
);
CREATE UNLOGGED TABLE company_code (provider text, company text, entity text);
CREATE UNLOGGED TABLE entity (entity text PRIMARY KEY, country text, currency text);
CREATE UNLOGGED TABLE account_rule (
    scope text, provider text, coding text, source_code text, component_class text,
    debit_account text, credit_account text, dimensions text, summarise text, valid_from date
);
CREATE UNLOGGED TABLE center_rule (
    provider text, entity text, source_code text, cost_center text, percent numeric, valid_from date
);
CREATE UNLOGGED TABLE successor (entity text, cost_center text, successor text, valid_from date);
CREATE UNLOGGED TABLE project_rule (
    provider text, entity text, source_code text, project text, valid_from date
);
CREATE UNLOGGED TABLE routing_rule (
    rule text, scope text, payee text, taxable text, expense_type text, route text, pay_code text,
    clearing_account text, priority_note text
);
CREATE UNLOGGED TABLE erp_account (code text PRIMARY KEY, active text, name text);
CREATE UNLOGGED TABLE erp_center (code text PRIMARY KEY, active text, name text);
CREATE UNLOGGED TABLE erp_project (code text PRIMARY KEY, active text, name text);
CREATE TABLE journal (
    external_id text PRIMARY KEY, entity text NOT NULL, kind text NOT NULL, period text NOT NULL,
    accounting_date date NOT NULL, currency text NOT NULL
);
CREATE TABLE journal_line (
    external_id text NOT NULL, number bigint NOT NULL, account text NOT NULL,
    cost_center text NOT NULL, project text NOT NULL, component_class text NOT NULL,
    amount_minor bigint NOT NULL, people_count bigint NOT NULL
);
CREATE TABLE source_line (
    document text NOT NULL, line_no bigint NOT NULL, entity text, employee text, code text,
    amount_minor bigint, currency text, state text NOT NULL, reason text
);
CREATE TABLE link (
    external_id text NOT NULL, number bigint NOT NULL, document text NOT NULL,
    line_no bigint NOT NULL, share_minor bigint NOT NULL
);
