-- A time as answers show it. Not immutable, since what a time is as text depends on a setting; connections set it. So the
-- planner writes the expression in the function's place.
CREATE FUNCTION rfc3339(timestamp) RETURNS text LANGUAGE sql STABLE PARALLEL SAFE
    AS $$ SELECT replace($1::text, ' ', 'T') || 'Z' $$;

-- As SQLite has it: the bytes as hexadecimal digits.
CREATE FUNCTION hex(bytea) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ SELECT encode($1, 'hex') $$;
