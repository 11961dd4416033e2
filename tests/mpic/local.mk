## SPDX-License-Identifier: MIT
## The MPIC against a VM made of the tests' answers.
unit_tests += tests/mpic/test-mpic
tests_mpic_test_mpic_SOURCES = tests/mpic/test-mpic.c \
	tests/mpic/test-mpic-registers.c tests/mpic/test-mpic-delivery.c \
	tests/mpic/test-mpic-walks.c \
	tests/mpic/mpic-fake.c tests/mpic/mpic-fake.h
tests_mpic_test_mpic_LDADD = src/mpic/libmpic.a $(base_libs) \
	$(CHECK_LIBS)
tests_mpic_test_mpic_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
