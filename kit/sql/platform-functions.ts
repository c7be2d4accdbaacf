/**
 * SQL that the migration runner installs in every database before the first migration, so that migrations of all features grant and
 * isolate in the same words (see the README beside this file). Functions of the caller's rights: they can do nothing that the caller
 * could not write out. The same files serve site databases (migrated by platen_site_owner, granted to platen_site_*) and the control
 * plane (migrated by platen_owner, granted to platen_api and platen_worker); on one server all these roles exist, so roles of the
 * other kind are skipped, and so are roles that do not exist.
 */
export function platformFunctions(): string {
  return `
create or replace function platform.grant_to(roles text[], privileges text, object text) returns void
language plpgsql set search_path = pg_catalog as $function$
declare
  member text;
begin
  foreach member in array roles loop
    continue when current_user = 'platen_owner' and starts_with(member, 'platen_site_');
    continue when current_user = 'platen_site_owner' and not starts_with(member, 'platen_site_');
    if exists (select from pg_roles where rolname = member) then
      execute format('grant %s on %s to %I', privileges, object, member);
    end if;
  end loop;
end
$function$;

create or replace function platform.isolate_tenants(relation regclass) returns void
language plpgsql set search_path = pg_catalog as $function$
begin
  execute format('alter table %s enable row level security, force row level security', relation);
  execute format(
    'create policy tenant_isolation on %s
       using (tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid or current_setting(''app.operator'', true) = ''on'')
       with check (tenant_id = nullif(current_setting(''app.tenant'', true), '''')::uuid or current_setting(''app.operator'', true) = ''on'')',
    relation);
end
$function$;
`
}
