-- Vocabularies and their concepts (SKOS), and what networks are about.
CREATE TABLE vocabularies (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    document TEXT NOT NULL,
    uri TEXT NOT NULL UNIQUE,
    sort_key_fi BLOB NOT NULL,
    sort_key_sv BLOB NOT NULL,
    sort_key_en BLOB NOT NULL
);
CREATE INDEX vocabularies_name_fi ON vocabularies (sort_key_fi, id);
CREATE INDEX vocabularies_name_sv ON vocabularies (sort_key_sv, id);
CREATE INDEX vocabularies_name_en ON vocabularies (sort_key_en, id);
CREATE INDEX vocabularies_created ON vocabularies (created_at, id);
CREATE INDEX vocabularies_updated ON vocabularies (updated_at, id);

CREATE TABLE vocabulary_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    document TEXT NOT NULL,
    uri TEXT NOT NULL,
    sort_key_fi BLOB NOT NULL,
    sort_key_sv BLOB NOT NULL,
    sort_key_en BLOB NOT NULL,
    PRIMARY KEY (id, recorded_from)
);
CREATE INDEX vocabulary_revisions_name_fi ON vocabulary_revisions (sort_key_fi, id);
CREATE INDEX vocabulary_revisions_name_sv ON vocabulary_revisions (sort_key_sv, id);
CREATE INDEX vocabulary_revisions_name_en ON vocabulary_revisions (sort_key_en, id);

CREATE TABLE concepts (
    id TEXT NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    document TEXT NOT NULL,
    vocabulary_id TEXT NOT NULL REFERENCES vocabularies (id),
    uri TEXT NOT NULL,
    deprecated BOOLEAN NOT NULL,
    -- What took its place; concept_relations keeps it from dangling.
    replaced_by TEXT,
    -- Whether nothing is broader.
    is_top BOOLEAN NOT NULL,
    sort_key_fi BLOB NOT NULL,
    sort_key_sv BLOB NOT NULL,
    sort_key_en BLOB NOT NULL,
    names_version BIGINT NOT NULL,
    -- Whether it came from a file, and so can vanish from one.
    imported BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX concepts_uri ON concepts (vocabulary_id, uri);
CREATE INDEX concepts_vocabulary_name_fi ON concepts (vocabulary_id, sort_key_fi, id);
CREATE INDEX concepts_vocabulary_name_sv ON concepts (vocabulary_id, sort_key_sv, id);
CREATE INDEX concepts_vocabulary_name_en ON concepts (vocabulary_id, sort_key_en, id);
CREATE INDEX concepts_top ON concepts (vocabulary_id, is_top);
CREATE INDEX concepts_created ON concepts (vocabulary_id, created_at, id);
CREATE INDEX concepts_updated ON concepts (vocabulary_id, updated_at, id);

CREATE TABLE concept_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    id TEXT NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    document TEXT NOT NULL,
    vocabulary_id TEXT NOT NULL,
    uri TEXT NOT NULL,
    deprecated BOOLEAN NOT NULL,
    replaced_by TEXT,
    is_top BOOLEAN NOT NULL,
    sort_key_fi BLOB NOT NULL,
    sort_key_sv BLOB NOT NULL,
    sort_key_en BLOB NOT NULL,
    names_version BIGINT NOT NULL,
    imported BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (id, recorded_from)
);
CREATE INDEX concept_revisions_vocabulary_name_fi ON concept_revisions (vocabulary_id, sort_key_fi, id);
CREATE INDEX concept_revisions_vocabulary_name_sv ON concept_revisions (vocabulary_id, sort_key_sv, id);
CREATE INDEX concept_revisions_vocabulary_name_en ON concept_revisions (vocabulary_id, sort_key_en, id);

-- Preferred and alternative labels, folded for "begins with". Rows never change: new labels are a new names_version.
CREATE TABLE concept_labels (
    concept_id TEXT NOT NULL,
    names_version BIGINT NOT NULL,
    language TEXT NOT NULL,
    folded TEXT NOT NULL,
    PRIMARY KEY (concept_id, names_version, language, folded)
);
CREATE INDEX concept_labels_folded ON concept_labels (folded, language, concept_id, names_version);

-- Relations to other concepts, from their documents: broader, related, replaced_by. They are those of the present.
CREATE TABLE concept_relations (
    concept_id TEXT NOT NULL REFERENCES concepts (id) ON DELETE CASCADE,
    relation TEXT NOT NULL,
    target_id TEXT NOT NULL REFERENCES concepts (id),
    PRIMARY KEY (concept_id, relation, target_id)
);
CREATE INDEX concept_relations_target ON concept_relations (target_id, relation, concept_id);

-- Everything broader than each concept, itself included: a concept with its narrower ones is one indexed look-up.
CREATE TABLE concept_ancestors (
    concept_id TEXT NOT NULL REFERENCES concepts (id) ON DELETE CASCADE,
    ancestor_id TEXT NOT NULL REFERENCES concepts (id) ON DELETE CASCADE,
    PRIMARY KEY (concept_id, ancestor_id)
);
CREATE INDEX concept_ancestors_ancestor ON concept_ancestors (ancestor_id, concept_id);

-- What networks are about.
CREATE TABLE network_themes (
    network_id TEXT NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
    concept_id TEXT NOT NULL REFERENCES concepts (id),
    PRIMARY KEY (network_id, concept_id)
);
CREATE INDEX network_themes_concept ON network_themes (concept_id, network_id);

CREATE TABLE network_theme_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    network_id TEXT NOT NULL,
    concept_id TEXT NOT NULL,
    PRIMARY KEY (network_id, concept_id, recorded_from)
);
CREATE INDEX network_theme_revisions_concept ON network_theme_revisions (concept_id, network_id);

-- What SQLite's planner believes of the sizes (see 00000000000003_networks).
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('concepts', 'sqlite_autoindex_concepts_1', '50000 1'),
    ('concepts', 'concepts_uri', '50000 2500 1'),
    ('concepts', 'concepts_vocabulary_name_fi', '50000 2500 1 1'),
    ('concepts', 'concepts_vocabulary_name_sv', '50000 2500 1 1'),
    ('concepts', 'concepts_vocabulary_name_en', '50000 2500 1 1'),
    ('concepts', 'concepts_top', '50000 2500 100'),
    ('concepts', 'concepts_created', '50000 2500 2 1'),
    ('concepts', 'concepts_updated', '50000 2500 2 1'),
    ('concept_labels', 'sqlite_autoindex_concept_labels_1', '200000 4 4 2 1'),
    ('concept_labels', 'concept_labels_folded', '200000 2 1 1 1'),
    ('concept_relations', 'sqlite_autoindex_concept_relations_1', '75000 2 1 1'),
    ('concept_relations', 'concept_relations_target', '75000 3 2 1'),
    ('concept_ancestors', 'sqlite_autoindex_concept_ancestors_1', '300000 6 1'),
    ('concept_ancestors', 'concept_ancestors_ancestor', '300000 6 1'),
    ('network_themes', 'sqlite_autoindex_network_themes_1', '300000 3 1'),
    ('network_themes', 'network_themes_concept', '300000 100 1');
