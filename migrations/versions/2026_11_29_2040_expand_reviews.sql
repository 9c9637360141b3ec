-- Feedback and reviews of the procedure; the migration of the same name gives out the rights on them.

CREATE TABLE feedback (
    storefront_id uuid NOT NULL,
    order_id uuid NOT NULL,
    id uuid NOT NULL,
    mode text NOT NULL,
    message_id uuid NOT NULL,
    channel text NOT NULL,
    rating smallint NOT NULL,
    comment text,
    given_at timestamptz NOT NULL,
    CONSTRAINT pk_feedback PRIMARY KEY (storefront_id, order_id),
    CONSTRAINT fk_feedback_storefront_id_order_id FOREIGN KEY (storefront_id, order_id) REFERENCES orders (storefront_id, id),
    CONSTRAINT ck_feedback_mode CHECK (mode IN ('live', 'test')),
    CONSTRAINT ck_feedback_channel CHECK (channel IN ('email', 'sms', 'push', 'voice')),
    CONSTRAINT ck_feedback_rating CHECK (rating BETWEEN 1 AND 5)
);
CREATE INDEX ix_feedback_storefront_id_mode_id ON feedback (storefront_id, mode, id);
CREATE INDEX ix_feedback_storefront_id_mode_rating_id ON feedback (storefront_id, mode, rating, id);

CREATE TABLE template_comments (
    storefront_id uuid NOT NULL,
    id uuid NOT NULL,
    milestone text NOT NULL,
    channel text,
    locale text,
    version integer,
    comment text NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT pk_template_comments PRIMARY KEY (storefront_id, id),
    CONSTRAINT ck_template_comments_channel CHECK (channel IN ('email', 'sms', 'push', 'voice'))
);
CREATE INDEX ix_template_comments_storefront_id_milestone_id ON template_comments (storefront_id, milestone, id);

CREATE TABLE reviews (
    storefront_id uuid NOT NULL,
    id uuid NOT NULL,
    status text NOT NULL,
    opened_at timestamptz NOT NULL,
    opened_by text NOT NULL,
    input jsonb NOT NULL,
    owner text,
    warns_at timestamptz NOT NULL,
    due_at timestamptz NOT NULL,
    escalates_at timestamptz NOT NULL,
    warned_at timestamptz,
    missed_at timestamptz,
    escalated_at timestamptz,
    decision text,
    follow_ups jsonb NOT NULL,
    concluded_at timestamptz,
    concluded_by text,
    last_seq integer NOT NULL,
    CONSTRAINT pk_reviews PRIMARY KEY (storefront_id, id),
    CONSTRAINT fk_reviews_storefront_id FOREIGN KEY (storefront_id) REFERENCES storefronts (id),
    CONSTRAINT ck_reviews_status CHECK (status IN ('open', 'concluded'))
);
CREATE INDEX ix_reviews_due ON reviews (due_at) WHERE status = 'open';
CREATE UNIQUE INDEX uq_reviews_open ON reviews (storefront_id) WHERE status = 'open';

CREATE TABLE review_causes (
    storefront_id uuid NOT NULL,
    id uuid NOT NULL,
    review_id uuid NOT NULL,
    kind text NOT NULL,
    dedupe_key text NOT NULL,
    about jsonb NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT pk_review_causes PRIMARY KEY (storefront_id, id),
    CONSTRAINT uq_review_causes_storefront_id_dedupe_key UNIQUE (storefront_id, dedupe_key),
    CONSTRAINT fk_review_causes_storefront_id_review_id FOREIGN KEY (storefront_id, review_id) REFERENCES reviews (storefront_id, id),
    CONSTRAINT ck_review_causes_kind CHECK (kind IN ('yearly', 'policy', 'calendar', 'milestones', 'template', 'by_hand'))
);
CREATE INDEX ix_review_causes_storefront_id_review_id_id ON review_causes (storefront_id, review_id, id);

CREATE TABLE review_watches (
    storefront_id uuid NOT NULL,
    xid xid8 NOT NULL,
    record_id uuid NOT NULL,
    yearly_at timestamptz NOT NULL,
    known_tables jsonb NOT NULL,
    CONSTRAINT pk_review_watches PRIMARY KEY (storefront_id),
    CONSTRAINT fk_review_watches_storefront_id FOREIGN KEY (storefront_id) REFERENCES storefronts (id)
);
