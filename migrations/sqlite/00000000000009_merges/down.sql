DROP TABLE member_duplicates;
DROP INDEX members_same_name;
DROP INDEX members_email;
ALTER TABLE member_revisions DROP COLUMN name_folded;
ALTER TABLE member_revisions DROP COLUMN email_folded;
ALTER TABLE members DROP COLUMN name_folded;
ALTER TABLE members DROP COLUMN email_folded;
DROP INDEX tombstones_merged_into;
ALTER TABLE tombstones DROP COLUMN merged_into;
