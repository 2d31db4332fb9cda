DROP FUNCTION hex(bytea);
DROP FUNCTION rfc3339(timestamp);
