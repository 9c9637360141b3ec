-- Notes of what is in buckets and is to go; the migration of the same name gives out the rights on them.

CREATE TABLE blobs_to_delete (
    storefront_id uuid NOT NULL,
    document_id uuid NOT NULL,
    store text NOT NULL,
    order_id uuid NOT NULL,
    mode text NOT NULL,
    due_at timestamptz NOT NULL,
    tries smallint DEFAULT 0 NOT NULL,
    CONSTRAINT pk_blobs_to_delete PRIMARY KEY (storefront_id, document_id, store),
    CONSTRAINT ck_blobs_to_delete_mode CHECK (mode IN ('live', 'test'))
);
CREATE INDEX ix_blobs_to_delete_store_due_at ON blobs_to_delete (store, due_at);
