DROP VIEW network_insiders;
UPDATE organisation_revisions SET document = (document::jsonb - 'contact_member_ids')::text;
UPDATE organisations SET document = (document::jsonb - 'contact_member_ids')::text;
DROP TABLE organisation_contact_revisions;
DROP TABLE organisation_contacts;
