## The interrupt controllers against a VM made of the tests' answers.
unit_tests += tests/test-gic
tests_test_gic_SOURCES = tests/test-gic.c tests/test-gic-v2.c \
	tests/test-gic-attr.c tests/test-gic-its.c tests/gic-fake.c \
	tests/gic-fake.h
tests_test_gic_LDADD = src/gic/libgic.la src/base/libbase.la $(CHECK_LIBS)
tests_test_gic_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
