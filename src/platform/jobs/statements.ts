/** What several statements about jobs have in common. */

/** A job that waits, for Graphile Worker: its id under its own key, so that it is sent once however often it is sent. */
const SPEC = `('sluice:' || queue, json_build_object('id', job_id::text), NULL::text, run_at, NULL::integer, job_id::text,
  NULL::integer, NULL::text[])::graphile_worker.job_spec`;

/** A CTE that hands waiting jobs of another one (`job_id`, `queue`, `state`, `run_at`) to workers; it has to be selected from. */
export const sentFrom = (cte: string): string => `
sent AS (
  SELECT count(*) AS n FROM (
    SELECT graphile_worker.add_jobs(specs)
    FROM (SELECT array_agg(${SPEC}) AS specs FROM ${cte} WHERE state = 'queued') s
    WHERE specs IS NOT NULL
  ) added
)`;

/** The name under which Graphile Worker has the jobs of a queue. */
export const engineTask = (queue: string): string => `sluice:${queue}`;
