## Tests and their helpers: a fragment per area.
TESTS += tests/check-layers
AM_TESTS_ENVIRONMENT = srcdir='$(srcdir)'; CC='$(CC)'; SAN_CFLAGS='$(SAN_CFLAGS)'; export srcdir CC SAN_CFLAGS;
dist_check_SCRIPTS += tests/check-layers
