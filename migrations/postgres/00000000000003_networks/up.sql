CREATE TABLE networks (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    -- Its own fields, as JSON: read and written whole. What is filtered or sorted by is a column beside it.
    document TEXT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    formality TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    join_policy TEXT COLLATE "C" NOT NULL,
    visibility TEXT COLLATE "C" NOT NULL,
    host_organisation_id TEXT COLLATE "C" REFERENCES organisations (id),
    founded_on DATE,
    closed_on DATE,
    sort_key_fi BYTEA NOT NULL,
    sort_key_sv BYTEA NOT NULL,
    sort_key_en BYTEA NOT NULL,
    names_version BIGINT NOT NULL
);
CREATE INDEX networks_name_fi ON networks (sort_key_fi, id);
CREATE INDEX networks_name_sv ON networks (sort_key_sv, id);
CREATE INDEX networks_name_en ON networks (sort_key_en, id);
CREATE INDEX networks_created ON networks (created_at, id);
CREATE INDEX networks_updated ON networks (updated_at, id);
-- Kind and status lead an index a language, since a filter by one goes with the order of names; what has only a few
-- values (formality, join policy, visibility) is looked at row by row on the way.
CREATE INDEX networks_kind_name_fi ON networks (kind, sort_key_fi, id);
CREATE INDEX networks_kind_name_sv ON networks (kind, sort_key_sv, id);
CREATE INDEX networks_kind_name_en ON networks (kind, sort_key_en, id);
CREATE INDEX networks_status_name_fi ON networks (status, sort_key_fi, id);
CREATE INDEX networks_status_name_sv ON networks (status, sort_key_sv, id);
CREATE INDEX networks_status_name_en ON networks (status, sort_key_en, id);
CREATE INDEX networks_host ON networks (host_organisation_id);

CREATE TABLE network_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    document TEXT NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    formality TEXT COLLATE "C" NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    join_policy TEXT COLLATE "C" NOT NULL,
    visibility TEXT COLLATE "C" NOT NULL,
    host_organisation_id TEXT COLLATE "C",
    founded_on DATE,
    closed_on DATE,
    sort_key_fi BYTEA NOT NULL,
    sort_key_sv BYTEA NOT NULL,
    sort_key_en BYTEA NOT NULL,
    names_version BIGINT NOT NULL,
    PRIMARY KEY (id, recorded_from)
);
CREATE INDEX network_revisions_name_fi ON network_revisions (sort_key_fi, id);
CREATE INDEX network_revisions_name_sv ON network_revisions (sort_key_sv, id);
CREATE INDEX network_revisions_name_en ON network_revisions (sort_key_en, id);
CREATE INDEX network_revisions_created ON network_revisions (created_at, id);
CREATE INDEX network_revisions_updated ON network_revisions (updated_at, id);
CREATE INDEX network_revisions_host ON network_revisions (host_organisation_id);

CREATE TABLE network_names (
    network_id TEXT COLLATE "C" NOT NULL,
    names_version BIGINT NOT NULL,
    language TEXT COLLATE "C" NOT NULL,
    folded TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (network_id, names_version, language)
);
CREATE INDEX network_names_folded ON network_names (folded, network_id, names_version);

-- Typed, dated edges: [valid_from, valid_to). A network takes its own with it when it is deleted; one that points at it
-- keeps it from being deleted.
CREATE TABLE network_links (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    from_id TEXT COLLATE "C" NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
    to_id TEXT COLLATE "C" NOT NULL REFERENCES networks (id),
    valid_from DATE NOT NULL,
    valid_to DATE
);
CREATE INDEX network_links_from ON network_links (from_id, type);
CREATE INDEX network_links_to ON network_links (to_id, type);

CREATE TABLE network_link_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    type TEXT COLLATE "C" NOT NULL,
    from_id TEXT COLLATE "C" NOT NULL,
    to_id TEXT COLLATE "C" NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    PRIMARY KEY (id, recorded_from)
);
CREATE INDEX network_link_revisions_from ON network_link_revisions (from_id);
CREATE INDEX network_link_revisions_to ON network_link_revisions (to_id);
