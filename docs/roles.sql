-- Three roles with the least rights that Navette needs. Run it as the owner of the database, the first time before and again after
-- each `navette migrate`; running it twice changes nothing. People and programs become members:
--   create user navette_app password '…' in role navette_worker;

do $$
declare
  one text;
begin
  foreach one in array array['navette_migrate', 'navette_worker', 'navette_report'] loop
    begin
      execute format('create role %I nologin', one);
    exception when duplicate_object then null;
    end;
  end loop;
end $$;

-- Whoever is in navette_migrate creates and alters.
do $$
begin
  execute format('grant connect, create, temporary on database %I to navette_migrate', current_database());
  execute format('grant connect, temporary on database %I to navette_worker', current_database());
  execute format('grant connect on database %I to navette_report', current_database());
end $$;
grant usage, create on schema public to navette_migrate;

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

-- Reports and dashboards: every column but those that can hold a person, an address, an account, a file's name, or words that
-- somebody typed. A column that a later version adds under another name is not hidden by itself: test it before you rely on it.
grant usage on schema public to navette_report;
revoke all on all tables in schema public from navette_report;
do $$
declare
  one record;
begin
  for one in
    select c.table_name, string_agg(quote_ident(c.column_name), ', ') as columns
      from information_schema.columns c
      join information_schema.tables t using (table_schema, table_name)
     where c.table_schema = 'public' and t.table_type = 'BASE TABLE'
       and c.table_name not in ('person_number', 'beneficiary_change', 'notice_again')
       and c.column_name !~ '(register_number|personnel_number|_name$|gender|birth_date|email|recipient|fingerprint|extra)'
       and c.column_name !~ '^(card|pin)_' and c.column_name not in
         ('street', 'house_number', 'box', 'postal_code', 'city', 'country', 'label', 'account', 'free_text', 'bank_reference',
          'structured_communication', 'message_key', 'path', 'content', 'archived_as', 'set_values', 'name_values', 'sender_columns',
          'params', 'key', 'why', 'cancelled_why', 'decided_by', 'changed_by', 'confirmed_by', 'cancelled_by', 'acknowledged_by',
          'claimed_by', 'host', 'files', 'failure', 'lines', 'children', 'employment_start', 'employment_end')
       and not (c.table_name in ('drop_file', 'outgoing_file') and c.column_name = 'name')
     group by 1
  loop
    execute format('grant select (%s) on %I to navette_report', one.columns, one.table_name);
  end loop;
end $$;
