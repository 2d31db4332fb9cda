-- Vocabularies and their concepts (SKOS), and what networks are about.
CREATE TABLE vocabularies (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    document TEXT NOT NULL,
    uri TEXT COLLATE "C" NOT NULL UNIQUE,
    sort_key_fi BYTEA NOT NULL,
    sort_key_sv BYTEA NOT NULL,
    sort_key_en BYTEA NOT NULL
);
CREATE INDEX vocabularies_name_fi ON vocabularies (sort_key_fi, id);
CREATE INDEX vocabularies_name_sv ON vocabularies (sort_key_sv, id);
CREATE INDEX vocabularies_name_en ON vocabularies (sort_key_en, id);
CREATE INDEX vocabularies_created ON vocabularies (created_at, id);
CREATE INDEX vocabularies_updated ON vocabularies (updated_at, id);

CREATE TABLE vocabulary_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    document TEXT NOT NULL,
    uri TEXT COLLATE "C" NOT NULL,
    sort_key_fi BYTEA NOT NULL,
    sort_key_sv BYTEA NOT NULL,
    sort_key_en BYTEA NOT NULL,
    PRIMARY KEY (id, recorded_from)
);
CREATE INDEX vocabulary_revisions_name_fi ON vocabulary_revisions (sort_key_fi, id);
CREATE INDEX vocabulary_revisions_name_sv ON vocabulary_revisions (sort_key_sv, id);
CREATE INDEX vocabulary_revisions_name_en ON vocabulary_revisions (sort_key_en, id);

CREATE TABLE concepts (
    id TEXT COLLATE "C" NOT NULL PRIMARY KEY,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    document TEXT NOT NULL,
    vocabulary_id TEXT COLLATE "C" NOT NULL REFERENCES vocabularies (id),
    uri TEXT COLLATE "C" NOT NULL,
    deprecated BOOLEAN NOT NULL,
    -- What took its place; concept_relations keeps it from dangling.
    replaced_by TEXT COLLATE "C",
    -- Whether nothing is broader.
    is_top BOOLEAN NOT NULL,
    sort_key_fi BYTEA NOT NULL,
    sort_key_sv BYTEA NOT NULL,
    sort_key_en BYTEA NOT NULL,
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
    id TEXT COLLATE "C" NOT NULL,
    version BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    updated_at TIMESTAMP NOT NULL,
    document TEXT NOT NULL,
    vocabulary_id TEXT COLLATE "C" NOT NULL,
    uri TEXT COLLATE "C" NOT NULL,
    deprecated BOOLEAN NOT NULL,
    replaced_by TEXT COLLATE "C",
    is_top BOOLEAN NOT NULL,
    sort_key_fi BYTEA NOT NULL,
    sort_key_sv BYTEA NOT NULL,
    sort_key_en BYTEA NOT NULL,
    names_version BIGINT NOT NULL,
    imported BOOLEAN NOT NULL DEFAULT FALSE,
    PRIMARY KEY (id, recorded_from)
);
CREATE INDEX concept_revisions_vocabulary_name_fi ON concept_revisions (vocabulary_id, sort_key_fi, id);
CREATE INDEX concept_revisions_vocabulary_name_sv ON concept_revisions (vocabulary_id, sort_key_sv, id);
CREATE INDEX concept_revisions_vocabulary_name_en ON concept_revisions (vocabulary_id, sort_key_en, id);

-- Preferred and alternative labels, folded for "begins with". Rows never change: new labels are a new names_version.
CREATE TABLE concept_labels (
    concept_id TEXT COLLATE "C" NOT NULL,
    names_version BIGINT NOT NULL,
    language TEXT COLLATE "C" NOT NULL,
    folded TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (concept_id, names_version, language, folded)
);
CREATE INDEX concept_labels_folded ON concept_labels (folded, language, concept_id, names_version);

-- Relations to other concepts, from their documents: broader, related, replaced_by. They are those of the present.
CREATE TABLE concept_relations (
    concept_id TEXT COLLATE "C" NOT NULL REFERENCES concepts (id) ON DELETE CASCADE,
    relation TEXT COLLATE "C" NOT NULL,
    target_id TEXT COLLATE "C" NOT NULL REFERENCES concepts (id),
    PRIMARY KEY (concept_id, relation, target_id)
);
CREATE INDEX concept_relations_target ON concept_relations (target_id, relation, concept_id);

-- Everything broader than each concept, itself included: a concept with its narrower ones is one indexed look-up.
CREATE TABLE concept_ancestors (
    concept_id TEXT COLLATE "C" NOT NULL REFERENCES concepts (id) ON DELETE CASCADE,
    ancestor_id TEXT COLLATE "C" NOT NULL REFERENCES concepts (id) ON DELETE CASCADE,
    PRIMARY KEY (concept_id, ancestor_id)
);
CREATE INDEX concept_ancestors_ancestor ON concept_ancestors (ancestor_id, concept_id);

-- What networks are about.
CREATE TABLE network_themes (
    network_id TEXT COLLATE "C" NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
    concept_id TEXT COLLATE "C" NOT NULL REFERENCES concepts (id),
    PRIMARY KEY (network_id, concept_id)
);
CREATE INDEX network_themes_concept ON network_themes (concept_id, network_id);

CREATE TABLE network_theme_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    network_id TEXT COLLATE "C" NOT NULL,
    concept_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (network_id, concept_id, recorded_from)
);
CREATE INDEX network_theme_revisions_concept ON network_theme_revisions (concept_id, network_id);
