-- Lineage and dispositions in a form that stays small and answers by index in both directions.
-- Lines of a document that ended alike are ranges; links are arrays of neighbouring journal lines.

ALTER TABLE source_document ADD document_id int GENERATED ALWAYS AS IDENTITY UNIQUE;
ALTER TABLE journal ADD journal_id int GENERATED ALWAYS AS IDENTITY UNIQUE;

CREATE FUNCTION lines_as_ranges(lines int []) RETURNS int4multirange
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(range_agg(int4range(line, line + 1)), '{}') FROM unnest(lines) AS line
$$;

CREATE FUNCTION lines_of_ranges(ranges int4multirange) RETURNS int []
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT coalesce(array_agg(line ORDER BY line), '{}')
    FROM unnest(ranges) AS piece, generate_series(lower(piece), upper(piece) - 1) AS line
$$;

-- `line_count` counts what was said to end here, so that a line said twice does not add up.
ALTER TABLE disposition ADD line_count int;
UPDATE disposition SET line_count = cardinality(source_lines);
ALTER TABLE disposition ALTER line_count SET NOT NULL;
ALTER TABLE disposition ALTER source_lines TYPE int4multirange USING lines_as_ranges(source_lines);

CREATE OR REPLACE FUNCTION refuse_incomplete_certificate() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    lines bigint;
    distinct_lines bigint;
    covered int4multirange;
    debit numeric;
    credit numeric;
BEGIN
    SELECT coalesce(sum(line_count), 0), coalesce(sum(debit_minor), 0),
           coalesce(sum(credit_minor), 0)
    INTO lines, debit, credit
    FROM disposition WHERE document = NEW.document;
    SELECT coalesce(range_agg(piece), '{}') INTO covered
    FROM disposition, unnest(source_lines) AS piece
    WHERE document = NEW.document;
    SELECT coalesce(sum(upper(piece) - lower(piece)), 0) INTO distinct_lines
    FROM unnest(covered) AS piece;
    IF lines <> NEW.in_count OR distinct_lines <> lines
       OR covered <> int4multirange(int4range(1, NEW.in_count + 1))
       OR debit <> NEW.in_debit_minor OR credit <> NEW.in_credit_minor THEN
        RAISE EXCEPTION USING
            ERRCODE = 'integrity_constraint_violation',
            CONSTRAINT = 'certificate_equals_document',
            MESSAGE = 'document ' || NEW.document || ': ' || NEW.in_count || ' lines in, '
                      || distinct_lines || ' of ' || lines || ' disposed; debit '
                      || NEW.in_debit_minor || ' in, ' || debit || ' disposed; credit '
                      || NEW.in_credit_minor || ' in, ' || credit || ' disposed';
    END IF;
    RETURN NULL;
END
$$;

-- One row: neighbouring lines of a journal and what stands behind them in one block of 32,768
-- lines of one document. Source line = block * 32768 + offset. `link_ends[i]` is the position of
-- the last link of `line_numbers[i]`; `amounts_minor[i]` is what the whole document gives to that
-- journal line and stands in the line's first block, elsewhere 0. `shares_minor` is null, as a
-- whole or for a link, where the source line stands with its full amount behind one journal line.
CREATE TABLE lineage_block (
    journal_id int NOT NULL REFERENCES journal (journal_id),
    document_id int NOT NULL REFERENCES source_document (document_id),
    block int NOT NULL CHECK (block >= 0),
    first_line int NOT NULL,
    last_line int NOT NULL CHECK (last_line >= first_line),
    line_numbers int [] NOT NULL,
    amounts_minor bigint [] NOT NULL,
    link_ends int [] NOT NULL,
    source_offsets smallint [] NOT NULL,
    shares_minor bigint [],
    CONSTRAINT lineage_block_arrays_match CHECK (
        cardinality(line_numbers) > 0
        AND cardinality(amounts_minor) = cardinality(line_numbers)
        AND cardinality(link_ends) = cardinality(line_numbers)
        AND link_ends[cardinality(link_ends)] = cardinality(source_offsets)
        AND cardinality(coalesce(shares_minor, source_offsets::bigint [])) = cardinality(source_offsets)
    )
);

INSERT INTO lineage_block (
    journal_id, document_id, block, first_line, last_line, line_numbers, amounts_minor, link_ends,
    source_offsets
)
SELECT
    piece.journal_id, piece.document_id, piece.block,
    piece.line_number AS first_line, piece.line_number AS last_line,
    ARRAY[piece.line_number],
    ARRAY[
        CASE
            WHEN piece.block = min(piece.block) OVER (
                PARTITION BY piece.journal_id, piece.document_id, piece.line_number
            ) THEN piece.amount_minor ELSE 0
        END
    ],
    ARRAY[cardinality(piece.source_offsets)], piece.source_offsets
FROM (
    SELECT
        journal.journal_id, document.document_id, line / 32768 AS block,
        link.line_number AS line_number,
        link.amount_minor, array_agg((line % 32768)::smallint ORDER BY line) AS source_offsets
    FROM lineage AS link
    INNER JOIN journal ON link.external_id = journal.external_id
    INNER JOIN source_document AS document ON link.document = document.sha256
    CROSS JOIN LATERAL unnest(link.source_lines) AS line
    GROUP BY
        journal.journal_id, document.document_id, line / 32768, link.line_number, link.amount_minor
) AS piece;

CREATE INDEX lineage_block_journal ON lineage_block (journal_id, first_line, last_line);
CREATE INDEX lineage_block_document ON lineage_block (document_id, block);

DROP TABLE lineage;

-- The same for people and controls: one row for each journal line and document.
CREATE VIEW lineage AS
SELECT
    journal.external_id, stored.line_numbers[place] AS line_number, document.sha256 AS document,
    sum(stored.amounts_minor[place])::bigint AS amount_minor,
    sum(stored.link_ends[place] - coalesce(stored.link_ends[place - 1], 0))::int AS link_count
FROM lineage_block AS stored
INNER JOIN journal ON stored.journal_id = journal.journal_id
INNER JOIN source_document AS document ON stored.document_id = document.document_id
CROSS JOIN LATERAL generate_subscripts(stored.line_numbers, 1) AS place
GROUP BY journal.external_id, stored.line_numbers[place], document.sha256;

-- One row for each source line behind a journal line.
CREATE VIEW lineage_link AS
SELECT
    journal.external_id, stored.line_numbers[place] AS line_number, document.sha256 AS document,
    stored.block * 32768 + stored.source_offsets[link] AS source_line,
    stored.shares_minor[link] AS share_minor
FROM lineage_block AS stored
INNER JOIN journal ON stored.journal_id = journal.journal_id
INNER JOIN source_document AS document ON stored.document_id = document.document_id
CROSS JOIN LATERAL generate_subscripts(stored.line_numbers, 1) AS place
CROSS JOIN LATERAL
generate_series(coalesce(stored.link_ends[place - 1], 0) + 1, stored.link_ends[place]) AS link;
