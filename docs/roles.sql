-- Three roles with the least rights that Navette needs. Run it in Navette's database as its owner, before the first `navette migrate`
-- and again after each one; running it twice changes nothing. It needs no superuser, but of its runner:
--   * the database is theirs, and PostgreSQL is 15 or later (schema `public` is then theirs too);
--   * CREATEROLE, the first time. Or an administrator makes the three roles and says `grant navette_migrate to <owner>`;
--   * what was migrated before belongs to them, or to a login that they are a member of: it is handed to navette_migrate.
-- People and programs become members. Who migrates acts as navette_migrate, so that the next one may alter what this one made:
--   create user navette_deploy password '…' in role navette_migrate;
--   alter role navette_deploy set role navette_migrate;
--   create user navette_app password '…' in role navette_worker;

do $$
declare
  one text;
begin
  foreach one in array array['navette_migrate', 'navette_worker', 'navette_report'] loop
    if not exists (select from pg_roles where rolname = one) then
      execute format('create role %I nologin', one);
    end if;
  end loop;
  if not pg_has_role(current_user, 'navette_migrate', 'usage') then
    grant navette_migrate to current_user;
  end if;
end $$;

-- navette_migrate owns, creates and alters.
do $$
begin
  execute format('grant connect, create, temporary on database %I to navette_migrate', current_database());
  execute format('grant connect, temporary on database %I to navette_worker', current_database());
  execute format('grant connect on database %I to navette_report', current_database());
end $$;
grant usage, create on schema public to navette_migrate;

do $$
declare
  one text;
begin
  if to_regnamespace('pgboss') is not null then
    alter schema pgboss owner to navette_migrate;
  end if;
  for one in
    with place as (select oid, nspname from pg_namespace where nspname in ('public', 'pgboss')),
         migrate as (select oid from pg_roles where rolname = 'navette_migrate')
    select format('alter table %I.%I owner to navette_migrate', p.nspname, c.relname)
      from pg_class c join place p on p.oid = c.relnamespace
     where c.relkind in ('r', 'p', 'v', 'm', 'S') and c.relowner <> (select oid from migrate)
       -- A sequence of a column goes with its table, and what an extension brought is the extension's.
       and not exists (
         select from pg_depend d
          where d.classid = 'pg_class'::regclass and d.objid = c.oid
            and (d.deptype = 'e' or (c.relkind = 'S' and d.deptype in ('a', 'i'))))
    union all
    select format('alter routine %s owner to navette_migrate', r.oid::regprocedure)
      from pg_proc r join place p on p.oid = r.pronamespace
     where r.proowner <> (select oid from migrate)
       and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = r.oid and d.deptype = 'e')
    union all
    select format('alter type %I.%I owner to navette_migrate', p.nspname, t.typname)
      from pg_type t join place p on p.oid = t.typnamespace
     where t.typtype in ('e', 'd') and t.typowner <> (select oid from migrate)
       and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
  loop
    execute one;
  end loop;
end $$;

-- Logins that migrate act as navette_migrate from their next connection on; those that make roles themselves are left as they are.
do $$
declare
  one text;
begin
  for one in
    select m.rolname
      from pg_auth_members a join pg_roles m on m.oid = a.member join pg_roles g on g.oid = a.roleid
     where g.rolname = 'navette_migrate' and m.rolcanlogin and not m.rolsuper and not m.rolcreaterole
       and m.oid <> (select datdba from pg_database where datname = current_database())
       and not exists (
         select from pg_db_role_setting s
          where s.setrole = m.oid and 'role=navette_migrate' = any (s.setconfig)
            and s.setdatabase in (0, (select oid from pg_database where datname = current_database())))
     group by 1
  loop
    begin
      execute format('alter role %I in database %I set role navette_migrate', one, current_database());
    exception when insufficient_privilege then
      raise warning 'To be run by somebody who may: alter role % set role navette_migrate;', quote_ident(one);
    end;
  end loop;
end $$;

