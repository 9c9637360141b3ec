-- The versions of a shop's own wording; the migration of the same name gives out the rights on them.

CREATE TABLE template_versions (
    storefront_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    milestone text NOT NULL,
    version integer NOT NULL,
    status text NOT NULL,
    based_on text,
    wording jsonb NOT NULL,
    layout jsonb,
    compiled jsonb,
    warnings jsonb NOT NULL,
    sha256 text NOT NULL,
    note text,
    revision integer NOT NULL,
    authors jsonb NOT NULL,
    created_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL,
    submitted_at timestamptz,
    submitted_by text,
    approved_at timestamptz,
    approved_by text,
    review_reason text,
    published_at timestamptz,
    published_by text,
    retired_at timestamptz,
    retired_by text,
    CONSTRAINT pk_template_versions PRIMARY KEY (storefront_id, id),
    CONSTRAINT fk_template_versions_storefront_id FOREIGN KEY (storefront_id) REFERENCES storefronts (id),
    CONSTRAINT uq_template_versions_storefront_id_mode_milestone_version UNIQUE (storefront_id, mode, milestone, version),
    CONSTRAINT ck_template_versions_version CHECK (version > 100),
    CONSTRAINT ck_template_versions_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_template_versions_status CHECK (status IN ('draft', 'in_review', 'published', 'retired'))
);
CREATE UNIQUE INDEX uq_template_versions_published ON template_versions (storefront_id, mode, milestone) WHERE status = 'published';
CREATE INDEX ix_template_versions_storefront_id_mode_id ON template_versions (storefront_id, mode, id);
COMMENT ON TABLE template_versions IS 'One version of a milestone''s wording, of one shop and mode; its words change only while it is a draft';
COMMENT ON COLUMN template_versions.version IS 'As messages name it; built-in versions are counted from 1, a shop''s own from 101';
COMMENT ON COLUMN template_versions.compiled IS 'The layout made HTML of when it was published';
COMMENT ON COLUMN template_versions.authors IS 'Pairs of actor and principal: none of them approves or publishes it'
