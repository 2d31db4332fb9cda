DROP TABLE idempotency;
DROP TABLE external_id_revisions;
DROP TABLE external_ids;
DROP TABLE tombstones;
DROP TABLE changes;
DROP TABLE meta;
