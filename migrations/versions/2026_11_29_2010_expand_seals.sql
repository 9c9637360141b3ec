-- How records are sealed; the migration of the same name gives out the rights on these tables.

CREATE TABLE record_logs (
    storefront_id uuid NOT NULL,
    size bigint NOT NULL,
    xid xid8 NOT NULL,
    record_id uuid NOT NULL,
    frontier bytea NOT NULL,
    heads integer NOT NULL,
    head bytea NOT NULL,
    key_id text,
    CONSTRAINT pk_record_logs PRIMARY KEY (storefront_id)
);

CREATE TABLE record_seals (
    storefront_id uuid NOT NULL,
    position bigint NOT NULL,
    order_id uuid NOT NULL,
    number integer NOT NULL,
    record_id uuid NOT NULL,
    leaf bytea NOT NULL,
    CONSTRAINT pk_record_seals PRIMARY KEY (storefront_id, position),
    CONSTRAINT uq_record_seals_storefront_id_record_id UNIQUE (storefront_id, record_id),
    CONSTRAINT uq_record_seals_storefront_id_order_id_number UNIQUE (storefront_id, order_id, number)
);

CREATE TABLE record_tiles (
    storefront_id uuid NOT NULL,
    level smallint NOT NULL,
    place bigint NOT NULL,
    node bytea NOT NULL,
    CONSTRAINT pk_record_tiles PRIMARY KEY (storefront_id, level, place)
);

CREATE TABLE record_heads (
    storefront_id uuid NOT NULL,
    sequence integer NOT NULL,
    size bigint NOT NULL,
    root bytea NOT NULL,
    previous bytea NOT NULL,
    marks bytea NOT NULL,
    sealed_at timestamptz NOT NULL,
    key_id text NOT NULL,
    signature bytea NOT NULL,
    CONSTRAINT pk_record_heads PRIMARY KEY (storefront_id, sequence),
    CONSTRAINT uq_record_heads_storefront_id_size UNIQUE (storefront_id, size)
);

CREATE TABLE record_keys (
    storefront_id uuid NOT NULL,
    key_id text NOT NULL,
    public bytea NOT NULL,
    replaces text,
    endorsement bytea,
    introduced_at timestamptz NOT NULL,
    CONSTRAINT pk_record_keys PRIMARY KEY (storefront_id, key_id)
);
