-- The office that a member holds, as the HR system says.
ALTER TABLE members ADD COLUMN office TEXT;
ALTER TABLE member_revisions ADD COLUMN office TEXT;
CREATE INDEX members_office_name ON members (office, sort_key, id) WHERE office IS NOT NULL;
CREATE INDEX member_revisions_office ON member_revisions (office, sort_key, id) WHERE office IS NOT NULL;

-- Who belongs to a network by office: a row for each office, and for each kind of organisation, branch and organisation
-- above theirs that the rule names; * where any will do. None while the network is closed.
CREATE TABLE ex_officio_rules (
    network_id TEXT NOT NULL REFERENCES networks (id) ON DELETE CASCADE,
    -- office, organisation_kind, branch or subtree.
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    organisation_id TEXT REFERENCES organisations (id),
    applies_itself BOOLEAN NOT NULL,
    PRIMARY KEY (network_id, facet, value)
);
CREATE INDEX ex_officio_rules_value ON ex_officio_rules (facet, value, network_id);
CREATE INDEX ex_officio_rules_organisation ON ex_officio_rules (organisation_id);

CREATE TABLE ex_officio_rule_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    network_id TEXT NOT NULL,
    facet TEXT NOT NULL,
    value TEXT NOT NULL,
    organisation_id TEXT,
    applies_itself BOOLEAN NOT NULL,
    PRIMARY KEY (network_id, facet, value, recorded_from)
);

-- Documents go into answers as they are stored: those of before get the new fields.
UPDATE members SET document = substr(document, 1, length(document) - 1) || ',"office":null}';
UPDATE member_revisions SET document = substr(document, 1, length(document) - 1) || ',"office":null}';
UPDATE networks SET document = substr(document, 1, length(document) - 1) || ',"ex_officio_rule":null}';
UPDATE network_revisions SET document = substr(document, 1, length(document) - 1) || ',"ex_officio_rule":null}';

-- What SQLite's planner believes of the sizes (see 00000000000003_networks).
INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES
    ('members', 'members_office_name', '20000 1000 1 1'),
    ('ex_officio_rules', 'sqlite_autoindex_ex_officio_rules_1', '10000 6 2 1'),
    ('ex_officio_rules', 'ex_officio_rules_value', '10000 2500 100 1'),
    ('ex_officio_rules', 'ex_officio_rules_organisation', '2000 4');
