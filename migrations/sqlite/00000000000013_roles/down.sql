DROP VIEW network_insiders;
UPDATE organisation_revisions SET document = json_remove(document, '$.contact_member_ids');
UPDATE organisations SET document = json_remove(document, '$.contact_member_ids');
DELETE FROM sqlite_stat1 WHERE idx = 'sqlite_autoindex_member_identities_2';
DROP TABLE organisation_contact_revisions;
DROP TABLE organisation_contacts;
