-- What every entity shares. Text is compared by bytes; times are UTC. PostgreSQL's twin of this file says more of the
-- types.

-- What the database knows of itself: the key of cursors, the epoch of the change log, whose demo it is.
CREATE TABLE meta (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- One row a change, written in the change's own transaction. It holds no values: those are in the revisions.
-- One writer at a time commits in the order of the numbers, so transaction_id is always 0 here.
CREATE TABLE changes (
    number INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    transaction_id BIGINT NOT NULL DEFAULT 0,
    epoch BIGINT NOT NULL,
    entity_type TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    action TEXT NOT NULL,
    fields TEXT NOT NULL,
    actor TEXT,
    changed_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX changes_position ON changes (epoch, transaction_id, number);
CREATE INDEX changes_entity ON changes (entity_type, entity_id, number);

-- What was deleted: ids alone, and who could see it.
CREATE TABLE tombstones (
    entity_type TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    version BIGINT NOT NULL,
    visibility TEXT NOT NULL,
    deleted_at TIMESTAMP NOT NULL,
    PRIMARY KEY (entity_type, entity_id)
);

-- Ids that outside systems know an entity by. The entity's row holds them too, to be read whole.
CREATE TABLE external_ids (
    entity_type TEXT NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    PRIMARY KEY (entity_type, source, external_id)
);
CREATE INDEX external_ids_entity ON external_ids (entity_type, entity_id);

-- The same columns, with the time in which each id was there: [recorded_from, recorded_to).
CREATE TABLE external_id_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    entity_type TEXT NOT NULL,
    source TEXT NOT NULL,
    external_id TEXT NOT NULL,
    entity_id TEXT NOT NULL,
    PRIMARY KEY (entity_type, source, external_id, recorded_from)
);
CREATE INDEX external_id_revisions_entity ON external_id_revisions (entity_type, entity_id);

-- First answers to requests with an Idempotency-Key, kept for a day.
CREATE TABLE idempotency (
    caller TEXT NOT NULL,
    operation TEXT NOT NULL,
    key TEXT NOT NULL,
    body_sha256 TEXT NOT NULL,
    status SMALLINT NOT NULL,
    version BIGINT,
    location TEXT,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (caller, operation, key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);
