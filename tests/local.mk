## Add a fragment per area: include tests/<area>.mk
