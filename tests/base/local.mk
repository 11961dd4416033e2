## SPDX-License-Identifier: MIT
## What every folder uses, alone.
unit_tests += tests/base/test-histogram
tests_base_test_histogram_SOURCES = tests/base/test-histogram.c
tests_base_test_histogram_LDADD = $(base_libs) $(CHECK_LIBS)
tests_base_test_histogram_CFLAGS = $(AM_CFLAGS) $(CHECK_CFLAGS)
