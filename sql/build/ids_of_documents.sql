-- name: ids_of_documents(documents)
-- The short numbers by which lineage names documents.
-- used by: workflows/build_store.py
SELECT sha256 AS name, document_id AS id FROM source_document
WHERE sha256 = any(:documents);
