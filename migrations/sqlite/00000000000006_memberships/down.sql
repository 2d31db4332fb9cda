DROP INDEX networks_needs_coordinator_fi;
DROP INDEX networks_needs_coordinator_sv;
DROP INDEX networks_needs_coordinator_en;
ALTER TABLE network_revisions DROP COLUMN needs_coordinator;
ALTER TABLE networks DROP COLUMN needs_coordinator;
DROP TABLE membership_revisions;
DROP TABLE memberships;
