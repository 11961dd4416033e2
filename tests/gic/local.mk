## SPDX-License-Identifier: MIT
## The interrupt controllers against a VM made of the tests' answers.
unit_tests += tests/gic/test-gic
tests_gic_test_gic_SOURCES = tests/gic/test-gic.c \
	tests/gic/test-gic-v2.c tests/gic/test-gic-v3-registers.c \
	tests/gic/test-gic-attr.c tests/gic/test-gic-its.c \
	tests/gic/test-attr-rows.c tests/gic/test-mmio-regs.c tests/gic/test-costs.c \
	tests/gic/gic-fake.c tests/gic/gic-fake.h \
	tests/gic/its-fake.c tests/gic/its-fake.h tests/gic/test-gic-flight.c \
	tests/gic/test-gic-load.c \
	tests/gic/gic-regs.h
tests_gic_test_gic_LDADD = src/gic/libgic.a $(base_libs) $(CHECK_LIBS)
tests_gic_test_gic_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
