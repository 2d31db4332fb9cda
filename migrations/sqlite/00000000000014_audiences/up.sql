-- Who may see which fields of a person, out of the profile that says so: the database keeps them in step with it, also
-- where a replica of an earlier version writes. The twin holds what they were.
ALTER TABLE members ADD COLUMN audience_contact TEXT NOT NULL GENERATED ALWAYS AS (COALESCE(json_extract(profile, '$.visibility.contact'), 'administration')) VIRTUAL;
ALTER TABLE members ADD COLUMN audience_bio TEXT NOT NULL GENERATED ALWAYS AS (COALESCE(json_extract(profile, '$.visibility.bio'), 'administration')) VIRTUAL;
ALTER TABLE members ADD COLUMN audience_skills TEXT NOT NULL GENERATED ALWAYS AS (COALESCE(json_extract(profile, '$.visibility.skills'), 'administration')) VIRTUAL;
ALTER TABLE members ADD COLUMN audience_availability TEXT NOT NULL GENERATED ALWAYS AS (COALESCE(json_extract(profile, '$.visibility.availability'), 'administration')) VIRTUAL;
ALTER TABLE members ADD COLUMN audience_experience TEXT NOT NULL GENERATED ALWAYS AS (COALESCE(json_extract(profile, '$.visibility.experience'), 'administration')) VIRTUAL;
ALTER TABLE members ADD COLUMN audience_memberships TEXT NOT NULL GENERATED ALWAYS AS (COALESCE(json_extract(profile, '$.visibility.memberships'), 'administration')) VIRTUAL;
ALTER TABLE member_revisions ADD COLUMN audience_contact TEXT NOT NULL DEFAULT 'administration';
ALTER TABLE member_revisions ADD COLUMN audience_bio TEXT NOT NULL DEFAULT 'administration';
ALTER TABLE member_revisions ADD COLUMN audience_skills TEXT NOT NULL DEFAULT 'administration';
ALTER TABLE member_revisions ADD COLUMN audience_availability TEXT NOT NULL DEFAULT 'administration';
ALTER TABLE member_revisions ADD COLUMN audience_experience TEXT NOT NULL DEFAULT 'administration';
ALTER TABLE member_revisions ADD COLUMN audience_memberships TEXT NOT NULL DEFAULT 'administration';
UPDATE member_revisions SET
    audience_contact = COALESCE(json_extract(profile, '$.visibility.contact'), 'administration'),
    audience_bio = COALESCE(json_extract(profile, '$.visibility.bio'), 'administration'),
    audience_skills = COALESCE(json_extract(profile, '$.visibility.skills'), 'administration'),
    audience_availability = COALESCE(json_extract(profile, '$.visibility.availability'), 'administration'),
    audience_experience = COALESCE(json_extract(profile, '$.visibility.experience'), 'administration'),
    audience_memberships = COALESCE(json_extract(profile, '$.visibility.memberships'), 'administration')
WHERE json_extract(profile, '$.visibility.contact') <> 'administration'
    OR json_extract(profile, '$.visibility.bio') <> 'administration'
    OR json_extract(profile, '$.visibility.skills') <> 'administration'
    OR json_extract(profile, '$.visibility.availability') <> 'administration'
    OR json_extract(profile, '$.visibility.experience') <> 'administration'
    OR json_extract(profile, '$.visibility.memberships') <> 'administration';

-- The present, also in a query as of a time, where the tables' own names stand for the past (db::as_of): what somebody may
-- see of the past is for what holds today.
CREATE VIEW present_members AS SELECT
    id, organisation_id, protected,
    audience_contact, audience_bio, audience_skills,
    audience_availability, audience_experience, audience_memberships
FROM members;
CREATE VIEW present_memberships AS SELECT member_id, network_id, role, state FROM memberships;
CREATE VIEW present_ancestors AS SELECT organisation_id, ancestor_id FROM organisation_ancestors;
