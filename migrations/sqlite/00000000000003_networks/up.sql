CREATE TABLE networks (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    -- Its own fields, as JSON: read and written whole. What is filtered or sorted by is a column beside it.
    document TEXT NOT NULL,
    kind TEXT NOT NULL,
    formality TEXT NOT NULL,
    status TEXT NOT NULL,
    join_policy TEXT NOT NULL,
    visibility TEXT NOT NULL,
    host_organisation_id TEXT REFERENCES organisations (id),
    founded_on DATE,
    closed_on DATE,
    sort_key_fi BLOB NOT NULL,
    sort_key_sv BLOB NOT NULL,
    sort_key_en BLOB NOT NULL,
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
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    document TEXT NOT NULL,
    kind TEXT NOT NULL,
    formality TEXT NOT NULL,
    status TEXT NOT NULL,
    join_policy TEXT NOT NULL,
    visibility TEXT NOT NULL,
    host_organisation_id TEXT,
    founded_on DATE,
    closed_on DATE,
    sort_key_fi BLOB NOT NULL,
    sort_key_sv BLOB NOT NULL,
    sort_key_en BLOB NOT NULL,
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
    network_id TEXT NOT NULL,
    names_version BIGINT NOT NULL,
    language TEXT NOT NULL,
    folded TEXT NOT NULL,
    PRIMARY KEY (network_id, names_version, language)
);
CREATE INDEX network_names_folded ON network_names (folded, network_id, names_version);

-- Typed, dated edges: [valid_from, valid_to). A network takes its own with it when it is deleted; one that points at it
-- keeps it from being deleted.
CREATE TABLE network_links (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    type TEXT NOT NULL,
    from_id TEXT NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
    to_id TEXT NOT NULL REFERENCES networks (id),
    valid_from DATE NOT NULL,
    valid_to DATE
);
CREATE INDEX network_links_from ON network_links (from_id, type);
CREATE INDEX network_links_to ON network_links (to_id, type);

CREATE TABLE network_link_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    type TEXT NOT NULL,
    from_id TEXT NOT NULL,
    to_id TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    PRIMARY KEY (id, recorded_from)
);
CREATE INDEX network_link_revisions_from ON network_link_revisions (from_id);
CREATE INDEX network_link_revisions_to ON network_link_revisions (to_id);

-- What the planner believes of the sizes, instead of what it would guess (ten rows a value, and so a sort of 30,000 for a
-- page of 50). Fixed, so that plans never change under a running service; `ANALYZE` replaces it by what is counted.
ANALYZE;
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('organisations', 'sqlite_autoindex_organisations_1', '5000 1'),
    ('organisations', 'sqlite_autoindex_organisations_2', '5000 1'),
    ('organisations', 'organisations_name_fi', '5000 1 1'),
    ('organisations', 'organisations_name_sv', '5000 1 1'),
    ('organisations', 'organisations_name_en', '5000 1 1'),
    ('organisations', 'organisations_kind_name_fi', '5000 600 1 1'),
    ('organisations', 'organisations_kind_name_sv', '5000 600 1 1'),
    ('organisations', 'organisations_kind_name_en', '5000 600 1 1'),
    ('organisations', 'organisations_created', '5000 1 1'),
    ('organisations', 'organisations_updated', '5000 1 1'),
    ('organisations', 'organisations_branch', '5000 400'),
    ('organisations', 'organisations_branch_override', '5000 5'),
    ('organisations', 'organisations_parent', '5000 20'),
    ('organisation_names', 'sqlite_autoindex_organisation_names_1', '15000 3 3 1'),
    ('organisation_names', 'organisation_names_folded', '15000 1 1 1'),
    ('organisation_ancestors', 'sqlite_autoindex_organisation_ancestors_1', '15000 3 1'),
    ('organisation_ancestors', 'organisation_ancestors_ancestor', '15000 3 1'),
    ('networks', 'sqlite_autoindex_networks_1', '100000 1'),
    ('networks', 'networks_name_fi', '100000 1 1'),
    ('networks', 'networks_name_sv', '100000 1 1'),
    ('networks', 'networks_name_en', '100000 1 1'),
    ('networks', 'networks_kind_name_fi', '100000 14000 1 1'),
    ('networks', 'networks_kind_name_sv', '100000 14000 1 1'),
    ('networks', 'networks_kind_name_en', '100000 14000 1 1'),
    ('networks', 'networks_status_name_fi', '100000 25000 1 1'),
    ('networks', 'networks_status_name_sv', '100000 25000 1 1'),
    ('networks', 'networks_status_name_en', '100000 25000 1 1'),
    ('networks', 'networks_created', '100000 1 1'),
    ('networks', 'networks_updated', '100000 1 1'),
    ('networks', 'networks_host', '100000 20'),
    ('network_names', 'sqlite_autoindex_network_names_1', '300000 3 3 1'),
    ('network_names', 'network_names_folded', '300000 1 1 1'),
    ('network_links', 'sqlite_autoindex_network_links_1', '100000 1'),
    ('network_links', 'network_links_from', '100000 2 1'),
    ('network_links', 'network_links_to', '100000 2 1');
