-- What every entity shares. Text is compared by bytes (COLLATE "C"), so that both databases order it alike; times are
-- UTC. SQLite's twin of this file differs only in the names of types.

-- What the database knows of itself: the key of cursors, the epoch of the change log, whose demo it is.
CREATE TABLE meta (
    key TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- One row a change, written in the change's own transaction. It holds no values: those are in the revisions.
-- Readers go by (epoch, transaction_id, number): a number is handed out before its transaction commits.
CREATE TABLE changes (
    number BIGSERIAL NOT NULL PRIMARY KEY,
    transaction_id BIGINT NOT NULL DEFAULT (pg_current_xact_id()::text::bigint),
    epoch BIGINT NOT NULL,
    entity_type TEXT COLLATE "C" NOT NULL,
    entity_id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    fields TEXT NOT NULL,
    actor TEXT COLLATE "C",
    changed_at TIMESTAMP NOT NULL
);
CREATE UNIQUE INDEX changes_position ON changes (epoch, transaction_id, number);
CREATE INDEX changes_entity ON changes (entity_type, entity_id, number);

-- What was deleted: ids alone, and who could see it.
CREATE TABLE tombstones (
    entity_type TEXT COLLATE "C" NOT NULL,
    entity_id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    visibility TEXT COLLATE "C" NOT NULL,
    deleted_at TIMESTAMP NOT NULL,
    PRIMARY KEY (entity_type, entity_id)
);

-- Ids that outside systems know an entity by. The entity's row holds them too, to be read whole.
CREATE TABLE external_ids (
    entity_type TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    external_id TEXT COLLATE "C" NOT NULL,
    entity_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (entity_type, source, external_id)
);
CREATE INDEX external_ids_entity ON external_ids (entity_type, entity_id);

-- The same columns, with the time in which each id was there: [recorded_from, recorded_to).
CREATE TABLE external_id_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    entity_type TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    external_id TEXT COLLATE "C" NOT NULL,
    entity_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (entity_type, source, external_id, recorded_from)
);
CREATE INDEX external_id_revisions_entity ON external_id_revisions (entity_type, entity_id);

-- First answers to requests with an Idempotency-Key, kept for a day.
CREATE TABLE idempotency (
    caller TEXT COLLATE "C" NOT NULL,
    operation TEXT COLLATE "C" NOT NULL,
    key TEXT COLLATE "C" NOT NULL,
    body_sha256 TEXT COLLATE "C" NOT NULL,
    status SMALLINT NOT NULL,
    version BIGINT,
    location TEXT,
    body TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    PRIMARY KEY (caller, operation, key)
);
CREATE INDEX idempotency_created ON idempotency (created_at);
