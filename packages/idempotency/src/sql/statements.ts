import { mustBe } from "@lamella/core/extend";

/** What is asked of the database. */
export interface Statements {
  readonly begin: string;
  readonly read: string;
  readonly renew: string;
  readonly complete: string;
  readonly release: string;
  readonly clean: string;
}

/** An identifier as PostgreSQL takes it, and a schema's before it. It is quoted, so its case counts. */
const NAME = /^[A-Za-z_][\w$]{0,62}(?:\.[A-Za-z_][\w$]{0,62})?$/;

/** @throws {TypeError} When it is no name of a table. */
function quoted(where: string, table: string): readonly string[] {
  mustBe(typeof table === "string" && NAME.test(table), where, "a name, or a schema and a name", table);
  return table.split(".").map((part) => `"${part}"`);
}

/**
 * The statements that create the table of `sqlStore`, for your migrations.
 *
 * @throws {TypeError} When it is no name of a table.
 * @example
 * await pool.query(sqlTable());
 */
export function sqlTable(table: string = "idempotency"): string {
  const parts = quoted("sqlTable(table)", table);
  const index = `${(parts.at(-1) as string).slice(1, -1).slice(0, 50)}_expires_at`;
  return `create table if not exists ${parts.join(".")} (
  id text primary key,
  status text not null check (status in ('in-progress', 'completed')),
  token text not null,
  owner text,
  -- Milliseconds since the epoch, by the clocks of the functions.
  lease_until bigint,
  expires_at bigint not null,
  validation text,
  data json
);
create index if not exists "${index}" on ${parts.join(".")} (expires_at);`;
}

/** @throws {TypeError} When it is no name of a table. */
export function toStatements(table: string): Statements {
  const name = quoted("sqlStore({ table })", table).join(".");
  const own = "id = $1::text and token = $2::text";
  // Each value goes as text, so that no driver and no type of theirs changes it.
  return {
    // As `isFree` has it.
    begin: `insert into ${name} as r (id, status, token, owner, lease_until, expires_at, validation)
values ($1::text, 'in-progress', $2::text, $3::text, $4::text::bigint, $5::text::bigint, $6::text)
on conflict (id) do update set status = excluded.status, token = excluded.token, owner = excluded.owner,
  lease_until = excluded.lease_until, expires_at = excluded.expires_at, validation = excluded.validation, data = null
where case when r.status = 'completed' then r.expires_at <= $7::text::bigint
  else r.token = $8::text or coalesce(r.lease_until, r.expires_at) < $9::text::bigint end
returning 1`,
    // One value, as text, so that no driver changes names or types.
    read: `select json_build_array(status, token, owner, lease_until, expires_at, validation, data is not null, data)::text
from ${name} where id = $1::text`,
    renew: `update ${name} set lease_until = greatest(lease_until, $3::text::bigint),
  expires_at = case when lease_until <= $3::text::bigint then $4::text::bigint else expires_at end,
  owner = case when lease_until <= $3::text::bigint then $5::text else owner end
where ${own} and status = 'in-progress' returning 1`,
    // Once: a second call of the same token comes of a lost answer.
    complete: `update ${name} set status = 'completed', owner = null, lease_until = null,
  expires_at = case status when 'completed' then expires_at else $3::text::bigint end,
  data = case status when 'completed' then data else $4::text::json end,
  validation = case status when 'completed' then validation else $5::text end
where ${own} returning 1`,
    release: `delete from ${name} where ${own} and status = 'in-progress'`,
    clean: `delete from ${name} where id in (
  select id from ${name} where expires_at < $1::text::bigint and (lease_until is null or lease_until < $1::text::bigint)
  order by expires_at limit $2::text::int for update skip locked
) returning 1`,
  };
}
