"""What policies ask: who the actor of this transaction is. Set by access.actor_scope; without it all answers are empty."""

from django.db import migrations

FUNCTIONS = """
CREATE FUNCTION actor_role() RETURNS text STABLE PARALLEL SAFE LANGUAGE sql
    RETURN coalesce(current_setting('sipingtai.role', true), '');
CREATE FUNCTION actor_account() RETURNS bigint STABLE PARALLEL SAFE LANGUAGE sql
    RETURN nullif(current_setting('sipingtai.account', true), '')::bigint;
CREATE FUNCTION actor_units() RETURNS bigint[] STABLE PARALLEL SAFE LANGUAGE sql
    RETURN coalesce(string_to_array(nullif(current_setting('sipingtai.units', true), ''), ',')::bigint[], '{}');
CREATE FUNCTION actor_areas() RETURNS TABLE (low text, high text)
    STABLE PARALLEL SAFE LANGUAGE sql
    BEGIN ATOMIC
        SELECT split_part(part, ':', 1), split_part(part, ':', 2)
        FROM unnest(string_to_array(nullif(current_setting('sipingtai.areas', true), ''), ',')) AS part;
    END;
CREATE FUNCTION actor_areas_from() RETURNS text STABLE PARALLEL SAFE LANGUAGE sql
    RETURN (SELECT min(low COLLATE "C") FROM actor_areas());
CREATE FUNCTION actor_areas_to() RETURNS text STABLE PARALLEL SAFE LANGUAGE sql
    RETURN (SELECT max(high COLLATE "C") FROM actor_areas());
"""

DROP = """
DROP FUNCTION actor_areas_to();
DROP FUNCTION actor_areas_from();
DROP FUNCTION actor_areas();
DROP FUNCTION actor_units();
DROP FUNCTION actor_account();
DROP FUNCTION actor_role();
"""


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]
    operations = [migrations.RunSQL(FUNCTIONS, DROP)]
