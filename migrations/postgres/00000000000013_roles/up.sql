-- Whom to ask of an organisation: they edit what belongs to it. Whoever forgets a member, or merges one away, holds rows of
-- organisations last: after the member is gone.
CREATE TABLE organisation_contacts (
    organisation_id TEXT COLLATE "C" NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    member_id TEXT COLLATE "C" NOT NULL REFERENCES members (id) DEFERRABLE INITIALLY DEFERRED,
    PRIMARY KEY (organisation_id, member_id)
);
CREATE INDEX organisation_contacts_member ON organisation_contacts (member_id, organisation_id);

CREATE TABLE organisation_contact_revisions (
    recorded_from TIMESTAMP NOT NULL,
    recorded_to TIMESTAMP NOT NULL,
    organisation_id TEXT COLLATE "C" NOT NULL,
    member_id TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (organisation_id, member_id, recorded_from)
);
CREATE INDEX organisation_contact_revisions_member ON organisation_contact_revisions (member_id);

-- Documents go into answers as they are stored: those of before get the new field.
UPDATE organisations SET document = substr(document, 1, length(document) - 1) || ',"contact_member_ids":[]}';
UPDATE organisation_revisions SET document = substr(document, 1, length(document) - 1) || ',"contact_member_ids":[]}';

-- Who is in which network, by the internal id of callers: now, also where the past is read. A query of the past hides
-- tables behind what they were; what a view names stays.
CREATE VIEW network_insiders AS
    SELECT member_identities.caller_id, memberships.network_id
    FROM member_identities JOIN memberships ON memberships.member_id = member_identities.member_id
    WHERE memberships.state = 'active';