-- The worker and the commands: rows, in the tables that are there; what stands in schema_migration it only reads.
grant usage on schema public to navette_worker;
grant select, insert, update, delete on all tables in schema public to navette_worker;
grant usage on all sequences in schema public to navette_worker;
do $$
begin
  if to_regclass('schema_migration') is not null then
    revoke insert, update, delete on schema_migration, schema_migration_lock from navette_worker;
  end if;
  if to_regnamespace('pgboss') is not null then
    grant usage on schema pgboss to navette_worker;
    grant select, insert, update, delete on all tables in schema pgboss to navette_worker;
    grant usage on all sequences in schema pgboss to navette_worker;
    grant execute on all functions in schema pgboss to navette_worker;
  end if;
end $$;

-- Reports and dashboards read the columns of this list and no others: ids, codes, counts, sums, days, and the names of employers,
-- secretariats and products. No person, address, account, communication or file name, no host, and no words that somebody typed. What
-- a later version adds is hidden until it stands here.
grant usage on schema public to navette_report;
revoke all on all tables in schema public from navette_report;
do $$
declare
  one record;
begin
  for one in
    select c.table_name, string_agg(quote_ident(c.column_name), ', ') as columns
      from (values
        ('bank_entry', 'id statement_id format booked_on value_on amount currency reversal status rule'),
        ('bank_statement', 'id format year currency closing_date file_id'),
        ('beneficiary', 'enterprise_number id status status_reason status_since cost_center secretariat_code as_of last_file_id'),
        ('beneficiary_product', 'enterprise_number beneficiary_id product_code valid_from face_value removed'),
        ('card', 'status produced_on expires_on'),
        ('carry', 'enterprise_number beneficiary_id product_code period face_value quantity reason order_id'),
        ('contract', 'enterprise_number product_code valid_from valid_to fees'),
        ('cost_center', 'enterprise_number number closed'),
        ('delivery_point', 'enterprise_number number closed'),
        ('drop_file', 'id drop_id secretariat_code size layout_id kind scope mode as_of received_at received_on status counts '
                   || 'duplicate_of crashes retries not_before size_known proof expected_rows by_hand applied_at raw_removed_on'),
        ('drop_visit', 'drop_id seen_at down_since reason'),
        ('e_invoice', 'enterprise_number invoice_id status written_at'),
        ('employer', 'enterprise_number name language status'),
        ('entitlement', 'enterprise_number beneficiary_id product_code period face_value restated_quantity added_quantity quantity '
                     || 'restated_as_of file_id'),
        ('entitlement_change', 'enterprise_number id beneficiary_id product_code period face_value before after kind file_id order_id at'),
        ('held_plan', 'id file_id counts reasons held_at expires_at decision decided_at'),
        ('invoice', 'enterprise_number id number order_id cost_center kind face_value_total fee_total vat_total total issued_on due_on '
                 || 'status'),
        ('invoice_notice', 'enterprise_number invoice_id kind language status attempts not_before queued_at sent_at'),
        ('job_slot', 'job slot claimed_until done_at'),
        ('mandate', 'enterprise_number secretariat_code valid_from valid_to'),
        ('order_card', 'enterprise_number order_id action delivery_point cost_center'),
        ('order_line', 'enterprise_number order_id beneficiary_id period face_value quantity cost_center'),
        ('order_warning', 'enterprise_number order_id code acknowledged_at'),
        ('outgoing_file', 'id file_id order_id drop_id kind status attempts sent_at removed_on'),
        ('payment', 'id bank_entry_id enterprise_number invoice_id amount status at'),
        ('product', 'code kind names validity sale_until'),
        ('product_limit', 'product_code valid_from max_face_value yearly_max yearly_max_per_child'),
        ('row_issue', 'id file_id row_number code severity'),
        ('schema_migration', 'name timestamp'),
        ('social_secretariat', 'code name language'),
        ('standing_order', 'enterprise_number product_code from_period to_period months day_of_month shift worked quantity_from quantity '
                        || 'validity_start late confirm closed'),
        ('voucher_order', 'enterprise_number id product_code run_period kind validity_start status face_value_total fee_total vat_total '
                       || 'total ordered_on confirmed_on paid_on released_on cancelled_on'),
        ('worker', 'started_at seen_at')
      ) as readable (table_name, columns)
      join information_schema.columns c
        on c.table_schema = 'public' and c.table_name = readable.table_name
       and c.column_name = any (string_to_array(readable.columns, ' '))
     group by 1
  loop
    execute format('grant select (%s) on %I to navette_report', one.columns, one.table_name);
  end loop;
end $$;
