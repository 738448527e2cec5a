"""Search (检索): which of the words looked for is rarest, and which cases of an office's own have them all.

Under the policies of words and assignments each row of either list asks for its case, tens of thousands of times for a
word that is common elsewhere. These two functions run as the owner. One tells in which order to look words up, by the
planner's statistics. The other looks at nothing but the lists of the actor's own units and at what the actor reported,
and answers with ids: which of them the actor may see today is for the policy of cases to say, by which whoever calls
it looks them up.
"""

from typing import ClassVar

from django.db import migrations

from sipingtai.access.rls import app_role

# EXPLAIN is a utility: no function that calls it may be declared STABLE.
RARITY = """
CREATE FUNCTION cases_by_rarity(words text[]) RETURNS text[]
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
AS $$
DECLARE
    one text;
    plan json;
    lengths float8[] := '{}';
BEGIN
    FOREACH one IN ARRAY words LOOP
        EXECUTE format('EXPLAIN (FORMAT JSON) SELECT FROM cases_word WHERE word = %L', one) INTO plan;
        lengths := lengths || (plan -> 0 -> 'Plan' ->> 'Plan Rows')::float8;
    END LOOP;
    RETURN (SELECT array_agg(t.word ORDER BY t.length, t.word) FROM unnest(words, lengths) AS t (word, length));
END
$$;
REVOKE EXECUTE ON FUNCTION cases_by_rarity(text[]) FROM PUBLIC;
"""

# Put together for so many words and units, so that the planner knows how long each list is; words stay apart as values,
# units are numbers. Joined in this order: any other would have to be looked for, and with eight words that takes longer
# than the search.
GIVEN = """
CREATE FUNCTION cases_given_with(words text[], below bigint, most integer) RETURNS SETOF bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET join_collapse_limit = 1
AS $$
DECLARE
    joined text := '';
    lists text[] := '{}';
    given bigint;
BEGIN
    words := cases_by_rarity(words);
    FOR n IN 1 .. least(cardinality(words), 8) LOOP
        joined := joined || format(' JOIN cases_word w%1$s ON w%1$s.case_id = own.id AND w%1$s.word = $1[%1$s]', n);
    END LOOP;
    lists := lists || format(
        '(SELECT own.id FROM cases_case own%s WHERE own.reporter_account = $4 AND own.id < $2
          ORDER BY own.id DESC LIMIT $3)', joined);
    FOREACH given IN ARRAY actor_units() LOOP
        lists := lists || format(
            '(SELECT DISTINCT own.case_id AS id FROM cases_assignment own%s WHERE own.unit = %s AND own.case_id < $2
              ORDER BY own.case_id DESC LIMIT $3)', replace(joined, 'own.id', 'own.case_id'), given);
    END LOOP;
    RETURN QUERY EXECUTE
        'SELECT DISTINCT every.id FROM (' || array_to_string(lists, ' UNION ALL ') || ') AS every'
        ' ORDER BY every.id DESC LIMIT $3'
        USING words, coalesce(below, 9223372036854775807), most, actor_account();
END
$$;
REVOKE EXECUTE ON FUNCTION cases_given_with(text[], bigint, integer) FROM PUBLIC;
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("cases", "0005_supervision"), ("access", "0002_actor")]

    operations: ClassVar = [
        migrations.RunSQL(RARITY, "DROP FUNCTION cases_by_rarity(text[])"),
        migrations.RunSQL(GIVEN, "DROP FUNCTION cases_given_with(text[], bigint, integer)"),
        migrations.RunSQL(
            "GRANT EXECUTE ON FUNCTION cases_by_rarity(text[]), cases_given_with(text[], bigint, integer)"
            f" TO {app_role()}",
            migrations.RunSQL.noop,
        ),
    ]
