-- Which database this is: one row, made with the schema. Shared caches have it in their keys, because they hold
-- numbers of rows: after a rebuild behind the same Redis, a number may belong to another title.

CREATE TABLE instance (
  is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
  instance_id uuid NOT NULL DEFAULT gen_random_uuid()
);
INSERT INTO instance DEFAULT VALUES;

COMMENT ON TABLE instance IS 'One row: the identity of this database, part of every key in a shared cache.';
