"""Database triggers: who may hold which role, whatever writes the row."""

import pgtrigger


def roles_fit_the_bureau() -> pgtrigger.Trigger:
    """Return the trigger that keeps district roles in the districts, city roles in the city bureau.

    A bureau's level never changes (``bureau_identity``), so looking at the account is enough.
    """
    return pgtrigger.Trigger(
        name="roles_fit_the_bureau",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update,
        declare=[("level", "text")],
        func="""
            SELECT kind INTO level FROM accounts_bureau WHERE id = NEW.bureau_id;
            IF NEW.roles::text[] && ARRAY['district_filler', 'district_signatory']
                AND (level IS NULL OR level = 'city')
            THEN
                RAISE EXCEPTION 'a district role needs a district bureau'
                    USING ERRCODE = 'check_violation';
            END IF;
            IF NEW.roles::text[] && ARRAY['city_editor', 'city_reviewer', 'city_publisher']
                AND level IS DISTINCT FROM 'city'
            THEN
                RAISE EXCEPTION 'a city role needs the city bureau'
                    USING ERRCODE = 'check_violation';
            END IF;
            RETURN NEW;
        """,
    )
