CREATE TABLE organisations (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    -- Its own fields, as JSON: read and written whole. What is filtered or sorted by is a column beside it.
    document TEXT NOT NULL,
    kind TEXT NOT NULL,
    -- Derived: the ministry whose field it is in.
    branch TEXT REFERENCES organisations (id),
    -- Said otherwise than the tree says.
    branch_override TEXT REFERENCES organisations (id),
    parent_id TEXT REFERENCES organisations (id),
    business_id TEXT UNIQUE,
    -- Collation keys of the name as each language's readers see it.
    sort_key_fi BLOB NOT NULL,
    sort_key_sv BLOB NOT NULL,
    sort_key_en BLOB NOT NULL,
    -- The version that last changed the name: its rows in organisation_names.
    names_version BIGINT NOT NULL
);
CREATE INDEX organisations_name_fi ON organisations (sort_key_fi, id);
CREATE INDEX organisations_name_sv ON organisations (sort_key_sv, id);
CREATE INDEX organisations_name_en ON organisations (sort_key_en, id);
CREATE INDEX organisations_created ON organisations (created_at, id);
CREATE INDEX organisations_updated ON organisations (updated_at, id);
CREATE INDEX organisations_kind_name_fi ON organisations (kind, sort_key_fi, id);
CREATE INDEX organisations_kind_name_sv ON organisations (kind, sort_key_sv, id);
CREATE INDEX organisations_kind_name_en ON organisations (kind, sort_key_en, id);
CREATE INDEX organisations_branch ON organisations (branch);
CREATE INDEX organisations_branch_override ON organisations (branch_override);
CREATE INDEX organisations_parent ON organisations (parent_id);

-- The same columns, with the time in which they held: [recorded_from, recorded_to).
CREATE TABLE organisation_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    document TEXT NOT NULL,
    kind TEXT NOT NULL,
    branch TEXT,
    branch_override TEXT,
    parent_id TEXT,
    business_id TEXT,
    sort_key_fi BLOB NOT NULL,
    sort_key_sv BLOB NOT NULL,
    sort_key_en BLOB NOT NULL,
    names_version BIGINT NOT NULL,
    PRIMARY KEY (id, recorded_from)
);
CREATE INDEX organisation_revisions_name_fi ON organisation_revisions (sort_key_fi, id);
CREATE INDEX organisation_revisions_name_sv ON organisation_revisions (sort_key_sv, id);
CREATE INDEX organisation_revisions_name_en ON organisation_revisions (sort_key_en, id);
CREATE INDEX organisation_revisions_created ON organisation_revisions (created_at, id);
CREATE INDEX organisation_revisions_updated ON organisation_revisions (updated_at, id);
CREATE INDEX organisation_revisions_branch ON organisation_revisions (branch);
CREATE INDEX organisation_revisions_parent ON organisation_revisions (parent_id);

-- Names folded for "begins with", one row a language. Rows never change: a new name is a new names_version, and the old
-- rows serve "as of".
CREATE TABLE organisation_names (
    organisation_id TEXT NOT NULL,
    names_version BIGINT NOT NULL,
    language TEXT NOT NULL,
    folded TEXT NOT NULL,
    PRIMARY KEY (organisation_id, names_version, language)
);
CREATE INDEX organisation_names_folded ON organisation_names (folded, organisation_id, names_version);

-- Everything above each organisation, itself included at depth 0: a subtree is one indexed look-up.
CREATE TABLE organisation_ancestors (
    organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    ancestor_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    depth INTEGER NOT NULL,
    PRIMARY KEY (organisation_id, ancestor_id)
);
CREATE INDEX organisation_ancestors_ancestor ON organisation_ancestors (ancestor_id, organisation_id);
