-- Who may see which fields of a person, out of the profile that says so: the database keeps them in step with it, also
-- where a replica of an earlier version writes. The twin holds what they were.
ALTER TABLE members
    ADD COLUMN audience_contact TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (COALESCE(profile::json #>> '{visibility,contact}', 'administration')) STORED,
    ADD COLUMN audience_bio TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (COALESCE(profile::json #>> '{visibility,bio}', 'administration')) STORED,
    ADD COLUMN audience_skills TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (COALESCE(profile::json #>> '{visibility,skills}', 'administration')) STORED,
    ADD COLUMN audience_availability TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (COALESCE(profile::json #>> '{visibility,availability}', 'administration')) STORED,
    ADD COLUMN audience_experience TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (COALESCE(profile::json #>> '{visibility,experience}', 'administration')) STORED,
    ADD COLUMN audience_memberships TEXT COLLATE "C" NOT NULL GENERATED ALWAYS AS (COALESCE(profile::json #>> '{visibility,memberships}', 'administration')) STORED;
ALTER TABLE member_revisions
    ADD COLUMN audience_contact TEXT COLLATE "C" NOT NULL DEFAULT 'administration',
    ADD COLUMN audience_bio TEXT COLLATE "C" NOT NULL DEFAULT 'administration',
    ADD COLUMN audience_skills TEXT COLLATE "C" NOT NULL DEFAULT 'administration',
    ADD COLUMN audience_availability TEXT COLLATE "C" NOT NULL DEFAULT 'administration',
    ADD COLUMN audience_experience TEXT COLLATE "C" NOT NULL DEFAULT 'administration',
    ADD COLUMN audience_memberships TEXT COLLATE "C" NOT NULL DEFAULT 'administration';
UPDATE member_revisions SET
    audience_contact = COALESCE(profile::json #>> '{visibility,contact}', 'administration'),
    audience_bio = COALESCE(profile::json #>> '{visibility,bio}', 'administration'),
    audience_skills = COALESCE(profile::json #>> '{visibility,skills}', 'administration'),
    audience_availability = COALESCE(profile::json #>> '{visibility,availability}', 'administration'),
    audience_experience = COALESCE(profile::json #>> '{visibility,experience}', 'administration'),
    audience_memberships = COALESCE(profile::json #>> '{visibility,memberships}', 'administration')
WHERE profile::json #>> '{visibility,contact}' <> 'administration'
    OR profile::json #>> '{visibility,bio}' <> 'administration'
    OR profile::json #>> '{visibility,skills}' <> 'administration'
    OR profile::json #>> '{visibility,availability}' <> 'administration'
    OR profile::json #>> '{visibility,experience}' <> 'administration'
    OR profile::json #>> '{visibility,memberships}' <> 'administration';

-- The present, also in a query as of a time, where the tables' own names stand for the past (db::as_of): what somebody may
-- see of the past is for what holds today.
CREATE VIEW present_members AS SELECT
    id, organisation_id, protected,
    audience_contact, audience_bio, audience_skills,
    audience_availability, audience_experience, audience_memberships
FROM members;
CREATE VIEW present_memberships AS SELECT member_id, network_id, role, state FROM memberships;
CREATE VIEW present_ancestors AS SELECT organisation_id, ancestor_id FROM organisation_ancestors;
